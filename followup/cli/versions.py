"""The catalog's versions: which there were, by whom and when, and what each of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import typer

from followup.app.versions import changed_by
from followup.cli.options import Format
from followup.cli.report import answer, room, show
from followup.cli.settings import visit
from followup.core.list_rows import VersionRow
from followup.core.migration.summary import ItemChange
from followup.core.timing import utc_text
from followup.output.diff import edit_item, edit_lines, edit_list
from followup.output.render import render
from followup.output.text import clean, plural

catalog = typer.Typer(help="The versions of the catalog.", no_args_is_help=True)
COLUMNS = ("version", "at", "by", "commit", "items", "took_back")


@catalog.command("versions")
def list_versions(ctx: typer.Context, format: Format = "table") -> None:
    """Every version that was in force: since when, by whom, of which commit, and how many items it changed."""
    with visit(ctx) as here:
        items = [row.item() for row in here.store.versions.all()]
    if format == "table":
        items = [{**item, "at": str(item["at"])[:16].replace("T", " ") + "Z"} for item in items]
    show(render(format, "versions@1", items, COLUMNS, "Nothing is applied yet.", room()))


@catalog.command("show")
def show_version(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="[N]", help="a version; the one in force, if left out")] = 0,
    format: Annotated[Literal["table", "json", "md"], typer.Option("--format", "-f", help="how to write it")] = "table",
) -> None:
    """What a version of the catalog changed."""
    with visit(ctx) as here:
        row, edits = changed_by(here.store, number or here.catalog.version)
    if format == "json":
        answer("version", {**row.item(), "edits": [edit_item(edit) for edit in edits]})
    else:
        show(_told(row, edits) if format == "table" else (f"### {_headed(row)}", "", *edit_list(edits)))


def _told(row: VersionRow, edits: Sequence[ItemChange]) -> Iterator[str]:
    yield _headed(row)
    for edit in edits:
        yield from ("  " + line for line in edit_lines(edit))


def _headed(row: VersionRow) -> str:
    commit = f", commit {row.commit}" if row.commit else ""
    back = f", which took version {row.took_back} back" if row.took_back else ""
    when = utc_text(row.at)[:16].replace("T", " ")
    return clean(f"Version {row.version}, applied by {row.by} on {when}Z{commit}{back}: {plural(row.items, 'item')}")
