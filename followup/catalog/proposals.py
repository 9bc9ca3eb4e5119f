"""What an edit should say under `moved`: ids that are gone, next to new ones of like content; and the line to paste."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.catalog.likeness import alias_likeness, process_likeness, step_likeness
from followup.core.few import Few
from followup.core.kinds import ALIAS, CYCLE, PLAN, RENAMED
from followup.core.migration.summary import Rename

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document, DocumentsByKind

#: ties that are named
TIES = 3


class Edit(NamedTuple):
    """Two states of a catalog. `moved`: what the later one says already of ids that changed."""

    before: DocumentsByKind
    after: DocumentsByKind
    moved: Mapping[str, str]

    def gone(self, kind: str) -> dict[str, Document]:
        """Ids that may be named under `moved`: no process has them any more."""
        used = {id for each in (kind, CYCLE, PLAN) for id in self.after.get(each, {})} | self.moved.keys()
        return {id: text for id, text in self.before.get(kind, {}).items() if id not in used}

    def new(self, kind: str) -> dict[str, Document]:
        used = self.before.get(kind, {}).keys() | set(self.moved.values())
        return {id: text for id, text in self.after.get(kind, {}).items() if id not in used}


def proposed_renames(before: DocumentsByKind, after: DocumentsByKind) -> tuple[Rename, ...]:
    """Of cycles and plans, then of the steps of each that is there still, then of aliases."""
    edit = Edit(before, after, cast("Mapping[str, str]", after.get(RENAMED, {}).get(RENAMED, {})))
    processes = [rename for kind in (CYCLE, PLAN) for rename in _processes(edit, kind)]
    today = {**edit.moved, **{rename.old: rename.new for rename in processes}}
    steps = [rename for kind in (CYCLE, PLAN) for rename in _steps(edit, kind, today)]
    return (*processes, *steps, *_aliases(edit, today))


def _processes(edit: Edit, kind: str) -> Iterator[Rename]:
    gone, new = edit.gone(kind), edit.new(kind)
    aliases = edit.before.get(ALIAS, {}), edit.after.get(ALIAS, {})
    led = {(text["cycle"], aliases[1][id]["cycle"]) for id, text in aliases[0].items() if id in aliases[1]}

    def likeness(old: str, new_id: str) -> float:
        return process_likeness(gone[old], new[new_id], (old, new_id) in led)

    return _paired(kind, gone, new, likeness, _of_like_ids)


def _steps(edit: Edit, kind: str, today: Mapping[str, str]) -> Iterator[Rename]:
    """A step stays in its process, whatever that is called now."""
    for old, text in edit.before.get(kind, {}).items():
        new = today.get(old, old)
        if new in edit.after.get(kind, {}) and edit.after[kind][new] != text:
            yield from _steps_of(edit, f"{old}/", f"{new}/", _by_id(text), _by_id(edit.after[kind][new]))


def _steps_of(
    edit: Edit, old: str, new: str, before: Mapping[str, Document], after: Mapping[str, Document]
) -> Iterator[Rename]:
    gone = {old + id: text for id, text in before.items() if id not in after and old + id not in edit.moved}
    used = set(edit.moved.values())
    added = {new + id: text for id, text in after.items() if id not in before and new + id not in used}
    places = {**{old + id: n for n, id in enumerate(before)}, **{new + id: n for n, id in enumerate(after)}}

    def likeness(old_id: str, new_id: str) -> float:
        return step_likeness(gone[old_id], added[new_id])

    def nearness(old_id: str, new_id: str) -> float:
        return -abs(places[old_id] - places[new_id])

    return _paired("step", gone, added, likeness, nearness)


def _by_id(process: Document) -> dict[str, Document]:
    return {str(step["id"]): step for step in cast("Sequence[Document]", process["steps"])}


def _aliases(edit: Edit, today: Mapping[str, str]) -> Iterator[Rename]:
    gone = {id: text for id, text in edit.gone(ALIAS).items() if id not in today}
    new = edit.new(ALIAS)

    def likeness(old: str, new_id: str) -> float:
        return alias_likeness(gone[old], new[new_id], today)

    return _paired(ALIAS, gone, new, likeness, _of_like_ids)


Measure = Callable[[str, str], float]


def _of_like_ids(old: str, new: str) -> float:
    return SequenceMatcher(None, old, new).ratio()


def _paired(
    kind: str, gone: Mapping[str, Document], new: Mapping[str, Document], likeness: Measure, nearness: Measure
) -> Iterator[Rename]:
    """The most alike first, each in one pair; of those that are just as much alike the nearest, the rest as ties."""
    pairs = [(score, old, id) for old in gone for id in new if (score := likeness(old, id))]
    taken = set[str]()
    for score, old, id in sorted(pairs, key=lambda pair: (-pair[0], -nearness(*pair[1:]), *pair[1:])):
        if old not in taken and id not in taken:
            ties = [(x, y) for other, x, y in pairs if other == score and (x == old) != (y == id)]
            taken |= {old, id}
            yield Rename(kind, old, id, tuple(ties))


def advice(renames: Sequence[Rename]) -> Iterator[str]:
    """What to do about them, with the line to paste."""
    if renames:
        yield "Renamed? These ids are gone, and new ones have the same or like content:"
        yield from ("  " + _worded(rename) for rename in renames)
        yield "If so, add this to a file in cycles/ (or its entries to the `moved:` there). Contacts keep their place:"
        yield "  " + moved_line(renames)


def moved_line(renames: Sequence[Rename]) -> str:
    return f"moved: [{', '.join(f'{{from: {rename.old}, to: {rename.new}}}' for rename in renames)}]"


def _worded(rename: Rename) -> str:
    few: Few[str] = Few(TIES)
    for old, new in rename.ties:
        few.add(f"{old} -> {new}")
    more = f" and {few.total - len(few)} more" if few.total > len(few) else ""
    ties = f" (just as much alike: {', '.join(few)}{more})" if few else ""
    return f"{rename.kind} {rename.old} -> {rename.new}{ties}"
