"""What the cells of a record say of each field: of several columns the first that says something, or all of them.

A gatherer changes a row in place: `cells` are those of the record, cleaned; `others` are its own fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from followup.core.fields.addresses import EMAIL, clean_email, clean_phone, emails_in, phones_in
from followup.core.fields.artifacts import says_nothing
from followup.core.fields.cleaning import CLEANERS, Cleaner
from followup.core.fields.values import Unfit, clean_text
from followup.core.model import STAGES
from followup.intake.columns import FIELDS, OWN_FIELDS
from followup.intake.dates import clean_date
from followup.intake.mapping import ColumnMapping, own_name
from followup.intake.opt_outs import permission

Cells: TypeAlias = Sequence[str | None]
Gatherer: TypeAlias = Callable[[list[str | None], Cells, dict[str, str]], None]
Places: TypeAlias = tuple[int, ...]


class Addresses(NamedTuple):
    """A field of which a contact has one, and further ones. `single`: how most cells are, which hold one."""

    field: str
    further: str
    single: re.Pattern[str]
    clean: Cleaner
    all_in: Callable[[str], list[str]]


#: where a word that isn't one of our stages is kept, if the column was only guessed to hold stages
OTHER_STAGE = "stage_in_file"
E_MAIL = Addresses("email", "emails", EMAIL, clean_email, emails_in)
TELEPHONE = Addresses("phone", "phones", re.compile(r"\+?[0-9][0-9 ().-]*", re.ASCII), clean_phone, phones_in)
#: fields that are not read column by column
TOGETHER = frozenset(("email", "phone", "emails", "phones", "groups", "do_not_contact", "notes"))


def gatherers(mapping: ColumnMapping, at: Mapping[int, int], day_first: bool | None) -> list[Gatherer]:
    """`at`: where the cells of each column are."""
    places = {field: tuple(at[column] for column in columns) for field, columns in mapping.fields.items()}
    found: list[Gatherer] = []
    for field, cleaner in _cleaners(day_first).items():
        if field in places and field not in TOGETHER and not (field == "stage" and field in mapping.guessed):
            found.append(_named(field, partial(_first, FIELDS.index(field), cleaner, places[field])))
    if "stage" in places and "stage" in mapping.guessed:
        found.append(partial(_stage, FIELDS.index("stage")))
    for kind in (E_MAIL, TELEPHONE):
        if every := (*places.get(kind.field, ()), *places.get(kind.further, ())):
            found.append(_named(kind.field, partial(_addresses, kind, every)))
    if "groups" in places:
        found.append(_named("groups", partial(_groups, FIELDS.index("groups"), places["groups"])))
    if len(places.get("notes", ())) > 1:
        found.append(partial(_notes, FIELDS.index("notes"), places["notes"]))
    if "do_not_contact" in places:
        found.append(_named("do_not_contact", _permissions(mapping, places["do_not_contact"])))
    return found


def _cleaners(day_first: bool | None) -> dict[str, Cleaner]:
    return {**CLEANERS, "created_at": partial(clean_date, day_first=day_first)}


def _named(field: str, gather: Gatherer) -> Gatherer:
    """What is refused says for which field."""

    def gathered(row: list[str | None], cells: Cells, others: dict[str, str]) -> None:
        try:
            gather(row, cells, others)
        except Unfit as unfit:
            unfit.field = field
            raise

    return gathered


def _first(field: int, clean: Cleaner, places: Places, row: list[str | None], cells: Cells, _: dict[str, str]) -> None:
    """The first of the columns that says something."""
    value = row[field]
    row[field] = clean(value) if value is not None else None
    if row[field] is None and len(places) > 1:
        said = (clean(cell) for place in places[1:] if (cell := cells[place]) is not None)
        row[field] = next((value for value in said if value is not None), None)


def _stage(field: int, row: list[str | None], _: Cells, others: dict[str, str]) -> None:
    """The stages of another program are kept in the details: a guess refuses no row."""
    word = row[field]
    if word is None:
        return
    row[field] = word.lower() if word.lower() in STAGES else None
    if row[field] is None and not says_nothing(word):
        others[OTHER_STAGE] = word


def _addresses(kind: Addresses, places: Places, row: list[str | None], cells: Cells, _: dict[str, str]) -> None:
    """All that a row holds: the first is the contact's, the others are kept with it."""
    one, value = FIELDS.index(kind.field), cells[places[0]]
    if len(places) == 1 and (value is None or kind.single.fullmatch(value)):
        row[one] = kind.clean(value) if value is not None else None
        return
    found: dict[str, str] = {}
    for cell in filter(None, map(cells.__getitem__, places)):
        for address in (kind.clean(cell),) if kind.single.fullmatch(cell) else kind.all_in(cell):
            if address:
                found.setdefault(_compared(address), address)
    first, others = next(iter(found.values()), None), [*found.values()][1:]
    row[one], row[FIELDS.index(kind.further)] = first, "\n".join(others) or None


def _compared(address: str) -> str:
    """The same number in another spelling is one."""
    return address.casefold() if "@" in address else "".join(filter(str.isdigit, address))


def _groups(field: int, places: Places, row: list[str | None], cells: Cells, _: dict[str, str]) -> None:
    said = [cell for place in places if (cell := cells[place]) is not None and not says_nothing(cell)]
    row[field] = CLEANERS["groups"](";".join(said)) if said else None


def _notes(field: int, places: Places, row: list[str | None], cells: Cells, _: dict[str, str]) -> None:
    row[field] = "\n".join(dict.fromkeys(cell for place in places if (cell := cells[place]))) or None


def _permissions(mapping: ColumnMapping, places: Places) -> Gatherer:
    """Any no of any column is a no."""
    columns = mapping.fields["do_not_contact"]
    told = [(place, permission(mapping.header[column])) for place, column in zip(places, columns, strict=True)]
    field = FIELDS.index("do_not_contact")

    def gather(row: list[str | None], cells: Cells, _: dict[str, str]) -> None:
        closed = [means.forbidden(cell) for place, means in told if (cell := cells[place]) is not None]
        row[field] = " ".join(sorted({channel for channels in closed for channel in (channels or "").split()})) or None

    return gather


def own_fields(cell: str | None) -> dict[str, str]:
    """The own fields in a cell of JSON, as our export writes them; any other text is one of them itself."""
    try:
        fields = json.loads(cell or "{}")
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return {OWN_FIELDS: cell} if cell and not says_nothing(cell) else {}
    texts = {own_name(name): clean_text(_text(value), lines=True) for name, value in fields.items()}
    return {name: text for name, text in texts.items() if text}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
