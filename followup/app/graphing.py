"""Graphs of the applied cycles, with the aliases that lead to them and the number of contacts at each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from followup.app import contact_lists, lookup
from followup.app.session import Session
from followup.core.kinds import ALIAS, CYCLE, OFFICE
from followup.core.office import Ref
from followup.core.process.graph import Graph


class Drawing(NamedTuple):
    """`title`: what the drawing shows, and for which day."""

    graphs: Sequence[Graph]
    title: str


def drawing(session: Session, words: Sequence[str], live: bool) -> Drawing:
    """Draw the cycles that `words` name, or all active ones. `live`: with the number of contacts at each step now that
    the user may see (F20)."""
    active = [id for id, document in session.catalog.documents(CYCLE).items() if document["active"]]
    ids = [lookup.one(session, "cycle", word) for word in words] or active
    office = session.catalog.document(OFFICE, "office")
    name = office["name"] if office else ""
    return Drawing(_graphs(session, ids, live), f"Cycles of {name} on {session.today}")


def _graphs(session: Session, ids: Sequence[str], live: bool) -> list[Graph]:
    names, aliases = lookup.type_names(session), session.catalog.documents(ALIAS)
    standing = contact_lists.standing(session) if live else None
    graphs = []
    for id in ids:
        cycle = session.office.processes[Ref(CYCLE, id)]
        leading = [str(alias["name"]) for alias in aliases.values() if alias["active"] and alias["cycle"] == id]
        asks = frozenset(step.id for step in cycle.steps if session.office.offers_cycle(step.type))
        graphs.append(Graph(cycle, leading, asks, names, None if standing is None else standing.get(id, {})))
    return graphs
