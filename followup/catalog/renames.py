"""Follow chains of ids, each leading to another: their ends (E5), and rings that never end."""

from __future__ import annotations

from collections.abc import Mapping

MOST_NAMED = 10


def rings(chain: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every ring, starting with its first member in `chain` order."""
    members: list[tuple[str, ...]] = []
    visited: set[str] = set()
    order = {id: place for place, id in enumerate(chain)}
    for start in chain:
        way = _way(chain, start, visited)
        # A path that ends at an id visited earlier closes no new ring.
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
    """The path from an id to an id visited earlier, to the end, or to where it closes a ring."""
    way: dict[str, None] = {}
    while id in chain and id not in way and id not in visited:
        way[id] = None
        id = chain[id]
    return list(way)


def resolved(moved: Mapping[str, str]) -> dict[str, str]:
    """Old ids to current ids, through any number of moves; the steps of a moved cycle move along.

    A row may have any cycle and step that were ever valid together: `a/x` from before the cycle `a` became `b`, while a
    later entry for the step has only `b/x`. So each cycle id is combined with each old step id. Combinations that lead
    to the same step id are left out: the cycle's own entry covers them. An entry between a step and a cycle is ignored
    (FU223).
    """
    fitting = {old: new for old, new in moved.items() if ("/" in old) == ("/" in new)}
    steps = {old.partition("/")[2] for old in fitting if "/" in old}
    combined = {f"{cycle}/{step}" for cycle in fitting if "/" not in cycle for step in steps}
    today = {old: _today(fitting, old) for old in combined | fitting.keys()}
    return {old: new for old, new in sorted(today.items()) if old in fitting or not new.endswith(old[old.index("/") :])}


def _today(moved: Mapping[str, str], id: str) -> str:
    """The current id: by its own move, else by its cycle's. A ring stops where it closes (FU220)."""
    seen: set[str] = set()
    while id not in seen:
        seen.add(id)
        cycle, slash, step = id.partition("/")
        id = moved.get(id) or moved.get(cycle, cycle) + slash + step
    return id
