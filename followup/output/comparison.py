"""The differences between two catalogs, and how the dates of a new contact change (E1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from followup.core.rehearsal.cases import Line
from followup.core.rehearsal.preview import Comparison, Preview
from followup.output.diff import (
    change_item,
    rename_item,
    render_advice,
    render_advice_markdown,
    render_change,
    render_change_list,
)
from followup.output.text import clean, json_text, markdown
from followup.output.verdicts import beside

ComparisonFormat: TypeAlias = Literal["table", "json", "md"]


def render_comparison(comparison: Comparison, format: ComparisonFormat) -> Iterator[str]:
    """As `table`, `md` or `json`, line by line."""
    match format:
        case "json":
            yield json_text({"schema": "followup/calendar@1", **_item(comparison)})
        case "md":
            yield from _markdown(comparison)
        case _:
            yield from _text(comparison)


def _item(comparison: Comparison) -> dict[str, object]:
    return {
        "before": comparison.before,
        "after": comparison.after,
        "start": comparison.start,
        "items": [change_item(change) for change in comparison.item_changes],
        "timelines": [
            {
                "kind": each.kind,
                "id": each.id,
                "became": each.became,
                "actions": [{"before": _line(pair.expected), "after": _line(pair.got)} for pair in each.pairs],
            }
            for each in comparison.previews
        ],
        "renames": [rename_item(rename) for rename in comparison.renames],
    }


def _line(line: Line | None) -> dict[str, object] | None:
    return line and {"step": line.step, "due": line.due, "round": line.round}


def _text(comparison: Comparison) -> Iterator[str]:
    if not comparison.item_changes:
        yield f"No changes between {clean(comparison.before)} and {clean(comparison.after)}."
    for change in comparison.item_changes:
        yield from render_change(change)
    for each in comparison.previews:
        yield from ("", f"{_heading(each)}, for a contact that starts on {comparison.start}:")
        yield from ("  " + line for line in _timelines(comparison, each))
    if comparison.item_changes and not comparison.previews:
        yield from ("", f"A contact that starts on {comparison.start} gets the same as before.")
    yield from render_advice(comparison.renames)


def _heading(each: Preview) -> str:
    return f"{each.kind} {each.id}" + (f", now {each.became}" if each.became != each.id else "")


def _timelines(comparison: Comparison, each: Preview) -> Iterator[str]:
    agree = [pair.expected == pair.got for pair in each.pairs]
    return beside(each.pairs, (comparison.before, comparison.after), agree)


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"### From {markdown(comparison.before)} to {markdown(comparison.after)}"
    yield ""
    yield from render_change_list(comparison.item_changes)
    if not comparison.item_changes:
        yield "No changes."
    yield from render_advice_markdown(comparison.renames)
    for each in comparison.previews:
        yield from ("", f"**{markdown(_heading(each))}**, for a contact that starts on {comparison.start}:", "")
        yield f"| {markdown(comparison.before)} | {markdown(comparison.after)} |"
        yield "| --- | --- |"
        for pair in each.pairs:
            cells = [markdown(str(line)) if line else "" for line in (pair.expected, pair.got)]
            marked = [f"**{cell}**" if cell and pair.expected != pair.got else cell for cell in cells]
            yield f"| {marked[0]} | {marked[1]} |"
