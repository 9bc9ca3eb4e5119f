"""One name for one thing: what is declared twice, or chosen by the same name; and one office."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from followup.catalog.draft import Draft, Finding, Item


def declared_twice(draft: Draft) -> Iterator[Finding]:
    for item in draft.twice:
        first = draft.items[item.kind][item.id]
        what = "the office" if item.kind == "office" else f"the {item.kind.replace('_', ' ')} '{item.id}'"
        message = f"{what} is declared twice; first in {first.file}, line {first.at.line}"
        yield Finding("FU201", item, (), message, "remove one of the two")


def no_office(draft: Draft) -> Iterator[Finding]:
    if not draft.items["office"]:
        item = draft.section("office")
        yield Finding("FU221", item, (), "no office is declared", "office: {name: ..., zone: America/Vancouver}")


def aliases(draft: Draft) -> Iterator[Finding]:
    """Reps choose by name; case and accents do not matter to them."""
    active = [(item, _folded(document["name"])) for item, document in by_place(draft, "alias") if document["active"]]
    for item, first in same(active):
        message = f"the active alias '{first.id}' has this name too ({first.file}, line {first.at.line})"
        yield Finding("FU216", item, ("name",), message, "reps could not tell them apart")


def by_place(draft: Draft, kind: str) -> list[tuple[Item, dict[str, object]]]:
    """In the order of the files, so that the first of two stays the first."""
    return sorted(draft.documents(kind), key=lambda pair: (pair[0].file, pair[0].at))


def same(values: Iterable[tuple[Item, object]]) -> Iterator[tuple[Item, Item]]:
    """Items whose value an earlier item has, with that one."""
    seen: dict[object, Item] = {}
    for item, value in values:
        if value in seen:
            yield item, seen[value]
        seen.setdefault(value, item)


def _folded(name: object) -> str:
    letters = unicodedata.normalize("NFKD", str(name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().strip()
