"""JUnit XML for CI systems: suites of cases, each passed, failed with a text, or in error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from followup.output.text import uncontrolled


class Case(NamedTuple):
    """`failure`: its first line and the full text; None if it passed."""

    name: str
    file: str
    line: int
    failure: tuple[str, str] | None = None


def render_suite(name: str, cases: Sequence[Case]) -> str:
    """A document with one suite."""
    failures = sum(case.failure is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}
    top = Element("testsuites", counts)
    suite = SubElement(top, "testsuite", {"name": name, **counts, "skipped": "0"})
    for case in cases:
        _add(suite, name, case)
    indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode")


def _add(suite: Element, name: str, case: Case) -> None:
    where = {"classname": f"{name}.{_dotted(case.file)}", "file": _xml(case.file), "line": str(case.line)}
    element = SubElement(suite, "testcase", {"name": _xml(case.name), **where})
    if case.failure:
        message, text = case.failure
        SubElement(element, "failure", {"message": _xml(message), "type": "failure"}).text = _xml(text)


def _dotted(file: str) -> str:
    """A file as a class name: CI systems show the parts between dots as folders."""
    return _xml(file).removesuffix(".yaml").removesuffix(".yml").replace(".", "_").replace("/", ".")


def _xml(text: str) -> str:
    """Remove characters that XML doesn't allow."""
    return "".join(c for c in uncontrolled(text) if c < "\ud800" or "\ue000" <= c < "\ufffe" or c >= "\U00010000")
