"""Chains of ids, each leading to one other: where they end (E5), and which of them never do."""

from __future__ import annotations

from collections.abc import Mapping


def rings(chain: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every ring, from its first member in the order of `chain`."""
    found: list[tuple[str, ...]] = []
    known: set[str] = set()
    for start in chain:
        way = _way(chain, start, known)
        if way and way[-1] in chain and chain[way[-1]] in way:
            ring = way[way.index(chain[way[-1]]) :]
            first = min(range(len(ring)), key=lambda place: list(chain).index(ring[place]))
            found.append(tuple(ring[first:] + ring[:first]))
        known.update(way)
    return found


def _way(chain: Mapping[str, str], id: str, known: set[str]) -> list[str]:
    """From one id onward, up to what is known already, to the end, or to where it turns back on itself."""
    seen: dict[str, None] = {}
    while id in chain and id not in seen and id not in known:
        seen[id] = None
        id = chain[id]
    return list(seen)


def resolved(moved: Mapping[str, str]) -> dict[str, str]:
    """Old ids to those of today, through any number of moves; a moved cycle takes the moves of its steps along."""
    cycles = {old: _end(moved, old) for old in moved if "/" not in old}
    steps = {old: _end_of_step(moved, cycles, old) for old in moved if "/" in old}
    carried = {
        f"{old}/{step.partition('/')[2]}": today
        for old, cycle in cycles.items()
        for step, today in steps.items()
        if step.partition("/")[0] == cycle
    }
    return dict(sorted({**carried, **cycles, **steps}.items()))


def _end(moved: Mapping[str, str], id: str) -> str:
    seen: set[str] = set()
    while id in moved and id not in seen:
        seen.add(id)
        id = moved[id]
    return id


def _end_of_step(moved: Mapping[str, str], cycles: Mapping[str, str], id: str) -> str:
    seen: set[str] = set()
    while id not in seen:
        seen.add(id)
        id = _end(moved, id)
        cycle, _, step = id.partition("/")
        id = f"{cycles.get(cycle, cycle)}/{step}"
    return id
