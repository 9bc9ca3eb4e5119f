"""An import: rows of a file become contacts, in batches of one change. The same file twice in a row changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from json import dumps
from typing import NamedTuple

from followup.app import lookup
from followup.app.deciding import in_batches
from followup.app.import_options import ImportOptions, ownership
from followup.app.refused_rows import RefusedRows, places_for
from followup.app.session import Session
from followup.core.kinds import PROPERTY
from followup.core.timing import moment, utc_text
from followup.core.wishes import Bring, Choice, Wish
from followup.errors import FollowupError
from followup.intake.columns import REPORT
from followup.intake.mapping import ColumnMapping
from followup.intake.records import Record
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import OpenTable, Table

FIELDS = ("name", "first_name", "last_name", "email", "phone", "source", "type", "stage", "groups", "do_not_contact")


class Defaults(NamedTuple):
    """For rows whose file does not say: the alias, the owner, the property; or that there is no cycle (F11).

    `new_owner`: of new contacts alone; who owns the others already is not asked for.
    """

    alias: str | None
    owner: str | None
    property: str | None
    without_cycle: bool
    new_owner: str | None = None


class Totals(NamedTuple):
    """They add up: read = new + changed + same + refused."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0


class Remembering:
    """A table that remembers its cells as the file has them, by line, for the rows that the store may yet refuse."""

    def __init__(self, table: Table) -> None:
        self.table, self.header = table, table.header
        self.cells: dict[int, tuple[str, ...]] = {}

    def records(self) -> Iterator[Record]:
        for record in self.table.records():
            self.cells[record.line] = tuple(record.cells)
            yield record


class Importer:
    """One import under way; `pending` and `table` remember the rows that are not yet in the store."""

    def __init__(self, session: Session, table: Table, defaults: Defaults) -> None:
        self.session, self.table, self.defaults = session, Remembering(table), defaults
        self.refuse: Callable[[Refusal], None] = lambda _: None
        # ids in a file of refused rows may be those of the contacts that they were refused for
        self.repairs = table.header[: len(REPORT)] == REPORT
        self.totals = Totals()
        self.notices: set[str] = set()  # what is to be said of the whole, once
        self.ownerless = 0  # rows that leave a new contact to nobody
        self.pending: dict[str, Row] = {}
        self.ids: dict[tuple[str, str], str] = {}

    def run(
        self, mapping: ColumnMapping, day_first: bool | None, refuse: Callable[[Refusal], None]
    ) -> Iterator[Totals]:
        """The totals so far, after each batch; each refusal as it comes."""
        self.refuse = refuse
        for outcome in in_batches(self.session, self._wishes(rows(self.table, mapping, day_first))):
            self.notices |= outcome.notices
            for contact, refusal in outcome.refused:
                self._refused(self.pending[str(contact)], str(refusal))
            self.pending.clear()
            self.table.cells.clear()
            t, counted = self.totals, outcome.counted
            self.totals = t._replace(
                new=t.new + counted["new"], changed=t.changed + counted["changed"], same=t.same + counted["same"]
            )
            yield self.totals
        yield self.totals

    def _wishes(self, records: Iterable[Row | Refusal]) -> Iterator[tuple[str, Wish]]:
        for row in records:
            self.totals = self.totals._replace(read=self.totals.read + 1)
            if isinstance(row, Refusal):
                self._count_refusal(row)
                continue
            try:
                wish = self._wish(row)
            except FollowupError as refusal:
                self._refused(row, str(refusal))
                continue
            self.pending[row.id] = row
            yield row.id, wish

    def _refused(self, row: Row, reason: str) -> None:
        self._count_refusal(Refusal(row.line, reason, self.table.cells[row.line]))

    def _count_refusal(self, refusal: Refusal) -> None:
        self.totals = self.totals._replace(refused=self.totals.refused + 1)
        self.refuse(refusal)

    def _wish(self, row: Row) -> Bring:
        fields: dict[str, str | None] = {name: getattr(row, name) for name in FIELDS}
        fields["owner"] = self._id("user", row.owner) or self.defaults.owner
        fields["property"] = self._id("property", row.property) or self.defaults.property
        fields["details"] = self._details(row)
        fields["created_at"] = self._created(row.created_at)
        alias = self._id("alias", row.cycle) or self.defaults.alias
        choice = Choice(alias) if alias else None
        self.ownerless += fields["owner"] is None and self.defaults.new_owner is None
        at_first = {"owner": self.defaults.new_owner, "name": row.email or row.phone}
        return Bring(fields, choice, self.defaults.without_cycle, at_first, self.repairs or row.made_from is not None)

    def _id(self, kind: str, word: str | None) -> str | None:
        """The declared id that a cell means; asked once for each word."""
        if word is None:
            return None
        if (kind, word) not in self.ids:
            self.ids[kind, word] = self._declared(kind, word)
        return self.ids[kind, word]

    def _declared(self, kind: str, word: str) -> str:
        if kind == "user":
            by_email = (user.id for user in self.session.users.values() if user.email == word.lower())
            return lookup.worker(self.session, next(by_email, word)).id
        return lookup.one(self.session, kind, word)

    def _details(self, row: Row) -> str | None:
        details = {**(row.extra or {}), **({"notes": row.notes} if row.notes else {})}
        return dumps(details, ensure_ascii=False, sort_keys=True) if details else None

    def _created(self, text: str | None) -> str | None:
        if text is None or text.endswith("Z"):
            return text
        return utc_text(moment(text[:16], self.session.office.calendars[None].zone).at)


class Import(NamedTuple):
    """An import that can begin: nothing of it can be wrong any more but its rows."""

    mapping: ColumnMapping
    remark: str
    importer: Importer
    refused: RefusedRows
    day_first: bool | None

    def run(self) -> Iterator[Totals]:
        return self.importer.run(self.mapping, self.day_first, self.refused.add)


def prepare(session: Session, table: OpenTable, options: ImportOptions) -> Import:
    """Settle what the options mean before a row is read: they name columns, users, aliases and files."""
    mapping = options.mapping(table.header)
    owner = ownership(session, mapping, options)
    refused = RefusedRows(table, () if session.dry_run else places_for(options.file, options.refused))
    alias = lookup.one(session, "alias", options.alias) if options.alias else None
    place = _property(session, options.property) if options.property else None
    defaults = Defaults(alias, owner.of_all, place, options.without_cycle, owner.of_new)
    return Import(mapping, owner.remark, Importer(session, table, defaults), refused, options.day_first)


def _property(session: Session, word: str) -> str:
    """An office that has not declared its properties takes any word."""
    return lookup.one(session, "property", word) if session.catalog.documents(PROPERTY) else word
