"""Formats for a catalog's problems: terminal text, JSON, GitHub, GitLab, SARIF, JUnit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Literal, TypeAlias

from followup import __version__
from followup.errors import Problem
from followup.output.excerpt import with_excerpt
from followup.output.text import clean, json_text, plural, problem_line

ProblemFormat: TypeAlias = Literal["text", "json", "github", "gitlab", "sarif", "junit"]
Problems: TypeAlias = Sequence[Problem]
#: code -> its meaning
Meanings: TypeAlias = Mapping[str, str]


def render_problems(
    problems: Problems, format: ProblemFormat, files: Iterable[str], meanings: Meanings
) -> Iterator[str]:
    """`files`: all files that were read, with or without problems."""
    match format:
        case "junit":
            yield _junit(problems, files)
        case "sarif":
            yield json_text(_sarif(problems, meanings))
        case _:
            yield from FORMATS[format](problems)


def _text(problems: Problems) -> Iterator[str]:
    for problem in problems:
        yield from with_excerpt(problem)


def _json(problems: Problems) -> Iterator[str]:
    from followup.output.schemas import KEYS

    items = [{key: value for key, value in p._asdict().items() if key in KEYS["problems@1"]} for p in problems]
    yield json_text({"schema": "followup/problems@1", "items": items})


def _github(problems: Problems) -> Iterator[str]:
    """Workflow commands, which become annotations in a pull request."""
    for p in problems:
        where = f"file={_property(p.file)},line={p.line},col={p.column},title={_property(p.code)}"
        yield f"::{p.severity} {where}::{_data(_sentence(p))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sentence(problem: Problem) -> str:
    return clean(problem.message + (f" ({problem.hint})" if problem.hint else ""))


def _gitlab(problems: Problems) -> Iterator[str]:
    """A Code Quality report. Identical problems in a file are numbered, so that their fingerprints differ and last."""
    counts: dict[str, int] = {}
    items = []
    for p in problems:
        same = "\0".join((p.code, p.file, p.path, p.message))
        counts[same] = counts.get(same, 0) + 1
        items.append(_issue(p, sha256(f"{same}\0{counts[same]}".encode()).hexdigest()))
    yield json_text(items)


def _issue(problem: Problem, fingerprint: str) -> dict[str, object]:
    return {
        "description": _sentence(problem),
        "check_name": problem.code,
        "fingerprint": fingerprint,
        "severity": "major" if problem.severity == "error" else "minor",
        "location": {"path": problem.file, "lines": {"begin": problem.line}},
    }


def _sarif(problems: Problems, meanings: Meanings) -> dict[str, object]:
    """SARIF 2.1.0, with a rule for each code that occurs."""
    codes = sorted({problem.code for problem in problems})
    rules = [{"id": code, "shortDescription": {"text": meanings[code]}} for code in codes]
    driver = {"name": "followup", "version": __version__, "rules": rules}
    results = [_result(problem, codes.index(problem.code)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, rule: int) -> dict[str, object]:
    from urllib.parse import quote

    region = {"startLine": problem.line, "startColumn": problem.column}
    artifact = {"uri": quote(problem.file)}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": _sentence(problem)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }


def _junit(problems: Problems, files: Iterable[str]) -> str:
    """A case for each problem, and a passing one for each file without problems. Warnings pass, too."""
    from followup.output import junit

    cases = []
    for p in problems:
        text = (f"{p.code} {_sentence(p)}", problem_line(p))
        cases.append(
            junit.Case(f"{p.code} {p.line}:{p.column}", p.file, p.line, text if p.severity == "error" else None)
        )
    troubled = {problem.file for problem in problems}
    cases += [junit.Case("no problems", file, 1) for file in sorted(set(files) - troubled)]
    return junit.render_suite("followup validate", cases)


def render_count(documents: Mapping[str, int]) -> str:
    """The last line for a valid catalog. `documents`: the number of items of each kind."""
    counts = {kind: documents.get(kind, 0) for kind in ("cycle", "alias", "template", "user")}
    parts = (plural(count, kind) if kind != "alias" else f"{count} aliases" for kind, count in counts.items())
    return f"Catalog OK: {', '.join(parts)}."


FORMATS: Mapping[str, Callable[[Problems], Iterator[str]]] = MappingProxyType(
    {"text": _text, "json": _json, "github": _github, "gitlab": _gitlab}
)
