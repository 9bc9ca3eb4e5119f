"""Months of an office's calendar with contacts that are invented: nothing is read from a store, or changed (G3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from followup.app.catalog_diff import Documents
from followup.app.forecasting import Outlook
from followup.app.project_catalog import declared_office
from followup.catalog.load import Catalog
from followup.core.rehearsal.habits import Draw, Habits
from followup.core.rehearsal.simulation import Scenario, simulate
from followup.core.rehearsal.workload import person
from followup.core.wishes import Choice
from followup.core.words import nearest
from followup.errors import NotFound


class Arrivals(NamedTuple):
    """Who comes: so many contacts a week from `first` to `last` (dates, inclusive), onto these cycles and aliases, to
    these owners; an empty list is everything that reps can choose, and everyone who sells."""

    first: str
    last: str
    a_week: int
    cycles: Sequence[str] = ()
    aliases: Sequence[str] = ()
    owners: Sequence[str] = ()


class Simulation(NamedTuple):
    scenario: Scenario
    outlook: Outlook


def simulate_catalog(catalog: Catalog, arrivals: Arrivals, habits: Habits, draw: Draw) -> Simulation:
    """Raises NotFound for a cycle, an alias or a user that the catalog does not declare."""
    documents, office = catalog.documents, declared_office(catalog)
    first, last, a_week = arrivals.first, arrivals.last, arrivals.a_week
    scenario = Scenario(first, last, a_week, _choices(documents, arrivals), _owners(documents, arrivals), habits)
    load = simulate(office, scenario, draw)
    people = [person(office, load, owner, first, last) for owner in load.owners]
    names = {id: str(user["name"]) for id, user in documents["user"].items()}
    return Simulation(scenario, Outlook(first, last, load, people, names))


def _choices(documents: Documents, arrivals: Arrivals) -> list[Choice]:
    _check(documents, "cycle", arrivals.cycles)
    _check(documents, "alias", arrivals.aliases)
    named = [*(Choice(None, id) for id in arrivals.cycles), *(Choice(id) for id in arrivals.aliases)]
    return named or _all_choices(documents)


def _all_choices(documents: Documents) -> list[Choice]:
    """What reps can choose, but holds: nothing happens there."""
    cycles, aliases = documents["cycle"], documents["alias"]
    offered = [id for id, alias in aliases.items() if alias["active"] and alias["cycle"]]
    return [Choice(id) for id in offered if cycles[aliases[id]["cycle"]]["steps"]]


def _owners(documents: Documents, arrivals: Arrivals) -> list[str | None]:
    _check(documents, "user", arrivals.owners)
    users = documents["user"].items()
    sellers = [id for id, user in users if user["active"] and user["role"] == "sales-exec"]
    return [*arrivals.owners] or [*sellers] or [None]


def _check(documents: Documents, kind: str, ids: Sequence[str]) -> None:
    for id in ids:
        if id not in documents[kind]:
            raise NotFound(f"no {kind} '{id}'{nearest(id, documents[kind])}")
