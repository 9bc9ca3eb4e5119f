"""An office copied into another store, and held against it row for row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing

from followup.app.session import Visit
from followup.app.versions import people
from followup.errors import Refused, StoreUnreachable
from followup.store import whole
from followup.store.opening import open_store
from followup.store.protocol import Rows, Store

EACH = 1000


def copied(here: Visit, url: str, show: Callable[[int], None]) -> Counter[str]:
    """How many rows of each table are in the store at `url` now, which held nothing; `show` is told of each thousand.

    Raises Refused where something is kept from whoever asks, CannotWrite where an office is kept there already,
    StoreUnreachable where what was written is not what is read.
    """
    source = here.store
    here.administered("copy the office")
    if not source.sees_all:
        raise Refused("a copy takes everything: it takes the login of the store's owner")
    counts: Counter[str] = Counter()
    with source.snapshot():
        with closing(open_store(url, create=True)) as target:
            tables = ((table, _counted(source, table, counts, show)) for table in whole.TABLES)
            target.fill(tables, people(source.versions.documents(here.catalog.version)))
        with closing(open_store(url)) as written, written.snapshot():
            differing = whole.difference(source, written)
            if differing:
                raise StoreUnreachable(f"{written.url} does not hold what was written ({differing}): do not use it")
    return counts


def _counted(source: Store, table: str, counts: Counter[str], show: Callable[[int], None]) -> Rows:
    for row in source.ask(f"whole.{table}"):
        counts[table] += 1
        if not counts[table] % EACH:
            show(counts.total())
        yield row
