"""Test results as text, JSON or JUnit (G2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import Literal, TypeAlias

from followup.core.rehearsal.cases import Line, Pair, Verdict
from followup.output import junit
from followup.output.table import table
from followup.output.text import clean, json_text, plural

VerdictFormat: TypeAlias = Literal["text", "json", "junit"]
#: the file and line of each test
Places: TypeAlias = Mapping[tuple[str, str], tuple[str, int]]


def render_verdicts(verdicts: Sequence[Verdict], places: Places, format: VerdictFormat) -> Iterator[str]:
    """As `text`, `json` or `junit`, line by line."""
    if format == "json":
        yield json_text({"schema": "followup/test@1", "items": [_item(each, places) for each in verdicts]})
    elif format == "junit":
        yield junit.render_suite("followup test", [_case(each, places) for each in verdicts])
    else:
        yield from _text(verdicts, places)


def _item(verdict: Verdict, places: Places) -> dict[str, object]:
    file, line = places["test", verdict.id]
    return {
        "id": verdict.id,
        "name": verdict.name,
        "holds": verdict.holds,
        "file": file,
        "line": line,
        "trouble": verdict.trouble or None,
        "actions": [_pair(pair) for pair in verdict.pairs],
    }


def _pair(pair: Pair) -> dict[str, object]:
    return {"agrees": pair.agrees, "expected": _line(pair.expected), "got": _line(pair.got)}


def _line(line: Line | None) -> dict[str, object] | None:
    return line and line._asdict()


def _case(verdict: Verdict, places: Places) -> junit.Case:
    text = None if verdict.holds else (_summary(verdict), "\n".join(timelines(verdict)))
    return junit.Case(verdict.id, *places["test", verdict.id], text)


def _summary(verdict: Verdict) -> str:
    return verdict.trouble or next(_difference(pair) for pair in verdict.pairs if not pair.agrees)


def _difference(pair: Pair) -> str:
    return f"expected {pair.expected or 'nothing'}, got {pair.got or 'nothing'}"


def _text(verdicts: Sequence[Verdict], places: Places) -> Iterator[str]:
    failed = [verdict for verdict in verdicts if not verdict.holds]
    yield from render_failures(failed, places)
    broken = f", {len(failed):,} failed" if failed else ""
    yield f"{plural(len(verdicts) - len(failed), 'test')} passed{broken}."


def render_failures(failed: Sequence[Verdict], places: Places) -> Iterator[str]:
    """Where each stands, and both timelines; an empty line behind each."""
    for verdict in failed:
        file, line = places["test", verdict.id]
        yield clean(f"{file}:{line}: {verdict.id}" + (f": {verdict.name}" if verdict.name != verdict.id else ""))
        yield from ("  " + line for line in timelines(verdict))
        yield ""


def render_rewrite(file: str, before: str, after: str, tests: Sequence[str]) -> Iterator[str]:
    """A file whose expectations were rewritten, as a unified diff."""
    for line in unified_diff(before.splitlines(), after.splitlines(), file, file, lineterm=""):
        yield clean(line).rstrip()
    yield f"Updated {plural(len(tests), 'test')} in {clean(file)}: {', '.join(tests)}"


def timelines(verdict: Verdict) -> Iterator[str]:
    """Expected and actual timelines side by side, differences marked; and the event that was impossible, if any."""
    yield from beside(verdict.pairs, ("expected", "got"), [pair.agrees for pair in verdict.pairs])
    if verdict.trouble:
        yield clean(verdict.trouble)


def beside(pairs: Sequence[Pair], heads: tuple[str, str], agree: Sequence[bool]) -> Iterator[str]:
    """Two timelines, one line per pair, with differences marked."""
    rows = [("" if same else ">", _cell(x.expected), _cell(x.got)) for x, same in zip(pairs, agree, strict=True)]
    if rows:
        yield from table(("", *heads), rows).splitlines()


def _cell(line: Line | None) -> str:
    return str(line) if line else "-"
