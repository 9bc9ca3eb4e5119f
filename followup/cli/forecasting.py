"""What the weeks to come hold for those who are in flight now: forecast."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Annotated

import typer

from followup.app.forecasting import Ahead
from followup.app.forecasting import forecast as foreseen
from followup.app.session import Session
from followup.cli.loads import Drawing, Late, Leave, Out, Seed, assumptions, quantiles, span, write
from followup.cli.progress import progress
from followup.cli.settings import world
from followup.cli.words import day
from followup.core.rehearsal.habits import Habits
from followup.core.rehearsal.workload import Workload, person
from followup.core.timing import add_days
from followup.output.workload_report import Report

app = typer.Typer()

#: days that are looked at, today among them
AHEAD = 28


@app.command()
def forecast(
    ctx: typer.Context,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="the last day; four weeks, if left out")] = "",
    owner: Annotated[list[str] | None, typer.Option("--owner", metavar="USER", help="whose work; everyone's")] = None,
    late: Late = "",
    leave: Leave = 0.0,
    seed: Seed = 1,
    format: Drawing = "table",
    out: Out = "",
) -> None:
    """Who will have how much to do on which day, if those who are in flight go on as their cycles say (G3)."""
    with world(ctx) as here:
        today = here.clock(None).day
        last = day(here, until, None)[:10] if until else add_days(today, AHEAD - 1)
        span(today, last)
        owners = [here.one("user", word) for word in owner or ()] or None
        ahead = Ahead(here, last, Habits(quantiles(late), leave), Random(seed).random)
        with progress(ctx, "contacts") as show:
            load = foreseen(here, ahead, owners, show)
        assumed = ["nobody new comes", *assumptions(late, leave, seed)]
        title = f"Forecast of {today} to {last}"
        write(report(here, "forecast", title, assumed, (today, last), load, owners), format, out)


def report(
    here: Session,
    schema: str,
    title: str,
    assumed: list[str],
    days: tuple[str, str],
    load: Workload,
    owners: Collection[str | None] | None = None,
) -> Report:
    """`owners`: whose work alone is shown; what `load` knows of others was counted along."""
    people = [person(here.office, load, id, *days) for id in load.owners if owners is None or id in owners]
    names = {user.id: user.name for user in here.users.values()}
    return Report(schema, title, assumed, *days, load, people, names)
