"""A catalog compared with the live one: which items differ, and what their `migrate:` entries say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.core.kinds import MIGRATE
from followup.core.migration.entries import idle, is_known, subject
from followup.core.migration.summary import Impact, ItemChange
from followup.core.office import Office

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind, MigrateDocument


def item_changes(before: DocumentsByKind, after: DocumentsByKind) -> tuple[ItemChange, ...]:
    """The items that differ, sorted by kind and id; `before` may lack kinds that it has no items of."""
    changes = []
    for kind in sorted(after):
        old, new = before.get(kind, {}), after[kind]
        for id in sorted(old.keys() | new.keys()):
            if old.get(id) != new.get(id):
                changes.append(ItemChange(kind, id, old.get(id), new.get(id)))
    return tuple(changes)


def migrate_entries(changes: Sequence[ItemChange]) -> dict[str, MigrateDocument]:
    """The `migrate:` entries that run: those that this change adds. Older entries already ran (E2 to E6)."""
    after = {change.id: change.after for change in changes if change.kind == MIGRATE and change.after is not None}
    return cast("dict[str, MigrateDocument]", after)


class Entries(NamedTuple):
    """The `migrate:` entries that act, by id, between the two offices."""

    acting: Mapping[str, MigrateDocument]
    before: Office
    after: Office

    def _known(self, document: MigrateDocument) -> bool:
        """The first version has nothing before it: an entry may be left from where the files came from."""
        return self.before.version == 0 or is_known(document, self.before, self.after)

    def refusals(self) -> Iterator[str]:
        """A line for each entry that names what is not declared."""
        for id, document in sorted(self.acting.items()):
            if not self._known(document):
                names = f"names a {'step' if 'step' in document else 'cycle'} that isn't declared"
                yield f"migrate {as_written(id)} {names}: check its id, or take the entry out"

    def warnings(self, impact: Impact) -> Iterator[str]:
        """A line for each entry that has nothing left to do, and why."""
        processes = {process.id for process in impact.processes if process}
        for id, document in sorted(self.acting.items()):
            if id not in impact.used and self._known(document):
                standing = self.after.current_id(subject(document)[0]) in processes
                why = idle(document, self.after, standing)
                yield f"migrate {as_written(id)} has nothing left to do: {why}"


def spent_entries(documents: DocumentsByKind, changes: Sequence[ItemChange]) -> Iterator[str]:
    """A warning for each entry that already ran and is still in the catalog."""
    for id in sorted(documents["migrate"].keys() - migrate_entries(changes).keys()):
        yield f"migrate {as_written(id)} already ran in an earlier version: remove it"


def as_written(entry: str) -> str:
    """`step:CYCLE/STEP` as written in YAML."""
    kind, _, id = entry.partition(":")
    return f"{{{kind}: {id}}}"
