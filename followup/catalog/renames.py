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
    fitting = {old: new for old, new in moved.items() if ("/" in old) == ("/" in new)}
    names = {old.partition("/")[2] for old in fitting if "/" in old}
    carried = {f"{cycle}/{step}" for cycle in fitting if "/" not in cycle for step in names}
    today = {old: _today(fitting, old) for old in carried | fitting.keys()}
    return {old: new for old, new in sorted(today.items()) if old in fitting or not new.endswith(old[old.index("/") :])}


def _today(moved: Mapping[str, str], id: str) -> str:
    """Where an id leads: by a move of its own, else by one of its cycle."""
    seen: set[str] = set()
    while id not in seen:
        seen.add(id)
        cycle, slash, step = id.partition("/")
        id = moved.get(id) or moved.get(cycle, cycle) + slash + step
    return id
