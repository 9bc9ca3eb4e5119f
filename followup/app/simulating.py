"""Simulate months of work with generated contacts: reads no store and changes nothing (G3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from followup.app import lookup
from followup.app.forecasting import Outlook
from followup.app.project_catalog import declared_office
from followup.catalog.load import Catalog
from followup.core.kinds import ALIAS, CYCLE, USER, Kind
from followup.core.office_documents import Documents
from followup.core.rehearsal.habits import Draw, Habits
from followup.core.rehearsal.simulation import Scenario, simulate
from followup.core.rehearsal.workload import person
from followup.core.wishes import Choice

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document


class Arrivals(NamedTuple):
    """Who comes: so many contacts a week from `first` to `last` (dates, inclusive), onto these cycles and aliases, to
    these owners, by ids or names; an empty list is everything that reps can choose, and everyone who sells. `remark`:
    takes a line about one that moved."""

    first: str
    last: str
    a_week: int
    cycles: Sequence[str] = ()
    aliases: Sequence[str] = ()
    owners: Sequence[str] = ()
    remark: Callable[[str], None] = lambda _: None

    def ids(self, source: Documents, kind: Kind[Document], words: Sequence[str]) -> list[str]:
        return [lookup.one(lookup.Declared(source, self.remark), kind, word) for word in words]


class Simulation(NamedTuple):
    scenario: Scenario
    outlook: Outlook


def simulate_catalog(catalog: Catalog, arrivals: Arrivals, habits: Habits, draw: Draw) -> Simulation:
    """Raises NotFound for an undeclared cycle, alias or user."""
    source, office = catalog.source, declared_office(catalog)
    first, last, a_week = arrivals.first, arrivals.last, arrivals.a_week
    scenario = Scenario(first, last, a_week, _choices(source, arrivals), _owners(source, arrivals), habits)
    load = simulate(office, scenario, draw)
    people = [person(office, load, owner, first, last) for owner in load.owners]
    names = {id: user["name"] for id, user in source.documents(USER).items()}
    return Simulation(scenario, Outlook(first, last, load, people, names))


def _choices(source: Documents, arrivals: Arrivals) -> list[Choice]:
    cycles = [Choice(None, id) for id in arrivals.ids(source, CYCLE, arrivals.cycles)]
    aliases = [Choice(id) for id in arrivals.ids(source, ALIAS, arrivals.aliases)]
    return [*cycles, *aliases] or _all_choices(source)


def _all_choices(source: Documents) -> list[Choice]:
    """What reps can choose, except holds: nothing happens there."""
    cycles = source.documents(CYCLE)
    offered = {id: alias["cycle"] for id, alias in source.documents(ALIAS).items() if alias["active"]}
    return [Choice(id) for id, cycle in offered.items() if cycle and cycles[cycle]["steps"]]


def _owners(source: Documents, arrivals: Arrivals) -> list[str | None]:
    users = source.documents(USER).items()
    sellers = [id for id, user in users if user["active"] and user["role"] == "sales-exec"]
    return [*arrivals.ids(source, USER, arrivals.owners)] or [*sellers] or [None]
