"""`catalog`: applied versions, who applied them and when, and what each changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

import typer

from followup.app.versions import changed_by
from followup.cli.command_session import visited
from followup.cli.options import LAST_ID, Format
from followup.cli.printing import print_json, print_lines, terminal_width
from followup.core.list_rows import VersionRow
from followup.core.migration.summary import ItemChange
from followup.core.timing import readable, utc_text
from followup.output.diff import change_item, render_change, render_change_list
from followup.output.render import render
from followup.output.text import clean, plural

catalog = typer.Typer(help="Show versions of the catalog.", no_args_is_help=True)
COLUMNS = ("version", "at", "by", "commit", "items", "took_back")


@catalog.command("versions")
def list_versions(ctx: typer.Context, format: Format = "table") -> None:
    """List the applied versions.

    When each was applied, by which user, from which commit, and how many items it changed.
    """
    with visited(ctx) as visit:
        rows = visit.store.versions.all()
    items: list[Mapping[str, object]] = [row.item() for row in rows]
    if format == "table":
        items = [{**row._asdict(), "at": _minute(row)} for row in rows]
    print_lines(render(format, "versions@1", items, COLUMNS, "No catalog is applied yet.", terminal_width()))


@catalog.command("show")
def show_version(
    ctx: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", min=0, max=LAST_ID, help="version number (default: the live one)")
    ] = None,
    format: Annotated[Literal["table", "json", "md"], typer.Option("--format", "-f", help="output format")] = "table",
) -> None:
    """Show what a version changed."""
    with visited(ctx) as visit:
        row, changes = changed_by(visit.store, number or visit.catalog.version)
    if format == "json":
        print_json("version", {**row.item(), "edits": [change_item(change) for change in changes]})
    elif format == "md":
        print_lines((f"### {_heading(row)}", "", *render_change_list(changes)))
    else:
        print_lines(_rendered(row, changes))


def _rendered(row: VersionRow, changes: Sequence[ItemChange]) -> Iterator[str]:
    yield _heading(row)
    for change in changes:
        yield from ("  " + line for line in render_change(change))


def _heading(row: VersionRow) -> str:
    commit = f", commit {row.commit}" if row.commit else ""
    back = f", undoes version {row.took_back}" if row.took_back else ""
    head = f"Version {row.version}, applied by {row.by} on {_minute(row)}"
    return clean(f"{head}{commit}{back}: {plural(row.items, 'item')}")


def _minute(row: VersionRow) -> str:
    return readable(utc_text(row.at)[:16]) + "Z"
