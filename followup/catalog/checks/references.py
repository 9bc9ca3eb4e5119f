"""Every id that one item gives of another is declared; the nearest one is named where it is not.

Lists that a catalog does not declare at all (sources, groups, sales cycles) are open: any text can stand there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.renames import resolved
from followup.catalog.tree import Path

EACH = "*"
OPEN_LISTS = ("source", "group", "sales_cycle")
#: What cannot be another catalog's: every command looks up its user's role.
OWN = ("role",)
#: How a test can begin, and what can happen to a step of it.
STARTS = ("alias", "cycle", "plan")
CLOSES = ("complete", "skip", "no_show", "fail", "cancel", "reschedule")


class Reference(NamedTuple):
    """In items of `kind`, what stands at `path` is the id of a `target`; EACH stands for every item of a list."""

    kind: str
    path: tuple[str, ...]
    target: str


REFERENCES: tuple[Reference, ...] = (
    Reference("alias", ("cycle",), "cycle"),
    Reference("cycle", ("steps", EACH, "type"), "action_type"),
    Reference("cycle", ("steps", EACH, "template"), "template"),
    Reference("plan", ("steps", EACH, "type"), "action_type"),
    Reference("plan", ("steps", EACH, "template"), "template"),
    Reference("plan", ("steps", EACH, "user"), "user"),
    Reference("plan", ("steps", EACH, "contact_type"), "contact_type"),
    Reference("plan", ("launch_on", "source", EACH), "source"),
    Reference("plan", ("exit_on", EACH), "action_type"),
    Reference("plan", ("groups", EACH), "group"),
    Reference("plan", ("sales_cycle",), "sales_cycle"),
    Reference("plan", ("next",), "plan"),
    Reference("user", ("role",), "role"),
    Reference("user", ("manager",), "user"),
    Reference("user", ("property",), "property"),
    Reference("test", ("given", "alias"), "alias"),
    Reference("test", ("given", "cycle"), "cycle"),
    Reference("test", ("given", "plan"), "plan"),
    Reference("test", ("given", "owner"), "user"),
    Reference("test", ("when", EACH, "choose"), "alias"),
    Reference("migrate", ("move_to",), "alias"),
)


def undeclared(declarations: Declarations) -> Iterator[Finding]:
    today = resolved({item.id: document["to"] for item, document in declarations.documents("moved")})
    for kind, path, target in REFERENCES:
        known = declarations.items[target]
        if target in OPEN_LISTS and not known:
            continue
        for item, _ in declarations.documents(kind):
            for where, id in _at(item.raw, path):
                if id not in known and (target in OWN or not _included(declarations, id)):
                    hint = f"it has moved: '{today[id]}'" if target == "cycle" and id in today else ""
                    yield _missing(item, where, target, id, known, hint)


def begun(declarations: Declarations) -> Iterator[Finding]:
    """A test begins with one thing, and one thing at a time happens; an alias may be chosen as a step is closed."""
    for item, document in declarations.documents("test"):
        yield from _one_of(item, ("given",), document["given"], STARTS)
        for number, event in enumerate(document["when"]):
            yield from _one_of(item, ("when", number), event, CLOSES, "choose")


def _one_of(
    item: Item, path: Path, written: dict[str, Any], words: tuple[str, ...], other: str = ""
) -> Iterator[Finding]:
    named = [word for word in words if word in written]
    if len(named) > 1:
        message = f"'{named[0]}' and '{named[1]}' exclude each other"
        yield Finding("FU228", item, (*path, named[1]), message, "say one of them", key=True)
    elif not named and other not in written:
        message = "nothing happens here" if other else "nothing is given to begin with"
        yield Finding("FU228", item, path, message, f"one of {', '.join(filter(None, (*words, other)))}")


def tests(declarations: Declarations) -> Iterator[Finding]:
    """The steps that a test names are those of the cycle or plan that it is about."""
    for item, document in declarations.documents("test"):
        known = _steps_under_test(declarations, document["given"])
        for where, id in _named_steps(item):
            if known is not None and id not in known:
                yield _missing(item, where, "step", id, known)


def migrations(declarations: Declarations) -> Iterator[Finding]:
    """The step that takes over is one of the same cycle, where that cycle is still there."""
    for item, document in declarations.documents("migrate"):
        cycle = declarations.one("cycle", str(document.get("step", "")).partition("/")[0])
        known = [step["id"] for step in cycle["steps"]] if cycle else []
        if cycle and "to" in document and document["to"] not in known:
            yield _missing(item, ("to",), "step", document["to"], known)


def _missing(item: Item, path: Path, target: str, id: str, known: Any, hint: str = "") -> Finding:
    message = f"no {target.replace('_', ' ')} '{id}' is declared{nearest(id, known)}"
    return Finding("FU229" if item.kind == "test" else "FU202", item, path, message, hint)


def _included(declarations: Declarations, id: str) -> bool:
    """Items of another catalog are known when it is read, not here."""
    catalog, slash, _ = id.partition("/")
    return bool(slash) and catalog in declarations.items["include"]


def _at(value: Any, path: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """What stands at a path, with where it is. Paths are at most as deep as REFERENCES."""
    if not path:
        if isinstance(value, str):
            yield (), value
        return
    for key, part in _inside(value, path[0]):
        yield from (((key,) + where, id) for where, id in _at(part, path[1:]))


def _inside(value: Any, key: str) -> Iterator[tuple[str | int, Any]]:
    if key == EACH:
        yield from enumerate(value or ())
    elif isinstance(value, dict) and key in value:
        yield key, value[key]


def _steps_under_test(declarations: Declarations, given: dict[str, Any]) -> set[str] | None:
    alias = declarations.one("alias", given.get("alias")) or {}
    known = declarations.one("cycle", given.get("cycle") or alias.get("cycle")) or declarations.one(
        "plan", given.get("plan")
    )
    return {step["id"] for step in known["steps"]} if known else None


def _named_steps(item: Item) -> Iterator[tuple[Path, str]]:
    """Until another alias is chosen: from then on it may be the steps of another cycle."""
    if any("choose" in event for event in item.raw.get("when", ())):
        return
    yield from _at(item.raw, ("then", EACH, "step"))
    for verb in CLOSES:
        yield from _at(item.raw, ("when", EACH, verb))
