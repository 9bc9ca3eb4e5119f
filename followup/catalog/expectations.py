"""The expectations of tests, rewritten in their file by what really happens: a minimal edit, at its places in the text.

Dates and statuses that differ are replaced where they stand, in their own quotes; an action that is no longer there
loses its entry, and one that is new gets an entry in the style of those around it. Whether the result reads as it is
meant to is for the caller to verify.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from followup.catalog.scalars import resolve
from followup.catalog.then_blocks import Block, Entry, Written, then_blocks
from followup.core.model import SCHEDULED
from followup.core.rehearsal.cases import Line, Verdict, expected_lines

if TYPE_CHECKING:
    from followup.core.catalog_documents import CaseDocument

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
DATE = len("2026-05-03")


class Edit(NamedTuple):
    """The characters from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class Slot(NamedTuple):
    """An entry: what it says, and what it is to say, None where it goes; `new` comes behind it."""

    entry: Entry
    was: Line
    becomes: Line | None
    new: list[Line]


class Rewrite(NamedTuple):
    """What becomes of a block. `head`: what is new before all that is there."""

    block: Block
    head: list[Line]
    slots: list[Slot]


def rewritten(text: str, verdicts: Mapping[str, Verdict], cases: Mapping[str, CaseDocument]) -> str:
    """`text` with what each test got as its expectations. An anchor that shares them is not noticed here."""
    edits: list[Edit] = []
    newline = "\r\n" if "\r\n" in text else "\n"
    for test, block in then_blocks(text, verdicts).items():
        rewrite = _rewrite(block, expected_lines(cases[test]), verdicts[test])
        edits += (_in_brackets if block.flow else _in_lines)(text, rewrite, newline)
    # from the end, so that places stay right; of two at one place the first made comes first in the text
    for _, edit in sorted(enumerate(edits), key=lambda pair: (pair[1].start, pair[0]), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _rewrite(block: Block, expected: Sequence[Line], verdict: Verdict) -> Rewrite:
    """Entries stay in their order; what is new comes behind the one that is due before it."""
    left, slots, dues = list(verdict.pairs), list[Slot](), list[str]()
    for entry, line in zip(block.entries, expected, strict=True):
        pair = next(pair for pair in left if pair.expected == line)
        left.remove(pair)
        slots.append(Slot(entry, line, pair.got, []))
        dues.append(pair.due)
    head = list[Line]()
    for line in (pair.got for pair in left if pair.got):
        behind = max((place for place, due in enumerate(dues) if due <= line.due), default=None)
        (head if behind is None else slots[behind].new).append(line)
    if slots and slots[0].becomes is None:  # the first entry goes: its place is that of what comes before it
        slots[0].new[:0], head = head, []
    return Rewrite(block, head, slots)


def _in_lines(text: str, rewrite: Rewrite, newline: str) -> Iterator[Edit]:
    """A line, or some, for each entry."""
    block, head, slots = rewrite
    indent = newline + " " * block.column

    def items(lines: Sequence[Line]) -> str:
        between = ", " if block.entries[0].flow else indent + "  "
        return "".join(f"{indent}- {_item(line, block.entries[0].flow, between)}" for line in lines)

    if head:
        first = _line_of(text, block, slots[0].entry)
        yield Edit(first, first, items(head).removeprefix(newline) + newline)
    for slot in slots:
        start, end = _line_of(text, block, slot.entry), _line_end(text, slot.entry.end)
        if slot.becomes:
            yield from _values(text, slot, newline)
            yield Edit(end, end, items(slot.new))
        elif slot.new:
            yield Edit(start, end, items(slot.new).removeprefix(newline))
        elif slot is slots[0] and not any(slot.becomes or slot.new for slot in slots):
            yield Edit(start, end, " " * block.column + "  []")
        else:
            yield Edit(start, end + len(newline), "")


def _in_brackets(text: str, rewrite: Rewrite, newline: str) -> Iterator[Edit]:
    """One behind the other, with commas."""
    block, head, slots = rewrite
    entries = block.entries
    apart = len(entries) > 1 and newline in text[entries[0].end : entries[1].start]
    comma = "," + newline + " " * entries[0].column if apart else ", "

    def items(lines: Sequence[Line]) -> str:
        return comma.join(_item(line, True, ", ") for line in lines)

    if not any(slot.becomes or slot.new for slot in slots):
        yield Edit(block.start, block.end, f"[{items(head)}]")
        return
    if head:
        yield Edit(entries[0].start, entries[0].start, items(head) + comma)
    stays = bool(head)
    for place, slot in enumerate(slots):
        if slot.becomes:
            yield from _values(text, slot, newline)
            yield Edit(slot.entry.end, slot.entry.end, "".join(comma + items([line]) for line in slot.new))
        elif slot.new:
            yield Edit(slot.entry.start, slot.entry.end, items(slot.new))
        elif stays:
            yield Edit(entries[place - 1].end, slot.entry.end, "")
        else:
            yield Edit(slot.entry.start, entries[place + 1].start, "")
        stays = stays or bool(slot.becomes or slot.new)


def _values(text: str, slot: Slot, newline: str) -> Iterator[Edit]:
    """What differs, in an entry that stays."""
    entry, was, becomes, _ = slot
    assert becomes is not None
    due = entry.values["due"]
    if not becomes.due.startswith(was.due):  # a due without a time stays one
        yield _replaced(due, becomes.due[:DATE] if len(was.due) == DATE else becomes.due)
    if becomes.status == was.status:
        return
    if "status" in entry.values:
        yield _replaced(entry.values["status"], becomes.status)
    elif entry.flow:
        yield Edit(due.end, due.end, f", status: {becomes.status}")
    else:
        end = _line_end(text, due.end)
        yield Edit(end, end, f"{newline}{' ' * entry.column}status: {becomes.status}")


def _replaced(written: Written, value: str) -> Edit:
    quotes = written.quotes if written.quotes in ("'", '"') else ""
    return Edit(written.start, written.end, f"{quotes}{value}{quotes}" if quotes else _plain(value))


def _item(line: Line, flow: bool, between: str) -> str:
    values = [f"step: {_plain(line.step)}", f"due: {_plain(line.due)}"]
    if line.status != SCHEDULED:
        values.append(f"status: {line.status}")
    if (line.round or 1) > 1:
        values.append(f"round: {line.round}")
    return between.join(values).join("{}" if flow else ("", ""))


def _plain(value: str) -> str:
    """In quotes, where it would be read as something else without them."""
    return value if PLAIN.fullmatch(value) and resolve(value) == value else dumps(value, ensure_ascii=False)


def _line_of(text: str, block: Block, entry: Entry) -> int:
    """Where the line begins that has the entry's dash."""
    start = text.rfind("\n", 0, entry.start) + 1
    while text[start + block.column] != "-":
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1] == "\r" else end
