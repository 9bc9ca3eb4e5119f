"""What a catalog would do, with nobody in it who is real: test, simulate."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from followup.cli.loads import Drawing, Late, Leave, Out, Seed, assumptions, quantiles, span, write
from followup.cli.report import show
from followup.cli.words import day_of
from followup.core import office_documents
from followup.core.office import Office
from followup.core.rehearsal.cases import verdict
from followup.core.rehearsal.habits import Habits
from followup.core.timing import add_months
from followup.core.wishes import Choice
from followup.core.words import nearest
from followup.errors import CatalogInvalid, NotFound
from followup.output.text import plural

if TYPE_CHECKING:
    from followup.catalog.load import Catalog

app = typer.Typer()

CasesIn = Annotated[Literal["text", "json", "junit"], typer.Option("--format", "-f", help="how to write it")]


Folder = Annotated[str, typer.Argument(metavar="[DIR]", help="a folder of catalog files; the project's cycles/")]


def _declared(ctx: typer.Context, folder: str) -> tuple[Catalog, Office]:
    """What the files say, whatever is applied."""
    from followup.catalog.load import load

    found = load(os.path.relpath(folder or os.path.join(ctx.obj.folder(), "cycles")))
    if found.errors:
        raise CatalogInvalid(f"{plural(len(found.errors), 'error')}: mend the files first", found.problems)
    return found, office_documents.office(0, office_documents.Documents(found.documents))


@app.command()
def test(
    ctx: typer.Context,
    folder: Folder = "",
    only: Annotated[str, typer.Option("--only", "-k", metavar="TEXT", help="cases with this in their id or name")] = "",
    format: CasesIn = "text",
) -> None:
    """Live through the cases that stand beside the cycles; exit 1 where one does not hold (G2)."""
    from followup.output.verdicts import drawn

    found, office = _declared(ctx, folder)
    chosen = {id: case for id, case in found.cases.items() if only in id or only in case["name"]}
    if not chosen:
        raise NotFound(f"no case with '{only}' in its id or name" if only else "no cases: declare some under `tests:`")
    verdicts = [verdict(office, id, chosen[id]) for id in sorted(chosen, key=lambda id: found.places["test", id])]
    broken = not all(each.holds for each in verdicts)
    if broken or format != "text" or not ctx.obj.quiet:
        show(drawn(verdicts, found.places, format))
    if broken:
        raise typer.Exit(1)


@app.command()
def simulate(
    ctx: typer.Context,
    folder: Folder = "",
    cycle: Annotated[list[str] | None, typer.Option("--cycle", metavar="ID", help="they come onto these")] = None,
    alias: Annotated[list[str] | None, typer.Option("--alias", metavar="ID", help="or these; else all")] = None,
    a_week: Annotated[int, typer.Option("--a-week", metavar="N", min=1, max=10_000, help="contacts that come")] = 10,
    owner: Annotated[list[str] | None, typer.Option("--owner", metavar="USER", help="who gets them")] = None,
    start: Annotated[str, typer.Option("--start", metavar="DATE", help="the first day; today")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="the last day; half a year later")] = "",
    late: Late = "",
    leave: Leave = 0.0,
    seed: Seed = 1,
    format: Drawing = "table",
    out: Out = "",
) -> None:
    """Live through months of the calendar with contacts that are made up: touches, silences, and load by day (G3)."""
    from random import Random

    from followup.core.rehearsal.simulation import Scenario
    from followup.core.rehearsal.simulation import simulate as lived
    from followup.core.rehearsal.workload import person
    from followup.output.workload_report import Report

    found, office = _declared(ctx, folder)
    first = day_of(ctx.obj, office, start or "today")
    last = day_of(ctx.obj, office, until) if until else add_months(date.fromisoformat(first), 6).isoformat()
    span(first, last)
    habits = Habits(quantiles(late), leave)
    scenario = Scenario(
        first, last, a_week, _choices(found, cycle or [], alias or []), _owners(found, owner or []), habits
    )
    load = lived(office, scenario, Random(seed).random)
    assumed = [f"{a_week} contacts a week for {len(scenario.owners)} people", *assumptions(late, leave, seed)]
    people = [person(office, load, owner, first, last) for owner in load.owners]
    title = f"Simulation of {first} to {last}: {_called(cycle or [], alias or [])}"
    names = {id: str(user["name"]) for id, user in found.documents["user"].items()}
    write(Report("simulate", title, assumed, first, last, load, people, names), format, out)


def _choices(found: Catalog, cycles: list[str], aliases: list[str]) -> list[Choice]:
    """What they are placed on: everything that reps can choose, if nothing is named."""
    for kind, ids in (("cycle", cycles), ("alias", aliases)):
        for id in ids:
            if id not in found.documents[kind]:
                raise NotFound(f"no {kind} '{id}'{nearest(id, found.documents[kind])}")
    named = [*(Choice(None, id) for id in cycles), *(Choice(id) for id in aliases)]
    offered = [id for id, text in found.documents["alias"].items() if text["active"] and text["cycle"]]
    return named or [
        Choice(id) for id in offered if found.documents["cycle"][found.documents["alias"][id]["cycle"]]["steps"]
    ]


def _owners(found: Catalog, named: list[str]) -> list[str | None]:
    """Who sells, if nobody is named."""
    users = found.documents["user"]
    for id in named:
        if id not in users:
            raise NotFound(f"no user '{id}'{nearest(id, users)}")
    sellers = [id for id, text in users.items() if text["active"] and text["role"] == "sales-exec"]
    return [*named] or [*sellers] or [None]


def _called(cycles: list[str], aliases: list[str]) -> str:
    return ", ".join([*cycles, *aliases]) or "the whole office"
