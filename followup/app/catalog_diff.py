"""A catalog against the one in force: which items differ, and what their `migrate:` entries say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from followup.core.kinds import MIGRATE
from followup.core.migration.summary import ItemChange
from followup.store.protocol import Store

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind, MigrateDocument


def between(before: DocumentsByKind, after: DocumentsByKind) -> tuple[ItemChange, ...]:
    """What differs, by kind and id; `before` may lack a kind that it has no items of."""
    found = []
    for kind in sorted(after):
        old, new = before.get(kind, {}), after[kind]
        for id in sorted(old.keys() | new.keys()):
            if old.get(id) != new.get(id):
                found.append(ItemChange(kind, id, old.get(id), new.get(id)))
    return tuple(found)


def said(edits: Sequence[ItemChange]) -> dict[str, MigrateDocument]:
    """The `migrate:` entries that act: those which this edit brings. What was there before has acted (E2 to E6)."""
    after = {edit.id: edit.after for edit in edits if edit.kind == MIGRATE and edit.after is not None}
    return cast("dict[str, MigrateDocument]", after)


def acted(documents: DocumentsByKind, edits: Sequence[ItemChange]) -> Iterator[str]:
    """A line for each entry that has acted and is still there."""
    for id in sorted(documents["migrate"].keys() - said(edits).keys()):
        yield f"migrate {shown(id)} has acted in an earlier version, and never acts again: take it out"


def shown(entry: str) -> str:
    """`step:CYCLE/STEP` as it is written."""
    kind, _, id = entry.partition(":")
    return f"{{{kind}: {id}}}"


def of_users(store: Store, edits: Sequence[ItemChange]) -> Iterator[str]:
    """Who leaves has nothing left to do: nobody would see it (F20)."""
    for edit in edits:
        if edit.kind == "user" and edit.before is not None and not (edit.after and edit.after["active"]):
            contacts, actions = store.migrations.holding(edit.id)
            if contacts or actions:
                mend = f"`followup contacts set --where owner={edit.id} --owner USER`, complete or cancel what is left"
                yield f"user '{edit.id}' still has {contacts} contacts and {actions} open actions: {mend} (F20)"
