"""Items of the catalog that an edit takes away while rows of the store still have their ids.

Cycles, plans and their steps are not among them: contacts in progress are migrated (core/migration).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from followup.core.kinds import ACTION_TYPE, ALIAS, PROPERTY, USER
from followup.core.migration.summary import ItemChange
from followup.store.questions.migration_questions import Holding, MigrationQuestions

if TYPE_CHECKING:
    from followup.store.protocol import Store

Question: TypeAlias = Callable[[MigrationQuestions, str, str], Holding]


class Use(NamedTuple):
    """Which rows have an item. `way_out`: why an apply refuses to remove it while there are any; empty: it only warns.
    `active`: making it inactive is refused too."""

    question: Question
    way_out: str = ""
    active: bool = False


def _of_user(store: MigrationQuestions, _: str, id: str) -> Holding:
    return store.holding(id)


CONTACTS, ACTIONS = Use(MigrationQuestions.contacts_with), Use(MigrationQuestions.actions_with)

#: Refused is what would take contacts off every list (F20). The rest keeps a word that has lost its name.
USES: Mapping[str, Use] = MappingProxyType(
    {
        USER: Use(
            _of_user,
            "`followup contacts set --where owner={id} --owner USER`, then complete or cancel the rest",
            active=True,
        ),
        PROPERTY: Use(
            MigrationQuestions.contacts_with,
            "keep its id (`name` and `active` can change), or move them with "
            "`followup contacts set --where property={id} --property PROPERTY`",
        ),
        **dict.fromkeys(("source", "contact_type", "sales_cycle", "group", ALIAS), CONTACTS),
        **dict.fromkeys((ACTION_TYPE, "category", "action_name", "outcome", "no_show_reason"), ACTIONS),
    }
)


def departures(store: Store, changes: Sequence[ItemChange]) -> Iterator[str]:
    """A line for each item that can't go while contacts or actions have it."""
    for change, use, holding in _used(store, changes, refused=True):
        yield f"{_named(change)} still has {_counted(holding)}: {use.way_out.format(id=change.id)}"


def leftovers(store: Store, changes: Sequence[ItemChange], moved: Mapping[str, str]) -> Iterator[str]:
    """A warning for each item whose id stays in rows without a meaning; one that moved keeps its meaning (E5)."""
    staying = [change for change in changes if change.id not in moved]
    for change, _, holding in _used(store, staying, refused=False):
        count = holding.contacts or holding.actions
        rows = "contact" if holding.contacts else "action"
        have = f"{count} {rows} still has" if count == 1 else f"{count} {rows}s still have"
        yield f"{_named(change)} is removed, but {have} it: to rename it, keep the id and change only the name"


def _used(store: Store, changes: Sequence[ItemChange], refused: bool) -> Iterator[tuple[ItemChange, Use, Holding]]:
    """What goes and is used, of the kinds that are refused or of the others: rows are counted once for each item."""
    for change in changes:
        use = USES.get(change.kind)
        if use and bool(use.way_out) == refused and change.before and _goes(change, use):
            holding = use.question(store.migrations, change.kind, change.id)
            if any(holding):
                yield change, use, holding


def _goes(change: ItemChange, use: Use) -> bool:
    return change.after is None or (use.active and not change.after["active"])


def _named(change: ItemChange) -> str:
    return f"{change.kind.replace('_', ' ')} '{change.id}'"


def _counted(holding: Holding) -> str:
    contacts, actions = holding
    return f"{contacts} contact{'s' * (contacts != 1)} and {actions} open action{'s' * (actions != 1)}"
