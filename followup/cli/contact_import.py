"""`contacts import`: another system's export becomes contacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from followup.cli.command_session import opened
from followup.cli.options import Answer, Cycle, DryRun, NoCycle, Text
from followup.errors import BadInput
from followup.output.text import clean, plural

if TYPE_CHECKING:
    from followup.app.importing import Import, Totals

Pairs = Annotated[list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="which column is which field")]
MapFile = Annotated[str | None, typer.Option("--map-file", metavar="FILE", help="the same, a line each")]
Key = Annotated[list[str] | None, typer.Option("--key", metavar="COLUMN", help="make ids from this")]
Owner = Annotated[str | None, typer.Option("--owner", metavar="USER", help="for rows without one; else you")]
NoOwner = Annotated[bool, typer.Option("--no-owner", help="said outright: nobody's, where none is named")]
DayFirst = Annotated[bool | None, typer.Option("--day-first/--month-first", help="what 03/04/2026 means")]
Refused = Annotated[str | None, typer.Option("--refused", metavar="FILE", help="refused rows go here")]
Preview = Annotated[bool, typer.Option("--preview", help="how the columns are read, then stop")]


def import_contacts(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV or vCard; - is stdin")],
    map: Pairs = None,
    map_file: MapFile = None,
    key: Key = None,
    cycle: Cycle = None,
    no_cycle: NoCycle = False,
    owner: Owner = None,
    property: Text = None,
    encoding: Text = None,
    delimiter: Text = None,
    day_first: DayFirst = None,
    refused: Refused = None,
    preview: Preview = False,
    dry_run: DryRun = False,
    no_owner: NoOwner = False,
    format: Answer = "table",
) -> None:
    """Contacts from another system's export; the same file twice in a row changes nothing."""
    from followup.app.import_options import ImportOptions, ownership_remark
    from followup.app.importing import prepare
    from followup.intake.sheet import open_table
    from followup.output.import_preview import render_columns, render_preview

    options = ImportOptions(
        file, map or (), map_file, key or (), day_first, refused, cycle, no_cycle, owner, no_owner, property
    )
    with open_table(file, encoding or None, delimiter or None) as table, opened(ctx, dry_run) as session:
        if preview:
            mapping = options.mapping(table.header)
            typer.echo(render_preview(table, mapping, ownership_remark(session, mapping, options), day_first))
            return
        job = prepare(session, table, options)
        if not ctx.obj.quiet:
            typer.echo(render_columns(table, job.mapping, job.remark), err=True)
        totals = carry_out(ctx, job, dry_run)
    answer_import(job, totals, dry_run, format, no_owner)


def carry_out(ctx: typer.Context, job: Import, dry_run: bool = False) -> Totals:
    """Run the import to its end; where it is stopped, say how far it has come."""
    from followup.app.importing import Totals
    from followup.cli.progress import progress

    totals = Totals()
    try:
        with job.refused, progress(ctx, "rows") as show:
            for totals in job.run():
                show(totals.read)
    except BaseException as error:
        accepted = totals.new + totals.changed + totals.same
        if not dry_run and (accepted or isinstance(error, KeyboardInterrupt | SystemExit)):
            typer.echo(f"followup: stopped with {plural(accepted, 'row')} in: run it again to go on", err=True)
        raise
    return totals


def answer_import(
    job: Import, totals: Totals, dry_run: bool = False, format: str = "table", no_owner: bool = False
) -> None:
    """Print how many rows there were; raises BadInput where some were refused."""
    from followup.cli.printing import print_json
    from followup.output.import_preview import render_totals

    for line in _warnings(job, no_owner):
        typer.echo(f"followup: {clean(line)}", err=True)
    if format == "json":
        print_json("import", {**totals._asdict(), "refused_file": job.refused.path})
    else:
        typer.echo(render_totals(totals._asdict(), dry_run))
    if totals.refused:
        raise BadInput(f"{plural(totals.refused, 'row')} refused{job.refused.remedy}")


def _warnings(job: Import, no_owner: bool) -> Iterator[str]:
    from followup.output.import_preview import opt_outs, render_ownerless

    yield from opt_outs(job.mapping)
    if job.importer.ownerless and not no_owner:
        yield render_ownerless(job.importer.ownerless)
    yield from sorted(job.importer.notices)
