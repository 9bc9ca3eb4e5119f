"""What an import shows: how it reads the columns and the first rows, what it leaves behind, and why it refuses rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from followup.intake.columns import FIELDS
from followup.intake.mapping import ColumnMapping
from followup.intake.rows import Row, rows
from followup.intake.sheet import OpenTable
from followup.output.table import table
from followup.output.text import clean, plural

#: rows that a preview shows
SHOWN = 3
#: rows that it reads to find so many that can be shown
LOOKED_AT = 1000
#: characters to show of a value
SHORT = 24
#: reasons that are shown on the screen; the file of the refused rows has all
REASONS = 8

#: fields whose columns are often called so by programs that mean something else
OFTEN_MISTAKEN = (
    "id",
    "owner",
    "property",
    "cycle",
    "stage",
    "type",
    "source",
    "groups",
    "do_not_contact",
)


class Reason(Protocol):
    """Why rows were refused. `lines`: the first of them; their `total`."""

    @property
    def text(self) -> str: ...
    @property
    def lines(self) -> Lines: ...


class Lines(Protocol):
    @property
    def total(self) -> int: ...
    def __iter__(self) -> Iterator[int]: ...


def render_columns(source: OpenTable, mapping: ColumnMapping, owner: str) -> str:
    """The column of each field, columns that aren't imported, and reader notes. `owner`: of rows without one."""
    return "\n".join([table(("field", "column"), mapping.used), *_remarks(source, mapping, owner)])


def render_preview(source: OpenTable, mapping: ColumnMapping, owner: str, day_first: bool | None) -> str:
    """The same with the first rows as they would be read."""
    records = islice(rows(source, mapping, day_first), LOOKED_AT)
    first = list(islice((row for row in records if isinstance(row, Row)), SHOWN))
    return "\n".join([_first_rows(mapping, first), *_remarks(source, mapping, owner)])


def _first_rows(mapping: ColumnMapping, first: Sequence[Row]) -> str:
    values = [{**row._asdict(), **(row.extra or {}), "id": None if row.made_from else row.id} for row in first]
    columns = dict(mapping.used)
    names = dict.fromkeys([*FIELDS, *mapping.extra, *(name for row in first for name in row.extra or ())])
    lines = [
        (name, _short(columns.get(name, "(made)")), *(_short(row.get(name)) for row in values))
        for name in names
        if name in columns or any(row.get(name) for row in values)
    ]
    return table(("field", "column", *(f"line {row.line}" for row in first)), lines)


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHORT else text[: SHORT - 3] + "..."


def _remarks(source: OpenTable, mapping: ColumnMapping, owner: str) -> list[str]:
    left = "not imported: " + ", ".join(mapping.unused) if mapping.unused else ""
    return [clean(remark) for remark in (left, *source.notes, owner) if remark]


def opt_out_warning(columns: Sequence[str]) -> Iterator[str]:
    """A warning if columns that may hold opt-outs aren't imported (E12)."""
    if columns:
        what = "THIS LOOKS LIKE AN OPT-OUT AND IS" if len(columns) == 1 else "THESE LOOK LIKE OPT-OUTS AND ARE"
        hint = "use --map do_not_contact=COLUMN, once for each column"
        yield f"{what} NOT IMPORTED: {', '.join(columns)} ({hint})"


def refusal_lines(reasons: Iterable[Reason], fields: Mapping[str, int], mapping: ColumnMapping) -> Iterator[str]:
    """Like reasons together, the commonest first; and how to leave a column out that was guessed wrongly."""
    every = list(reasons)
    for reason in every[:REASONS]:
        yield f"  {plural(reason.lines.total, 'row')} ({_lines(reason.lines)}): {reason.text}"
    if more := sum(reason.lines.total for reason in every[REASONS:]):
        yield f"  {plural(more, 'row')}: other reasons"
    for field in OFTEN_MISTAKEN:
        if fields.get(field) and field in mapping.guessed:
            columns = ", ".join(mapping.header[column] for column in mapping.fields[field])
            yield f"  If {columns!r} isn't the {field} here, leave it out: --map {field}="


def _lines(lines: Lines) -> str:
    named = ", ".join(map(str, lines))
    count = len(named.split(", "))
    return f"line{'s' if lines.total > 1 else ''} {named}{', ...' if lines.total > count else ''}"


def render_ownerless(count: int) -> str:
    """`count`: rows that leave a new contact without an owner."""
    has = "has" if count == 1 else "have"
    return f"{plural(count, 'row')} {has} no owner. New contacts without one won't be on anyone's list (--owner USER)"


def render_undeclared(kind: str, words: Sequence[str]) -> str:
    """`kind`: of words that the catalog doesn't declare, and that are kept as they are."""
    said = ", ".join(f"'{word}'" for word in words)
    what = kind.replace("_", " ")
    return f"not declared as a {what} in the catalog, kept as in the file: {said}"


def render_other_stages(words: Sequence[str]) -> str:
    said = ", ".join(f"'{word}'" for word in words)
    return (
        f"not a stage here: {said}. Those contacts come in as leads, and the word is kept as stage_in_file. "
        "To set their stage, write lead, prospect, won or lost in the file"
    )


def render_footer(left_out: Sequence[str]) -> str:
    """`left_out`: what is below the contacts."""
    said = ", ".join(f"'{_short(text)}'" for text in left_out[:3])
    lines = plural(len(left_out), "line")
    return f"the last {lines} aren't contacts and were left out: {said}{', ...' if len(left_out) > 3 else ''}"


def render_changed(names: Sequence[str], total: int) -> str:
    """The first few contacts that are different now."""
    return f"changed: {', '.join(names)}{f' and {total - len(names):,} more' if total > len(names) else ''}"


def render_totals(totals: Mapping[str, int], dry_run: bool) -> str:
    """`totals`: rows read, new, changed, same and refused."""
    counts = ", ".join(f"{totals[name]:,} {name}" for name in ("new", "changed", "same", "refused"))
    return f"{'would have imported ' if dry_run else ''}{plural(totals['read'], 'row')}: {counts}"


def render_looked_at(totals: Mapping[str, int]) -> str:
    return f"of the first {render_totals(totals, dry_run=False)}"
