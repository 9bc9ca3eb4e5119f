"""What a catalog would do, without anybody in it: test."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

from followup.cli.report import show
from followup.core import declared
from followup.core.cases import verdict
from followup.errors import CatalogInvalid, NotFound
from followup.output.text import plural

app = typer.Typer()

CasesIn = Annotated[Literal["text", "json", "junit"], typer.Option("--format", "-f", help="how to write it")]


@app.command()
def test(
    ctx: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="a folder of catalog files; the project's cycles/")
    ] = "",
    only: Annotated[str, typer.Option("--only", "-k", metavar="TEXT", help="cases with this in their id or name")] = "",
    format: CasesIn = "text",
) -> None:
    """Live through the cases that stand beside the cycles; exit 1 where one does not hold (G2)."""
    from followup.catalog.load import load
    from followup.output.cases import drawn

    found = load(os.path.relpath(folder or os.path.join(ctx.obj.folder(), "cycles")))
    if found.errors:
        raise CatalogInvalid(f"{plural(len(found.errors), 'error')}: mend the files first", found.problems)
    office = declared.office(0, declared.Documents(found.documents))
    chosen = {id: case for id, case in found.cases.items() if only in id or only in case["name"]}
    if not chosen:
        raise NotFound(f"no case with '{only}' in its id or name" if only else "no cases: declare some under `tests:`")
    verdicts = [verdict(office, id, chosen[id]) for id in sorted(chosen, key=lambda id: found.places["test", id])]
    broken = not all(each.holds for each in verdicts)
    if broken or format != "text" or not ctx.obj.quiet:
        show(drawn(verdicts, found.places, format))
    if broken:
        raise typer.Exit(1)
