"""Cycles as they are applied, with the names that lead to them and who stands where."""

from __future__ import annotations

from collections.abc import Sequence

from followup.app import contact_lists, lookup
from followup.app.session import Session
from followup.core.office import CYCLE, Ref
from followup.core.process.graph import Graph


def graphs(session: Session, cycles: Sequence[str], live: bool) -> list[Graph]:
    """One for each id. `live`: with how many contacts that the user may see stand at each step now (F20)."""
    names = lookup.type_names(session)
    standing = contact_lists.standing(session) if live else None
    documents = session.documents("alias")
    found = []
    for id in cycles:
        cycle = session.office.processes[Ref(CYCLE, id)]
        aliases = [str(alias["name"]) for alias in documents.values() if alias["active"] and alias["cycle"] == id]
        asks = frozenset(step.id for step in cycle.steps if session.office.offers_cycle(step.type))
        found.append(Graph(cycle, aliases, asks, names, None if standing is None else standing.get(id, {})))
    return found
