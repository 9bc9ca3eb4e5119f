"""A catalog diff and its effects on contacts, for administrators, pull requests and scripts (E1, G1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from followup.catalog.document_diff import changes
from followup.catalog.proposals import advice
from followup.core.few import Few
from followup.core.migration.dropping_off import DropOff
from followup.core.migration.effects import KINDS, Effect
from followup.core.migration.summary import CatalogDiff, ItemChange, Rename, Tally
from followup.core.timing import readable
from followup.output.table import tabulated
from followup.output.text import clean, json_text, markdown, plural, short

DiffFormat: TypeAlias = Literal["table", "json", "md"]
COLUMNS = ("contact", "name", "owner", "step", "what", "due", "becomes")


def render_diff(difference: CatalogDiff, format: DiffFormat, room: int | None = None) -> Iterator[str]:
    """As `table`, `md` or `json`, line by line. `room`: the terminal's width, if any."""
    if format == "json":
        yield json_text({"schema": "followup/diff@1", **diff_item(difference)})
    elif format == "md":
        yield from _markdown(difference)
    else:
        yield from _text(difference, room)


def diff_item(difference: CatalogDiff) -> dict[str, object]:
    """The body of `diff@1` and `apply@1`."""
    return {
        "version": difference.version,
        "digest": difference.digest,
        "items": [change_item(change) for change in difference.item_changes],
        "cycles": [_tally(cycle, tally) for cycle, tally in difference.impact.tallies],
        "effects": [_effect(effect) for _, tally in difference.impact.tallies for effect in tally.named],
        "refused": list(difference.refused),
        "warnings": list(difference.warnings),
        "drop_offs": [_drop_off(drop, contacts) for drop, contacts in difference.drop_offs.sorted()],
        "renames": [rename_item(rename) for rename in difference.renames],
    }


def change_item(change: ItemChange) -> dict[str, object]:
    """A changed item, as JSON."""
    return {"kind": change.kind, "id": change.id, "what": change.what, "changes": list(_changes(change))}


def rename_item(rename: Rename) -> dict[str, object]:
    """What may belong under `moved`, for scripts."""
    ties = [{"from": old, "to": new} for old, new in rename.ties]
    return {"kind": rename.kind, "from": rename.old, "to": rename.new, "ties": ties}


def _tally(cycle: str, tally: Tally) -> dict[str, object]:
    counts = {what: tally.counts[what] for what in KINDS if tally.counts[what]}
    return {"cycle": cycle or None, "contacts": tally.standing, "past": tally.past, "counts": counts}


def _drop_off(drop: DropOff, contacts: Few[tuple[str, str]]) -> dict[str, object]:
    named = [{"id": id, "name": name} for id, name in contacts]
    return {"cycle": drop.cycle, "after": drop.after, "count": contacts.total, "contacts": named}


def _effect(effect: Effect) -> dict[str, object]:
    """An effect with the keys of `diff@1`, where a process is just its id, as `cycle`."""
    process = effect.process.id if effect.process else ""
    return {"cycle" if key == "process" else key: value for key, value in effect._asdict().items()} | {"cycle": process}


def _changes(change: ItemChange) -> Iterator[str]:
    if change.before is not None and change.after is not None:
        yield from (clean(str(value)) for value in changes(change.before, change.after))


def render_change(change: ItemChange) -> Iterator[str]:
    """A changed item, and its changes below it."""
    yield _name(change)
    yield from ("  " + line for line in _changes(change))


def render_change_list(items: Sequence[ItemChange]) -> Iterator[str]:
    """Changed items as a Markdown list."""
    for change in items:
        yield f"- {markdown(_name(change))}"
        yield from (f"  - {markdown(line)}" for line in _changes(change))


def _name(change: ItemChange) -> str:
    """`change cycle future-prospect`"""
    if change.kind == "migrate":
        kind, _, id = change.id.partition(":")
        return f"{change.what} migrate entry of {kind} {id}"
    if change.kind == change.id:
        return f"{change.what} {change.id}"
    return f"{change.what} {change.kind.replace('_', ' ')} {change.id}"


def _text(difference: CatalogDiff, room: int | None) -> Iterator[str]:
    for change in difference.item_changes:
        yield from render_change(change)
    for cycle, tally in difference.impact.tallies:
        yield ""
        yield from _counted(cycle, tally)
        if tally.named:
            yield ""
            yield tabulated(COLUMNS, [_row(effect) for effect in tally.named], room)
            yield from _and_more(tally)
    for drop, contacts in difference.drop_offs.sorted():
        yield from ("", _dropping(drop, contacts))
    for line in (*difference.refused, *difference.warnings):
        yield ""
        yield clean(line)
    yield from render_advice(difference.renames)


def _dropping(drop: DropOff, contacts: Few[tuple[str, str]]) -> str:
    """`2 contacts leave cycle calls after Intro letter, with nothing next: Ann Lee, Bob Ray`"""
    who = f"{plural(contacts.total, 'contact')} {'leaves' if contacts.total == 1 else 'leave'} cycle {drop.cycle}"
    when = f" after {drop.after}" if drop.after else " with this edit"
    more = f" and {contacts.total - len(contacts):,} more" if contacts.total > len(contacts) else ""
    return f"{who}{clean(when)}, with nothing next: {', '.join(short(name) for _, name in contacts)}{more}"


def render_advice(renames: Sequence[Rename]) -> Iterator[str]:
    """What may belong under `moved`, behind an empty line."""
    if renames:
        yield ""
        yield from advice(renames)


def render_advice_markdown(renames: Sequence[Rename]) -> Iterator[str]:
    """The same in Markdown, with the line to paste as code."""
    if renames:
        *lines, line = advice(renames)
        yield from (part for each in lines for part in ("", markdown(each.strip())))
        yield from ("", "```yaml", line.strip(), "```")


def _counted(cycle: str, tally: Tally, mark: str = "  ") -> Iterator[str]:
    who = "contact is" if tally.standing == 1 else "contacts are"
    yield f"{cycle}: {tally.standing:,} {who} on it" if cycle else f"{plural(tally.standing, 'subject')} in a new zone"
    counts = [(tally.counts[what], KINDS[what].phrase) for what in KINDS if tally.counts[what]]
    if tally.past:
        counts.append((tally.past, "of these would be in the past and move to today"))
    width = max((len(f"{count:,}") for count, _ in counts), default=0)
    yield from (f"{mark}{count:>{width},} {phrase}" for count, phrase in counts)


def _row(effect: Effect) -> Sequence[str | None]:
    becomes = effect.becomes or (f"({effect.would})" if effect.would else None)
    step = f"{effect.step or ''} -> {effect.to}" if effect.to else effect.step
    dates = [text and readable(text) for text in (effect.was, becomes)]
    return effect.contact, effect.name, effect.owner, step, KINDS[effect.what].column, *dates


def _and_more(tally: Tally) -> Iterator[str]:
    if more := tally.named.total - len(tally.named):
        yield f"and {more:,} more: use --all to see them"


def _markdown(difference: CatalogDiff) -> Iterator[str]:
    yield "### Edits"
    yield ""
    yield from render_change_list(difference.item_changes)
    if not difference.item_changes:
        yield "No changes to the live catalog."
    for drop, contacts in difference.drop_offs.sorted():
        yield from ("", f"**{markdown(_dropping(drop, contacts))}**")
    for line in difference.refused:
        yield from ("", f"> **Refused:** {markdown(line)}")
    for line in difference.warnings:
        yield from ("", f"> **Warning:** {markdown(line)}")
    yield from render_advice_markdown(difference.renames)
    if difference.impact.tallies:
        yield from ("", "### Effects on contacts")
    for cycle, tally in difference.impact.tallies:
        yield from ("", *_section(cycle, tally))
    yield from ("", f"`followup apply --expect {difference.digest}` applies exactly this.")


def _section(cycle: str, tally: Tally) -> Iterator[str]:
    first, *rest = _counted(cycle, tally, "- ")
    yield from (f"**{markdown(first)}**", "", *rest)
    if tally.named:
        yield from ("", *_table(tally))


def _table(tally: Tally) -> Iterator[str]:
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|" + " --- |" * len(COLUMNS)
    for effect in tally.named:
        yield "| " + " | ".join(markdown(cell or "") for cell in _row(effect)) + " |"
    yield from ("", *_and_more(tally)) if tally.named.total > len(tally.named) else ()
