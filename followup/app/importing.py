"""Import: rows of a file become contacts, in batches of one change. Importing the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from followup.app import lookup
from followup.app.brought_rows import Brought, CellRefused, Defaults, Notices, RowReader
from followup.app.deciding import Asked, in_batches
from followup.app.import_ids import Identities
from followup.app.import_options import ImportOptions, Ownership, ownership, ownership_so_far
from followup.app.import_reasons import Reasons
from followup.app.refused_rows import RefusedRows, places_for
from followup.app.session import Session
from followup.errors import BadInput
from followup.intake.columns import REPORT
from followup.intake.mapping import ColumnMapping
from followup.intake.records import Record
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import OpenTable, Table
from followup.intake.survey import LOOKED_AT, contradictions, opt_outs

if TYPE_CHECKING:
    from followup.store.protocol import Change


class Totals(NamedTuple):
    """Row counts: read = new + changed + same + refused."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0


class Remembering:
    """A table that remembers its cells as the file has them, by line, for the rows that the store may yet refuse.

    `most`: only so many of its records; None: all.
    """

    def __init__(self, table: Table, most: int | None = None) -> None:
        self.table, self.header, self.most = table, table.header, most
        self.cells: dict[int, tuple[str, ...]] = {}

    def records(self) -> Iterator[Record]:
        for record in islice(self.table.records(), self.most):
            self.cells[record.line] = tuple(record.cells)
            yield record


class Importer:
    """An import in progress; `pending` and `table` have the rows that aren't in the store yet. `most`: how many of the
    file's records to read; None: all."""

    def __init__(
        self, session: Session, table: Table, defaults: Defaults, system: str | None = None, most: int | None = None
    ) -> None:
        self.session, self.table = session, Remembering(table, most)
        self.refuse: Callable[[Refusal], None] = lambda _: None
        # ids in a refused rows file may be those of the contacts they were refused for
        self.identities = Identities(session, system, repairs=table.header[: len(REPORT)] == REPORT)
        self.totals, self.notices, self.reasons = Totals(), Notices(), Reasons()
        self.reader = RowReader(session, defaults, self.notices)
        self.pending: dict[str, Row] = {}

    def run(
        self, mapping: ColumnMapping, day_first: bool | None, refuse: Callable[[Refusal], None]
    ) -> Iterator[Totals]:
        """Yield the totals so far after each batch, and report each refusal as it comes."""
        self.refuse = refuse
        for outcome in in_batches(self.session, self._brought(rows(self.table, mapping, day_first)), self._settle):
            self.notices.lines |= outcome.notices
            self.notices.changed.join(outcome.changed)
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

    def _brought(self, records: Iterable[Row | Refusal]) -> Iterator[Brought]:
        for row in records:
            self.totals = self.totals._replace(read=self.totals.read + 1)
            if isinstance(row, Refusal):
                self._count_refusal(row)
                continue
            try:
                brought = self.reader.brought(row)
            except CellRefused as refusal:
                self._refused(row, str(refusal), refusal.field)
                continue
            yield brought

    def _settle(self, change: Change, batch: Sequence[Brought]) -> list[tuple[str, Asked]]:
        """Which contact each row is about."""
        wishes: list[tuple[str, Asked]] = []
        for brought, identity in zip(batch, self.identities.of(change, [each.row for each in batch]), strict=True):
            self.pending[identity.id] = brought.row
            wishes.append((identity.id, brought.wish(identity)))
        return wishes

    def _refused(self, row: Row, reason: str, field: str | None = None) -> None:
        self._count_refusal(Refusal(row.line, reason, self.table.cells[row.line], field))

    def _count_refusal(self, refusal: Refusal) -> None:
        self.totals = self.totals._replace(refused=self.totals.refused + 1)
        self.reasons.add(refusal)
        self.refuse(refusal)


class Import(NamedTuple):
    """An import that can begin: nothing of it can be wrong any more but its rows. `opt_outs`: the columns left behind
    that may tell who is not to be contacted."""

    mapping: ColumnMapping
    remark: str
    importer: Importer
    refused: RefusedRows
    day_first: bool | None
    opt_outs: tuple[str, ...]

    def run(self) -> Iterator[Totals]:
        return self.importer.run(self.mapping, self.day_first, self.refused.add)


def prepare(session: Session, table: OpenTable, options: ImportOptions) -> Import:
    """Resolve the options before any row is read: they name columns, users, aliases and files."""
    options = options.checked()
    mapping = options.mapping(table.header)
    owner = ownership(session, mapping, options)
    refused = RefusedRows(table, () if session.dry_run else places_for(options.file, options.refused))
    return _prepared(session, table, options, mapping, owner, refused)


def prepare_preview(session: Session, table: OpenTable, options: ImportOptions) -> Import:
    """The same import of the first rows, of which nothing stays; whose its contacts are can be left open."""
    options = options.checked()
    mapping = options.mapping(table.header)
    owner = ownership_so_far(session, mapping, options)
    return _prepared(session, table, options, mapping, owner, RefusedRows(table, ()), LOOKED_AT)


def _prepared(
    session: Session,
    table: OpenTable,
    options: ImportOptions,
    mapping: ColumnMapping,
    owner: Ownership,
    refused: RefusedRows,
    most: int | None = None,
) -> Import:
    for line, date in contradictions(table, mapping, options.day_first):
        said, other = ("--day-first", "month first") if options.day_first else ("--month-first", "day first")
        raise BadInput(f"{table.name}: line {line}: '{date}' can only be {other}, so {said} is wrong, or that date is")
    alias = lookup.first_alias(session, options.alias) if options.alias else None
    place = lookup.site(session, options.property) if options.property else None
    defaults = Defaults(alias, owner.of_all, place, options.without_cycle, owner.of_new)
    importer = Importer(session, table, defaults, options.system, most)
    return Import(mapping, owner.remark, importer, refused, options.day_first, opt_outs(table, mapping))
