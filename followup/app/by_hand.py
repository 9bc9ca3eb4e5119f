"""Edits by hand of a CSV store's files: an edited row gets the same decision as a command's change.

What only a command may write (stages, statuses, cycles, numbers) is refused: it affects more than one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from followup.app.contact_values import NEVER_NULL, read_value
from followup.core import office_documents, people
from followup.core import wishes as w
from followup.core.closing import reschedule
from followup.core.draft import Decision, Draft, Stamp
from followup.core.fields.values import Unfit
from followup.core.model import Dossier
from followup.core.office import Office, User
from followup.core.permission import OFFICE
from followup.core.timing import TYPED_YEARS
from followup.errors import BadInput, FollowupError, Refused
from followup.store.folder.hand_edits import EditedSubject, HandEdit
from followup.store.folder.store import CsvStore
from followup.store.heads import Head
from followup.store.row_values import is_date
from followup.store.tables import ACTION, CONTACT, ENROLMENT

if TYPE_CHECKING:
    from followup.core.office_documents import Source

COMMAND = "edited-by-hand"
#: the columns that may be edited by hand; the others affect more than one row
BY_HAND = MappingProxyType(
    {
        CONTACT: frozenset(
            ("name", "first_name", "last_name", "email", "phone", "owner", "property", "source", "type", "sales_cycle")
            + ("groups", "do_not_contact", "emails", "phones")
        ),
        ENROLMENT: frozenset[str](),
        ACTION: frozenset(("due",)),
    }
)


def take_over(store: CsvStore, at: int) -> None:
    """Save the edits as a change at UTC second `at`. Raises BadInput with the line of each edit that isn't allowed."""
    edited, office = store.edited_by_hand(), _applied(store)
    version = store.catalog.version()
    with store.hand_change(Head(at, OFFICE.id, COMMAND, version)) as change:
        change.save(_decisions(store, edited, office, Stamp(change.id, at, OFFICE), change.ids))


class EditedOffice(NamedTuple):
    """The applied catalog, in which words in the files are looked up. There is no one to remark anything to."""

    catalog: Source
    office: Office
    remark: Callable[[str], None] = lambda _: None

    @property
    def users(self) -> Mapping[str, User]:
        return self.office.users


def _applied(store: CsvStore) -> EditedOffice:
    catalog = office_documents.Documents(store.versions.in_force())
    return EditedOffice(catalog, office_documents.office(0, catalog))


def _decisions(
    store: CsvStore, edited: Iterable[EditedSubject], office: EditedOffice, stamp: Stamp, ids: Iterator[int]
) -> list[tuple[Dossier, Decision]]:
    decisions, problems = [], []
    for dossier, edits in edited:
        try:
            decisions.append((dossier, _decided(dossier, edits, office, stamp, ids)))
        except Refused as refusal:
            problems.append(f"{store.line_of(edits[0])}: {refusal}")
    if problems:
        raise BadInput("\n".join(problems))
    return decisions


def _decided(
    dossier: Dossier, edits: Iterable[HandEdit], office: EditedOffice, stamp: Stamp, ids: Iterator[int]
) -> Decision:
    """The decision about one subject's edits. Raises Refused for the first edit that isn't allowed."""
    draft = Draft(dossier, office.office, stamp, ids)
    for edit in edits:
        _carry_out(draft, edit, office)
    return draft.decision


def _carry_out(draft: Draft, edit: HandEdit, office: EditedOffice) -> None:
    texts = _texts(edit)
    if edit.table is CONTACT:
        people.change(draft, w.Set(_clean(office, texts)))
    else:
        due = texts["due"]
        if not (is_date(due) and int(due[:4]) in TYPED_YEARS):
            raise Refused(
                f"due '{due}' isn't a date between {TYPED_YEARS[0]} and {TYPED_YEARS[-1]}: 2026-05-03, 2026-05-03T14:00"
            )
        assert isinstance(edit.id, int)
        reschedule(draft, w.Reschedule(edit.id, due))


def _texts(edit: HandEdit) -> dict[str, str]:
    """The new text of each edited column. Raises Refused for columns and rows that can't be edited by hand."""
    table, id, history_row, file_row = edit
    if history_row is None:
        raise Refused(f"{table.name} {id} was not made by a command: rows can't be added by hand")
    if file_row is None:
        raise Refused(f"the line of {table.name} {id} is missing: rows can't be deleted by hand, put it back")
    cells = zip(table.columns, history_row, file_row, strict=True)
    texts = {name: str(new or "") for name, old, new in cells if new != old}
    forbidden = texts.keys() - BY_HAND[table]
    if forbidden:
        raise Refused(
            f"{', '.join(sorted(forbidden))} of {table.name} {id} can only be changed by commands: restore it"
        )
    return texts


def _clean(office: EditedOffice, texts: Mapping[str, str]) -> dict[str, str | None]:
    """By the rules of `contacts set`; an empty cell is its `--clear`."""
    fields = {name: _value(office, name, text) for name, text in texts.items()}
    if "name" in fields and not fields["name"]:
        raise Refused("a contact needs a name")
    return {name: value or ("" if name in NEVER_NULL else None) for name, value in fields.items()}


def _value(office: EditedOffice, field: str, text: str) -> str | None:
    if not text.strip():
        return None
    try:
        value = read_value(office, field, text)
    except (Unfit, FollowupError) as reason:
        raise Refused(f"{field}: {reason}") from None
    if value is None and field != "do_not_contact":
        raise Refused(f"{field}: {text.strip()!r} says nothing. To empty the field, leave the cell empty")
    return value
