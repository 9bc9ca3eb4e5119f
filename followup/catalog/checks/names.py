"""One name for one thing: what is declared twice, chosen by the same name, or under each other in a ring."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from followup.catalog.draft import Draft, Finding, Item
from followup.catalog.moves import rings
from followup.catalog.tree import TOP


def declared_twice(draft: Draft) -> Iterator[Finding]:
    for item in draft.twice:
        first = draft.items[item.kind][item.id]
        what = "the office" if item.kind == "office" else f"the {item.kind.replace('_', ' ')} '{item.id}'"
        message = f"{what} is declared twice; first in {first.file}, line {first.at.line}"
        yield Finding("FU201", item, (), message, "remove one of the two")


def no_office(draft: Draft) -> Iterator[Finding]:
    if not draft.items["office"]:
        file = min((item.file for items in draft.items.values() for item in items.values() if item.file), default="")
        item = Item("office", "office", file or draft.folder, TOP, ("office",), None, None)
        yield Finding("FU221", item, (), "no office is declared", "office: {name: ..., zone: America/Vancouver}")


def aliases(draft: Draft) -> Iterator[Finding]:
    """Reps choose by name; case and accents do not matter to them."""
    active = [(item, _folded(document["name"])) for item, document in _by_place(draft, "alias") if document["active"]]
    for item, first in _same(active):
        message = f"the active alias '{first.id}' has this name too ({first.file}, line {first.at.line})"
        yield Finding("FU216", item, ("name",), message, "reps could not tell them apart")


def logins(draft: Draft) -> Iterator[Finding]:
    used = [(item, document["login"]) for item, document in _by_place(draft, "user") if document["login"]]
    for item, first in _same(used):
        message = f"the user '{first.id}' has this login too ({first.file}, line {first.at.line})"
        yield Finding("FU217", item, ("login",), message, "a login tells who somebody is")


def managers(draft: Draft) -> Iterator[Finding]:
    above = {item.id: document["manager"] for item, document in draft.documents("user") if document["manager"]}
    for ring in rings(above):
        way = " -> ".join((*ring, ring[0]))
        yield Finding("FU210", draft.items["user"][ring[0]], ("manager",), f"managers in a ring: {way}")


def _by_place(draft: Draft, kind: str) -> list[tuple[Item, dict[str, object]]]:
    """In the order of the files, so that the first of two stays the first."""
    return sorted(draft.documents(kind), key=lambda pair: (pair[0].file, pair[0].at))


def _same(values: Iterable[tuple[Item, object]]) -> Iterator[tuple[Item, Item]]:
    """Items whose value an earlier item has, with that one."""
    seen: dict[object, Item] = {}
    for item, value in values:
        if value in seen:
            yield item, seen[value]
        seen.setdefault(value, item)


def _folded(name: object) -> str:
    letters = unicodedata.normalize("NFKD", str(name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().strip()
