"""`contacts import`: import contacts from another system's export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from followup.cli.command_session import opened, print_remark
from followup.cli.options import Answer, Cycle, DryRun, NoCycle, Text
from followup.errors import BadInput
from followup.output.text import clean, plural

if TYPE_CHECKING:
    from followup.app.importing import Import, Totals
    from followup.intake.sheet import OpenTable

Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=COLUMN", help="which column is which field; +FIELD=COLUMN for a field of your own"
    ),
]
MapFile = Annotated[str | None, typer.Option("--map-file", metavar="FILE", help="file of such mappings, one per line")]
Key = Annotated[list[str] | None, typer.Option("--key", metavar="COLUMN", help="column to make ids from")]
System = Annotated[str | None, typer.Option("--system", metavar="NAME", help="whose ids the file has, such as hubspot")]
Owner = Annotated[
    str | None, typer.Option("--owner", metavar="USER", help="owner of rows that name none (default: you)")
]
NoOwner = Annotated[bool, typer.Option("--no-owner", help="rows that name no owner get none")]
DayFirst = Annotated[bool | None, typer.Option("--day-first/--month-first", help="how to read 03/04/2026")]
Refused = Annotated[str | None, typer.Option("--refused", metavar="FILE", help="file for refused rows")]
Preview = Annotated[bool, typer.Option("--preview", help="show how the file is read, change nothing")]


def import_contacts(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV or vCard; - is stdin")],
    map: Pairs = None,
    map_file: MapFile = None,
    key: Key = None,
    system: System = None,
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
    """Import contacts from a file.

    Importing the same file again changes nothing.
    """
    from followup.app.import_options import ImportOptions
    from followup.app.importing import prepare, prepare_preview
    from followup.intake.sheet import open_table
    from followup.output.import_preview import render_columns

    options = ImportOptions(
        file, map or (), map_file, key or (), day_first, refused, cycle, no_cycle, owner, no_owner, property, system
    )
    with open_table(file, encoding or None, delimiter or None) as table, opened(ctx, dry_run or preview) as session:
        if preview:
            show_preview(table, prepare_preview(session, table, options), no_owner)
            return
        job = prepare(session, table, options)
        if not ctx.obj.quiet:
            typer.echo(render_columns(table, job.mapping, job.remark), err=True)
        totals = carry_out(ctx, job, dry_run)
        footer = table.footer.left_out
    answer_import(job, totals, dry_run, format, no_owner, footer)


def show_preview(table: OpenTable, job: Import, no_owner: bool) -> None:
    """The first rows as they would be read, and what an import of them would do, found out by doing it."""
    from followup.output.import_preview import refusal_lines, render_looked_at, render_preview

    typer.echo(render_preview(table, job.mapping, job.remark, job.day_first))
    *_, totals = job.run()
    typer.echo(render_looked_at(totals._asdict()))
    importer = job.importer
    lines = [
        *refusal_lines(importer.reasons, importer.reasons.fields, job.mapping),
        *_warnings(job, no_owner, table.footer.left_out),
    ]
    for line in lines:
        typer.echo(clean(line))


def carry_out(ctx: typer.Context, job: Import, dry_run: bool = False) -> Totals:
    """Run the import; if it is interrupted, report how many rows were saved."""
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
            print_remark(f"stopped after {plural(accepted, 'row')}: run it again to continue")
        raise
    return totals


def answer_import(
    job: Import,
    totals: Totals,
    dry_run: bool = False,
    format: str = "table",
    no_owner: bool = False,
    footer: Sequence[str] = (),
) -> None:
    """Print the row counts; raises BadInput if rows were refused."""
    from followup.cli.printing import print_json
    from followup.output.import_preview import refusal_lines, render_changed, render_totals

    reasons, notices = job.importer.reasons, job.importer.notices
    for line in _warnings(job, no_owner, footer):
        print_remark(line)
    if format == "json":
        said = [{"reason": reason.text, "rows": reason.lines.total} for reason in reasons]
        print_json("import", {**totals._asdict(), "refused_file": job.refused.path, "reasons": said})
    else:
        typer.echo(render_totals(totals._asdict(), dry_run))
        if notices.changed:
            typer.echo(clean(render_changed(notices.changed, totals.changed)), err=True)
    if totals.refused:
        for line in refusal_lines(reasons, reasons.fields, job.mapping):
            typer.echo(clean(line), err=True)
        raise BadInput(f"{plural(totals.refused, 'row')} refused{job.refused.remedy}")


def _warnings(job: Import, no_owner: bool, footer: Sequence[str]) -> Iterator[str]:
    from followup.output import import_preview as words

    notices = job.importer.notices
    yield from words.opt_out_warning(job.opt_outs)
    if notices.ownerless and not no_owner:
        yield words.render_ownerless(notices.ownerless)
    for kind, undeclared in notices.undeclared.items():
        if undeclared:
            yield words.render_undeclared(kind, undeclared)
    if notices.stages:
        yield words.render_other_stages(notices.stages)
    if footer:
        yield words.render_footer(footer)
    yield from sorted(notices.lines)
