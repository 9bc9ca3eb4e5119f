"""Every id that an item refers to is declared; if not, the nearest one is suggested.

Lists that a catalog doesn't declare at all (sources, groups, sales cycles) are open: they accept any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from followup.catalog.codes import nearest
from followup.catalog.declarations import MOVE, TEST, Declarations, Finding, Item
from followup.catalog.renames import resolved
from followup.catalog.tree import Map, Node, Path, Seq
from followup.core.kinds import ALIAS, CYCLE, MIGRATE, PLAN, Kind

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

EACH = "*"
OPEN_LISTS = ("source", "group", "sales_cycle")
#: Kinds that can't be in another catalog: every command looks up its user's role.
OWN = ("role",)
#: Kinds whose ids can change, by an entry of `moved`.
MOVING = (CYCLE, PLAN, ALIAS)
#: A test's starting points, and the events of its steps.
STARTS = ("alias", "cycle", "plan")
CLOSES = ("complete", "skip", "no_show", "fail", "cancel", "reschedule")


class Reference(NamedTuple):
    """In items of `kind`, the value at `path` is the id of a `target`; EACH matches every item of a list."""

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
    today = resolved({item.id: document["to"] for item, document in declarations.documents(MOVE)})
    for kind, path, target in REFERENCES:
        targets = declarations.items[target]
        if target in OPEN_LISTS and not targets:
            continue
        for item, where, id in _named(declarations, Kind(kind), path):
            if id not in targets and (target in OWN or not _included(declarations, id)):
                hint = f"it has moved: '{today[id]}'" if target in MOVING and today.get(id) in targets else ""
                yield _missing(item, where, target, id, targets, hint)


def _named(
    declarations: Declarations, kind: Kind[d.Document], path: tuple[str, ...]
) -> Iterator[tuple[Item, Path, str]]:
    """Every id at `path` in the items of a kind."""
    for item, _ in declarations.documents(kind):
        for where, id in _at(item.raw, path):
            yield item, where, id


def test_verbs(declarations: Declarations) -> Iterator[Finding]:
    """A test has one starting point, and one event per entry; an alias may be chosen as a step is closed."""
    for item, document in declarations.documents(TEST):
        yield from _one_of(item, ("given",), document["given"], STARTS)
        for number, event in enumerate(document["when"]):
            yield from _one_of(item, ("when", number), event, CLOSES, "choose")


def _one_of(item: Item, path: Path, part: d.Document, words: tuple[str, ...], other: str = "") -> Iterator[Finding]:
    keys = [word for word in words if word in part]
    if len(keys) > 1:
        message = f"'{keys[0]}' and '{keys[1]}' can't be used together"
        yield Finding("FU228", item, (*path, keys[1]), message, "keep one of them", key=True)
    elif not keys and other not in part:
        message = "this entry has no event" if other else "the test has no starting point"
        yield Finding("FU228", item, path, message, f"one of {', '.join(filter(None, (*words, other)))}")


def test_steps(declarations: Declarations) -> Iterator[Finding]:
    """The steps in a test must be those of its cycle or plan."""
    for item, document in declarations.documents(TEST):
        steps = _steps_under_test(declarations, document["given"])
        for where, id in _named_steps(item, document):
            if steps is not None and id not in steps:
                yield _missing(item, where, "step", id, steps)


def migrate_targets(declarations: Declarations) -> Iterator[Finding]:
    """The replacement step must be in the same cycle, if the cycle still exists."""
    for item, document in declarations.documents(MIGRATE):
        cycle = declarations.one(CYCLE, document.get("step", "").partition("/")[0])
        steps = [step["id"] for step in cycle["steps"]] if cycle else []
        if cycle and "to" in document and document["to"] not in steps:
            yield _missing(item, ("to",), "step", document["to"], steps)


def _missing(item: Item, path: Path, target: str, id: str, ids: Iterable[str], hint: str = "") -> Finding:
    message = f"unknown {target.replace('_', ' ')} '{id}'{nearest(id, ids)}"
    return Finding("FU229" if item.kind == "test" else "FU202", item, path, message, hint)


def _included(declarations: Declarations, id: str) -> bool:
    """Whether the id is in another catalog; its items aren't known here."""
    catalog, slash, _ = id.partition("/")
    return bool(slash) and catalog in declarations.items["include"]


def _at(value: Node, path: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """The texts at a path, with their places. The recursion is at most as deep as REFERENCES."""
    if not path:
        if isinstance(value, str):
            yield (), value
        return
    for key, part in _inside(value, path[0]):
        yield from (((key,) + where, id) for where, id in _at(part, path[1:]))


def _inside(value: Node, key: str) -> Iterator[tuple[str | int, Node]]:
    if key == EACH and isinstance(value, Seq):
        yield from enumerate(value)
    elif isinstance(value, Map) and key in value:
        yield key, value[key]


def _steps_under_test(declarations: Declarations, given: d.GivenDocument) -> set[str] | None:
    alias = declarations.one(ALIAS, given.get("alias"))
    cycle = declarations.one(CYCLE, given.get("cycle") or (alias["cycle"] if alias else None))
    process = cycle or declarations.one(PLAN, given.get("plan"))
    return {step["id"] for step in process["steps"]} if process else None


def _named_steps(item: Item, document: d.CaseDocument) -> Iterator[tuple[Path, str]]:
    """The steps named in a test; none if it chooses another alias, because they may be another cycle's then."""
    if any("choose" in event for event in document["when"]):
        return
    yield from _at(item.raw, ("then", EACH, "step"))
    for verb in CLOSES:
        yield from _at(item.raw, ("when", EACH, verb))
