"""Opens the store at a URL, importing only the engine that the URL needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.errors import UsageError

if TYPE_CHECKING:
    from followup.store.protocol import Store


def open_store(url: str, create: bool = False) -> Store:
    """The store at `url`; raises NoProject if there is none, or if it is newer than this program."""
    scheme, _, path = url.partition(":")
    if scheme == "sqlite" and path.startswith("///") and path != "///" and "://" not in path[3:]:
        from followup.store.sqlite.store import SqliteStore

        return SqliteStore(path[3:], create)
    if scheme == "csv" and path and "://" not in path:
        from followup.store.folder.store import CsvStore

        return CsvStore(path, create)
    if scheme in ("postgresql", "postgres") and path.startswith("//"):
        try:
            from followup.store.postgres.store import PostgresStore
        except ModuleNotFoundError:
            raise UsageError("PostgreSQL needs its driver: pip install 'followup[postgres]'") from None
        return PostgresStore(url, create)
    from followup.store.urls import display_url

    raise UsageError(
        f"'{display_url(url)}' isn't a store. Use sqlite:///FILE, csv:FOLDER or postgresql://HOST/DATABASE"
    )
