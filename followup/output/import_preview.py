"""What an import shows: how it reads the columns and the first rows, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from followup.intake.columns import FIELDS, says_no
from followup.intake.mapping import ColumnMapping
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import OpenTable
from followup.output.table import table
from followup.output.text import clean, plural

#: rows that a preview reads
LOOKED_AT = 1000
#: characters of a value that it shows
SHORT = 24


def render_columns(source: OpenTable, mapping: ColumnMapping, owner: str) -> str:
    """Which column is which field, what is left behind, how the file was read. `owner`: of what names none."""
    return "\n".join([table(("field", "column"), mapping.used), *_remarks(source, mapping, owner)])


def render_preview(source: OpenTable, mapping: ColumnMapping, owner: str, day_first: bool | None) -> str:
    """The same with the first rows as they would be read, and what the file's beginning leaves open."""
    records = list(islice(rows(source, mapping, day_first), LOOKED_AT))
    accepted = [row for row in records if isinstance(row, Row)]
    refusals = [each for each in records if isinstance(each, Refusal)]
    lines = [_first_rows(mapping, accepted[:3]), *_remarks(source, mapping, owner)]
    lines.append(f"of the first {plural(len(records), 'row')}: {_missing(accepted)}, {len(refusals):,} refused")
    lines += [f"line {each.line} would be refused: {each.reason}" for each in refusals[:3]]
    return "\n".join([*lines, *map(clean, opt_outs(mapping))])


def _missing(accepted: Sequence[Row]) -> str:
    counts = {field: sum(getattr(row, field) is None for row in accepted) for field in ("owner", "cycle")}
    return ", ".join(f"{count:,} without {field}" for field, count in counts.items())


def _first_rows(mapping: ColumnMapping, first: Sequence[Row]) -> str:
    values = [{**row._asdict(), **(row.extra or {})} for row in first]
    columns = dict(mapping.used)
    names = dict.fromkeys([*FIELDS, *mapping.extra, *(name for row in first for name in row.extra or ())])
    lines = [
        (name, columns.get(name, "(made)"), *(_short(row.get(name)) for row in values))
        for name in names
        if name in columns or any(row.get(name) for row in values)
    ]
    return table(("field", "column", *(f"line {row.line}" for row in first)), lines)


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHORT else text[: SHORT - 3] + "..."


def _remarks(source: OpenTable, mapping: ColumnMapping, owner: str) -> list[str]:
    left = "not imported: " + ", ".join(mapping.unused) if mapping.unused else ""
    return [clean(remark) for remark in (left, *source.notes, owner) if remark]


def opt_outs(mapping: ColumnMapping) -> Iterator[str]:
    """A line for columns that may tell who is not to be contacted, and are left behind (E12)."""
    left = [name for name in mapping.unused if says_no(name)]
    if left:
        what = "THIS LOOKS LIKE AN OPT-OUT AND IS" if len(left) == 1 else "THESE LOOK LIKE OPT-OUTS AND ARE"
        hint = "--map do_not_contact=COLUMN; yes there means every channel"
        yield f"{what} NOT IMPORTED: {', '.join(left)} ({hint})"


def render_ownerless(count: int) -> str:
    """`count`: rows that leave a new contact to nobody."""
    rows = plural(count, "row")
    return f"{rows} named no owner: whoever is new among them is in nobody's list (--owner USER)"


def render_totals(totals: Mapping[str, int], dry_run: bool) -> str:
    """`totals`: rows read, new, changed, same and refused."""
    counts = ", ".join(f"{totals[name]:,} {name}" for name in ("new", "changed", "same", "refused"))
    return f"{'would have imported ' if dry_run else ''}{plural(totals['read'], 'row')}: {counts}"
