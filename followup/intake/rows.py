"""Records become rows: each one is yielded, in the file's order, as a Row or as a Refusal with its reason.

A blank cell is None, whatever the record before held. Values are clean (`values`), ids are the file's own or made
(`identity`), and no id comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from followup.core.fields.cleaning import CLEANERS
from followup.core.fields.values import LONGEST, SEVERAL, Unfit, clean_cell, shown
from followup.intake.columns import FIELDS
from followup.intake.dates import clean_date
from followup.intake.identity import Seen, id_of, made_id
from followup.intake.mapping import ColumnMapping
from followup.intake.names import join_name, split_name
from followup.intake.refusals import Refusal
from followup.intake.sheet import Table


class Row(NamedTuple):
    """One contact as the file tells it: stripped, NFC, None where it says nothing. `line`: where it starts, from 1.

    `groups` and `do_not_contact` are ids with single spaces between, sorted. `created_at` is a date, local wall time,
    or UTC ending in Z. Only `notes` and the values of `extra` may have more than one line. `made_from` is what the id
    was made from: key, e-mail, phone or name; None for an id of the file's own.
    """

    line: int
    id: str
    name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    owner: str | None
    source: str | None
    type: str | None
    property: str | None
    cycle: str | None
    stage: str | None
    groups: str | None
    do_not_contact: str | None
    created_at: str | None
    notes: str | None
    extra: dict[str, str] | None
    made_from: str | None = None


new = tuple.__new__  # what Row._make does, without its checks: a tenth of all the time
ID, NAME, FIRST, LAST, EMAIL, PHONE = range(6)  # positions in FIELDS
Cells = Sequence[str | None]


def rows(table: Table, mapping: ColumnMapping, day_first: bool | None = None) -> Iterator[Row | Refusal]:
    """Every record of the table. `day_first` settles dates like 03/04/2026, which are refused without it."""
    read = reader(mapping, day_first)
    seen = Seen()
    for line, cells, fault in table.records():
        try:
            if fault:
                raise Unfit(fault)
            row = read(line, cells)
            if before := seen.add(row.id, line):
                raise Unfit(_came_before(row, [cells[column] for column in mapping.key], before))
        except Unfit as unfit:
            yield Refusal(line, str(unfit), tuple(cells))
        else:
            yield row


def reader(mapping: ColumnMapping, day_first: bool | None) -> Callable[[int, list[str]], Row]:
    """A function from a line number and its cells to the Row, all that can be settled once settled here."""
    columns = sorted({*mapping.fields.values(), *mapping.extra.values(), *mapping.key})
    at = {column: place for place, column in enumerate(columns)}
    take = picker(columns)
    # Behind the cells of a record stands one None, for the fields that the file does not have.
    arrange = itemgetter(*(at[mapping.fields[field]] if field in mapping.fields else -1 for field in FIELDS))
    extra = [(name, at[column]) for name, column in mapping.extra.items()]
    key = [at[column] for column in mapping.key]
    lined = {at[column] for column in (*mapping.extra.values(), mapping.fields.get("notes")) if column in at}
    cleaners = [(FIELDS.index(name), of) for name, of in _cleaners(day_first).items() if name in mapping.fields]
    splits = not mapping.fields.keys() & {"first_name", "last_name"}

    def read(line: int, record: list[str]) -> Row:
        cells = clean(take(record), lined)
        cells.append(None)
        row = list(arrange(cells))
        several = SEVERAL in (row[EMAIL] or "") or SEVERAL in (row[PHONE] or "")
        others = _kept_beside(row) if several else {}
        for field, cleaner in cleaners:
            if (value := row[field]) is not None:
                row[field] = cleaner(value)
        _complete_name(row, splits)
        if not (row[NAME] or row[EMAIL] or row[PHONE]):
            raise Unfit("nobody to follow up with: no name, no e-mail, no phone")
        made_from = None
        if row[ID] is None:
            made_from, row[ID] = _key_id(cells, key) if key else id_of(row[EMAIL], row[PHONE], row[NAME])
        return new(Row, (line, *row, _extra(cells, extra, others) if extra or others else None, made_from))

    return read


def clean(cells: tuple[str, ...], lined: set[int]) -> list[str | None]:
    """The cells stripped, None where blank; most records are so plain that one look at all their text is enough."""
    text = ",".join(cells)
    if text.isascii() and text.isprintable() and "  " not in text and "'" not in text and len(text) <= LONGEST:
        return [cell.strip() or None for cell in cells]
    return [clean_cell(cell, place in lined) for place, cell in enumerate(cells)]


def picker(columns: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """The cells of these columns, as a tuple however many they are."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda record: tuple(record[column] for column in columns)


def _cleaners(day_first: bool | None) -> dict[str, Callable[[str], str | None]]:
    return {**CLEANERS, "created_at": partial(clean_date, day_first=day_first)}


def _complete_name(row: list[str | None], splits: bool) -> None:
    """The whole name from its parts or, in a file without any parts, the parts from the whole name."""
    name = row[NAME]
    if name is None:
        row[NAME] = join_name(row[FIRST], row[LAST])
    elif splits:
        row[NAME : LAST + 1] = split_name(name)


def _came_before(row: Row, key: list[str], line: int) -> str:
    """Why a row whose id an earlier one has is refused, and what tells the two apart."""
    if row.made_from is None:
        return f"the same id as line {line} ({shown(row.id)}): give one of them another"
    value = {"e-mail": row.email, "phone": row.phone, "name": row.name}.get(row.made_from) or ", ".join(key)
    return f"the same {row.made_from} as line {line} ({shown(value)}): give a --key that tells them apart"


def _key_id(cells: Cells, key: list[int]) -> tuple[str, str]:
    parts = [cells[place] or "" for place in key]
    if not any(parts):
        raise Unfit("the key columns are blank, so there is nothing to make an id from")
    return "key", made_id("key", parts)


def _kept_beside(row: list[str | None]) -> dict[str, str]:
    """The first of several addresses or numbers becomes the contact's; the others, a line each."""
    others = {}
    for field, name in ((EMAIL, "other_emails"), (PHONE, "other_phones")):
        parts = [part.strip() for part in (row[field] or "").split(SEVERAL) if part.strip()]
        row[field] = parts[0] if parts else None
        if len(parts) > 1:
            others[name] = "\n".join(parts[1:])
    return others


def _extra(cells: Cells, extra: list[tuple[str, int]], others: dict[str, str]) -> dict[str, str] | None:
    """The extras that say something; None rather than an empty dict."""
    return others | {name: value for name, place in extra if (value := cells[place]) is not None} or None
