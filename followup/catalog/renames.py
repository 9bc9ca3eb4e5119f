"""Chains of ids, each leading to one other: where they end (E5), and which of them never do."""

from __future__ import annotations

from collections.abc import Mapping

MOST_NAMED = 10


def rings(chain: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every ring, from its first member in the order of `chain`."""
    members: list[tuple[str, ...]] = []
    visited: set[str] = set()
    order = {id: place for place, id in enumerate(chain)}
    for start in chain:
        way = _way(chain, start, visited)
        # A way that ends at what an earlier one has visited closes no ring, or one that is in the list already.
        if way and way[-1] in chain and chain[way[-1]] in way:
            ring = way[way.index(chain[way[-1]]) :]
            first = min(range(len(ring)), key=lambda place: order[ring[place]])
            members.append(tuple(ring[first:] + ring[:first]))
        visited.update(way)
    return members


def way_around(ring: tuple[str, ...]) -> str:
    """`a -> b -> a`, with no more than the first and the last ones of a ring that is endless."""
    named = ring if len(ring) <= MOST_NAMED else (*ring[: MOST_NAMED - 1], "...", ring[-1])
    return " -> ".join((*named, ring[0]))


def _way(chain: Mapping[str, str], id: str, visited: set[str]) -> list[str]:
    """From one id onward, up to what is visited already, to the end, or to where it turns back on itself."""
    way: dict[str, None] = {}
    while id in chain and id not in way and id not in visited:
        way[id] = None
        id = chain[id]
    return list(way)


def resolved(moved: Mapping[str, str]) -> dict[str, str]:
    """Old ids to those of today, through any number of moves; a moved cycle takes the moves of its steps along.

    A row may hold any pair of a cycle and a step that was ever valid together: `a/x` from before the cycle `a` became
    `b`, though the entry for the step, written later, says only `b/x`. So each name of a cycle is combined with each
    old name of a step. Of those combinations the ones that lead to a step of the same name are left out again: what
    renames only the cycle is said by the cycle's own entry. An entry between a step and a cycle means nothing (FU223).
    """
    fitting = {old: new for old, new in moved.items() if ("/" in old) == ("/" in new)}
    steps = {old.partition("/")[2] for old in fitting if "/" in old}
    combined = {f"{cycle}/{step}" for cycle in fitting if "/" not in cycle for step in steps}
    today = {old: _today(fitting, old) for old in combined | fitting.keys()}
    return {old: new for old, new in sorted(today.items()) if old in fitting or not new.endswith(old[old.index("/") :])}


def _today(moved: Mapping[str, str], id: str) -> str:
    """Where an id leads: by a move of its own, else by one of its cycle. A ring ends where it closes (FU220)."""
    seen: set[str] = set()
    while id not in seen:
        seen.add(id)
        cycle, slash, step = id.partition("/")
        id = moved.get(id) or moved.get(cycle, cycle) + slash + step
    return id
