"""What differs between two catalogs, and what somebody gets who begins on a day: before and after (E1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from followup.core.rehearsal.cases import Line
from followup.core.rehearsal.preview import Comparison, Preview
from followup.output.diff import edit_item, edit_lines, edit_list
from followup.output.text import clean, json_text, markdown
from followup.output.verdicts import beside


def drawn(found: Comparison, format: str) -> Iterator[str]:
    """As `table`, `md` or `json`, line by line."""
    match format:
        case "json":
            yield json_text({"schema": "followup/calendar@1", **_item(found)})
        case "md":
            yield from _markdown(found)
        case _:
            yield from _text(found)


def _item(found: Comparison) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "start": found.start,
        "items": [edit_item(edit) for edit in found.edits],
        "timelines": [
            {
                "kind": each.kind,
                "id": each.id,
                "became": each.became,
                "actions": [{"before": _line(pair.expected), "after": _line(pair.got)} for pair in each.pairs],
            }
            for each in found.previews
        ],
    }


def _line(line: Line | None) -> dict[str, Any] | None:
    return line and {"step": line.step, "due": line.due, "round": line.round}


def _text(found: Comparison) -> Iterator[str]:
    if not found.edits:
        yield f"Nothing differs between {clean(found.before)} and {clean(found.after)}."
    for edit in found.edits:
        yield from edit_lines(edit)
    for each in found.previews:
        yield from ("", f"{_named(each)}, for somebody who begins on {found.start}:")
        yield from ("  " + line for line in _timelines(found, each))
    if found.edits and not found.previews:
        yield from ("", f"Who begins on {found.start} gets what they would have got.")


def _named(each: Preview) -> str:
    return f"{each.kind} {each.id}" + (f", now {each.became}" if each.became != each.id else "")


def _timelines(found: Comparison, each: Preview) -> Iterator[str]:
    agree = [pair.expected == pair.got for pair in each.pairs]
    return beside(each.pairs, (found.before, found.after), agree)


def _markdown(found: Comparison) -> Iterator[str]:
    yield f"### From {markdown(found.before)} to {markdown(found.after)}"
    yield ""
    yield from edit_list(found.edits)
    if not found.edits:
        yield "Nothing differs."
    for each in found.previews:
        yield from ("", f"**{markdown(_named(each))}**, for somebody who begins on {found.start}:", "")
        yield f"| {markdown(found.before)} | {markdown(found.after)} |"
        yield "| --- | --- |"
        for pair in each.pairs:
            cells = [markdown(str(line)) if line else "" for line in (pair.expected, pair.got)]
            marked = [f"**{cell}**" if cell and pair.expected != pair.got else cell for cell in cells]
            yield f"| {marked[0]} | {marked[1]} |"
