"""Copy an office into another store, and compare the two row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from followup.app.office_store import open_office
from followup.app.session import Visit
from followup.app.versions import people
from followup.errors import Refused, StoreUnreachable
from followup.store.contents import difference
from followup.store.tables import TABLES, Row, Table

if TYPE_CHECKING:
    from followup.store.protocol import Store

EACH = 1000


def copied(here: Visit, url: str, show: Callable[[int], None]) -> Counter[str]:
    """Copy into the empty store at `url`; return the row count of each table. `show` is called every 1000 rows.

    Raises Refused if the login may not see every row, CannotWrite if the target already has an office,
    StoreUnreachable if the copy differs from the source.
    """
    source = here.store
    here.administered("copy the office")
    if not source.sees_all:
        raise Refused("only the database login that owns the store can copy it")
    counts: Counter[str] = Counter()
    with source.snapshot():
        with closing(open_office(url, create=True)) as target:
            tables = ((table, _counted(source, table, counts, show)) for table in TABLES)
            target.fill(tables, people(source.versions.documents(here.catalog.version)))
        with closing(open_office(url)) as written, written.snapshot():
            row = difference(source, written)
            if row:
                raise StoreUnreachable(f"{written.url} differs from what was copied ({row}): don't use it")
    return counts


def _counted(source: Store, table: Table, counts: Counter[str], show: Callable[[int], None]) -> Iterator[Row]:
    for row in source.rows_of(table):
        counts[table.name] += 1
        if not counts[table.name] % EACH:
            show(counts.total())
        yield row
