"""Future workload per user: of current contacts (forecast), or of generated ones (simulate)."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Annotated

import typer

from followup.app import lookup
from followup.cli.arguments import day, day_of
from followup.cli.catalog_queries import Folder, files_in
from followup.cli.command_session import opened, print_remark
from followup.cli.progress import progress
from followup.cli.workload_options import Late, Leave, Out, Picture, Seed, check_span, habits, write_report
from followup.core.timing import add_days, add_months
from followup.output.workload_report import Report, assumptions

app = typer.Typer()


@app.command()
def simulate(
    ctx: typer.Context,
    folder: Folder = None,
    cycle: Annotated[
        list[str] | None, typer.Option("--cycle", metavar="ID", help="cycles for the generated contacts")
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option("--alias", metavar="ID", help="aliases for the generated contacts (default: all)"),
    ] = None,
    a_week: Annotated[int, typer.Option("--a-week", metavar="N", min=1, max=10_000, help="new contacts per week")] = 10,
    owner: Annotated[
        list[str] | None, typer.Option("--owner", metavar="USER", help="owner of the generated contacts")
    ] = None,
    start: Annotated[str | None, typer.Option("--start", metavar="DATE", help="first day (default: today)")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="last day (default: half a year later)")
    ] = None,
    late: Late = None,
    leave: Leave = 0.0,
    seed: Seed = 1,
    format: Picture = "table",
    out: Out = None,
) -> None:
    """Simulate months of work.

    Uses generated contacts, and reports touches, silences and the load by day.
    """
    from followup.app.project_catalog import declared_office, loaded_catalog
    from followup.app.simulating import Arrivals, simulate_catalog

    catalog = loaded_catalog(files_in(ctx, folder), "fix the files first")
    office = declared_office(catalog)
    first = day_of(ctx.obj, office, start or "today")
    last = day_of(ctx.obj, office, until) if until else add_months(date.fromisoformat(first), 6).isoformat()
    check_span(first, last)
    arrivals = Arrivals(first, last, a_week, cycle or (), alias or (), owner or (), print_remark)
    scenario, outlook = simulate_catalog(catalog, arrivals, habits(late, leave), Random(seed).random)
    coming = f"{a_week} new contacts per week for {len(scenario.owners)} users"
    title = f"Simulation of {first} to {last}: {', '.join([*(cycle or ()), *(alias or ())]) or 'all cycles'}"
    report = Report("simulate", title, [coming, *assumptions(late, leave, seed)], *outlook)
    write_report(report, format, out)


@app.command()
def forecast(
    ctx: typer.Context,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="last day (default: four weeks from today)")
    ] = None,
    owner: Annotated[
        list[str] | None, typer.Option("--owner", metavar="USER", help="only this user's work (default: everyone's)")
    ] = None,
    late: Late = None,
    leave: Leave = 0.0,
    seed: Seed = 1,
    format: Picture = "table",
    out: Out = None,
) -> None:
    """Forecast the office's work.

    Shows each user's load by day if contacts in progress continue as their cycles say.
    """
    from followup.app.forecasting import DAYS_AHEAD, Ahead, outlook

    with opened(ctx) as session:
        today = session.clock(None).day
        last = day(session, until, None)[:10] if until else add_days(today, DAYS_AHEAD - 1)
        check_span(today, last)
        owners = [lookup.one(session, "user", word) for word in owner or ()] or None
        ahead = Ahead(session, last, habits(late, leave), Random(seed).random)
        with progress(ctx, "contacts") as show:
            foreseen = outlook(session, ahead, owners, show)
    assumed = ["no new contacts", *assumptions(late, leave, seed)]
    write_report(Report("forecast", f"Forecast of {today} to {last}", assumed, *foreseen), format, out)
