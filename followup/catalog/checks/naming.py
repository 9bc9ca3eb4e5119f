"""Unique names: items declared twice, or with the same name; and exactly one office.

Names are compared as on the command line: without case and accents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from followup.catalog.checks.steps import is_active
from followup.catalog.declarations import Declarations, Finding, Item
from followup.core.kinds import ALIAS, CYCLE, PLAN
from followup.core.words import folded

if TYPE_CHECKING:
    from followup.core.kinds import Form, Kind

#: Kinds that users choose by name. Aliases have their own check; two users may have the same name.
PICKED = (
    *("cycle", "plan", "property", "action_type", "contact_type", "sales_cycle", "source", "group"),
    *("category", "action_name", "outcome", "no_show_reason"),
)


def duplicate_items(declarations: Declarations) -> Iterator[Finding]:
    for item in declarations.twice:
        first = declarations.items[item.kind][item.id]
        what = "the office" if item.kind == "office" else f"the {item.kind.replace('_', ' ')} '{item.id}'"
        message = f"{what} is declared twice; first in {first.file}, line {first.at.line}"
        yield Finding("FU201", item, (), message, "remove one of the two")


def shared_ids(declarations: Declarations) -> Iterator[Finding]:
    """`moved`, `migrate` and the command line use ids without a kind, so an id must have one meaning."""
    cycles = declarations.items[CYCLE]
    for item in declarations.items[PLAN].values():
        if item.id in cycles:
            message = f"the cycle '{item.id}' has this id too ({_where(cycles[item.id])})"
            yield Finding("FU230", item, (), message, "give one of them another id")


def no_office(declarations: Declarations) -> Iterator[Finding]:
    if not declarations.items["office"]:
        item = declarations.section("office")
        yield Finding("FU221", item, (), "the catalog has no office", "office: {name: ..., zone: America/Vancouver}")


def alias_names(declarations: Declarations) -> Iterator[Finding]:
    """Reps choose by id or name, and ids win: an alias named like another's id would choose that one."""
    aliases = by_place(declarations, ALIAS)
    active = [(item, folded(document["name"])) for item, document in aliases if document["active"]]
    by_id = {item.id: (item, name) for item, name in active}
    for item, first in duplicates(active):
        message = f"the active alias '{first.id}' has this name too ({_where(first)})"
        yield Finding("FU216", item, ("name",), message, "reps couldn't tell them apart")
    for item, name in active:
        other, other_name = by_id.get(name, (item, name))
        if other_name != name:
            message = f"this name is also the id of another active alias ({_where(other)})"
            yield Finding("FU227", item, ("name",), message, "give one of them another name or id")


def names_in_lists(declarations: Declarations) -> Iterator[Finding]:
    for kind in PICKED:
        items = sorted(declarations.items[kind].values(), key=lambda item: (item.file, item.at))
        documents = ((item, item.document) for item in items if item.document)
        active = ((item, folded(str(document["name"]))) for item, document in documents if is_active(document))
        for item, first in duplicates(active):
            message = f"the {kind.replace('_', ' ')} '{first.id}' has this name too ({_where(first)})"
            yield Finding("FU317", item, ("name",), message, "users couldn't tell them apart")


def _where(item: Item) -> str:
    return f"{item.file}, line {item.at.line}" if item.file else "built in"


def by_place(declarations: Declarations, kind: Kind[Form]) -> list[tuple[Item, Form]]:
    """Documents in file order, so that the first of two stays the first."""
    return sorted(declarations.documents(kind), key=lambda pair: (pair[0].file, pair[0].at))


def duplicates(values: Iterable[tuple[Item, object]]) -> Iterator[tuple[Item, Item]]:
    """Items with the same value as an earlier item, with that one."""
    seen: dict[object, Item] = {}
    for item, value in values:
        if value in seen:
            yield item, seen[value]
        seen.setdefault(value, item)
