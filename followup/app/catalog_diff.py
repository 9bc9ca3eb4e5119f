"""A catalog against the one in force: which items differ, and what their `migrate:` entries say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from followup.core.kinds import MIGRATE
from followup.core.migration.summary import ItemChange

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind, MigrateDocument
    from followup.store.protocol import Store


def item_changes(before: DocumentsByKind, after: DocumentsByKind) -> tuple[ItemChange, ...]:
    """What differs, by kind and id; `before` may lack a kind that it has no items of."""
    changes = []
    for kind in sorted(after):
        old, new = before.get(kind, {}), after[kind]
        for id in sorted(old.keys() | new.keys()):
            if old.get(id) != new.get(id):
                changes.append(ItemChange(kind, id, old.get(id), new.get(id)))
    return tuple(changes)


def migrate_entries(changes: Sequence[ItemChange]) -> dict[str, MigrateDocument]:
    """The `migrate:` entries that act: those which this change brings. What was there before has acted (E2 to E6)."""
    after = {change.id: change.after for change in changes if change.kind == MIGRATE and change.after is not None}
    return cast("dict[str, MigrateDocument]", after)


def spent_entries(documents: DocumentsByKind, changes: Sequence[ItemChange]) -> Iterator[str]:
    """A line for each entry that has acted and is still there."""
    for id in sorted(documents["migrate"].keys() - migrate_entries(changes).keys()):
        yield f"migrate {as_written(id)} has acted in an earlier version, and never acts again: take it out"


def as_written(entry: str) -> str:
    """`step:CYCLE/STEP` as it is written."""
    kind, _, id = entry.partition(":")
    return f"{{{kind}: {id}}}"


def departures(store: Store, changes: Sequence[ItemChange]) -> Iterator[str]:
    """Who leaves has nothing left to do: nobody would see it (F20)."""
    for change in changes:
        if change.kind == "user" and change.before is not None and not (change.after and change.after["active"]):
            contacts, actions = store.migrations.holding(change.id)
            if contacts or actions:
                remedy = f"`followup contacts set --where owner={change.id} --owner USER`"
                remedy += ", complete or cancel what is left (F20)"
                yield f"user '{change.id}' still has {contacts} contacts and {actions} open actions: {remedy}"
