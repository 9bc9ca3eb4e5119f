"""Turns records into rows: each is yielded, in file order, as a Row, or as a Refusal with its reason.

A blank cell is None, whatever the record before held. Values are clean (`gathering`), ids are the file's own or made
(`identity`), and no id comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import NamedTuple

from followup.core.fields.cleaning import LINED
from followup.core.fields.values import LONGEST, Unfit, clean_cell, shown
from followup.intake.columns import FIELDS
from followup.intake.gathering import Cells, gatherers, own_fields
from followup.intake.identity import Seen, id_of, made_id
from followup.intake.layout import is_blank
from followup.intake.mapping import ColumnMapping
from followup.intake.names import join_name, split_name
from followup.intake.refusals import Refusal
from followup.intake.sheet import Table


class Row(NamedTuple):
    """A contact in the file: text stripped, NFC, None if blank. `line`: its first line, from 1.

    `groups` and `do_not_contact` are ids with single spaces between, sorted. `created_at` is a date, local wall time,
    or UTC ending in Z. `emails` and `phones` are further ones, a line each; else only `notes` and the values of `extra`
    may have more than one line. `made_from` is what the id was made from: key, e-mail, phone or name; None for an id of
    the file's own.
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
    company: str | None
    emails: str | None
    phones: str | None
    extra: dict[str, str] | None
    made_from: str | None = None


new = tuple.__new__  # Row._make without its checks: saves a tenth of the run time
ID, NAME, FIRST, LAST, EMAIL, PHONE, COMPANY = map(
    FIELDS.index, ("id", "name", "first_name", "last_name", "email", "phone", "company")
)
#: what a plain cell may not have in it: a guard, a formula, an escape, blanks in a row
ODD = re.compile("  |'|=\\s*[\"Hh]|_x")


def rows(table: Table, mapping: ColumnMapping, day_first: bool | None = None) -> Iterator[Row | Refusal]:
    """Every record of the table. `day_first`: how to read dates like 03/04/2026, which are refused without it."""
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
            if not is_blank(cells):
                yield Refusal(line, str(unfit), tuple(cells), unfit.field)
        else:
            yield row


def reader(mapping: ColumnMapping, day_first: bool | None) -> Callable[[int, list[str]], Row]:
    """A function from a line number and cells to a Row; what is the same for all rows is computed once, here."""
    columns = sorted(_columns_used(mapping))
    at = {column: place for place, column in enumerate(columns)}
    take = picker(columns)
    # A None follows the cells of a record, for fields that the file doesn't have.
    arrange = itemgetter(*(at[mapping.fields[field][0]] if field in mapping.fields else -1 for field in FIELDS))
    extra = [(name, at[column]) for name, column in mapping.extra.items()]
    key = [at[column] for column in mapping.key]
    lined = {at[column] for column in _lined(mapping)}
    gathers = gatherers(mapping, at, day_first)
    splits = not mapping.fields.keys() & {"first_name", "last_name"}
    own = at[mapping.own[0]] if mapping.own else -1

    def read(line: int, record: list[str]) -> Row:
        cells = clean(take(record), lined)
        cells.append(None)
        row = list(arrange(cells))
        others = own_fields(cells[own]) if cells[own] else {}
        for gather in gathers:
            gather(row, cells, others)
        _complete_name(row, splits)
        if not (row[NAME] or row[EMAIL] or row[PHONE]):
            raise Unfit("no name, company, e-mail or phone")
        made_from = None
        if row[ID] is None:
            made_from, row[ID] = _key_id(cells, key) if key else id_of(row[EMAIL], row[PHONE], row[NAME])
        return new(Row, (line, *row, _extra(cells, extra, others) if extra or others else None, made_from))

    return read


def _columns_used(mapping: ColumnMapping) -> set[int]:
    used = {column for columns in mapping.fields.values() for column in columns}
    return used | {*mapping.extra.values(), *mapping.key, *mapping.own}


def _lined(mapping: ColumnMapping) -> set[int]:
    """The columns in whose cells a line end means something."""
    named = (*LINED, "email", "phone")
    lined = {column for field in named for column in mapping.fields.get(field, ())} | {*mapping.extra.values()}
    return lined | {*mapping.own}


def clean(cells: tuple[str, ...], lined: set[int]) -> list[str | None]:
    """The cells stripped, None if blank; most records are so plain that one check of their joined text is enough."""
    text = ",".join(cells)
    if text.isascii() and text.isprintable() and ODD.search(text) is None and len(text) <= LONGEST:
        return [cell.strip() or None for cell in cells]
    return [clean_cell(cell, place in lined) for place, cell in enumerate(cells)]


def picker(columns: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """A function that returns the cells of these columns, always as a tuple."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda record: tuple(record[column] for column in columns)


def _complete_name(row: list[str | None], splits: bool) -> None:
    """Make the full name from its parts, or, in a file without parts, the parts from the full name."""
    name = row[NAME]
    if name is None:
        row[NAME] = join_name(row[FIRST], row[LAST]) or row[COMPANY]
    elif splits:
        row[NAME : LAST + 1] = split_name(name)


def _came_before(row: Row, key: list[str], line: int) -> str:
    """Why a row with the same id as an earlier one is refused, and how to tell the two apart."""
    if row.made_from is None:
        return f"the same id as line {line} ({shown(row.id)}): change one of them"
    value = {"e-mail": row.email, "phone": row.phone, "name": row.name}.get(row.made_from) or ", ".join(key)
    return f"the same {row.made_from} as line {line} ({shown(value)}): use a --key that tells them apart"


def _key_id(cells: Cells, key: list[int]) -> tuple[str, str]:
    parts = [cells[place] or "" for place in key]
    if not any(parts):
        raise Unfit("the key columns are blank, so there's no id")
    return "key", made_id("key", parts)


def _extra(cells: Cells, extra: list[tuple[str, int]], others: dict[str, str]) -> dict[str, str] | None:
    """The extras that aren't blank; None instead of an empty dict."""
    return others | {name: value for name, place in extra if (value := cells[place]) is not None} or None
