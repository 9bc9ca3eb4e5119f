"""`cycles`: the applied cycles, their steps, and a graph of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from followup.app import lookup
from followup.cli.catalog_items import All, Item, ItemView, Name, print_list
from followup.cli.command_session import opened, visited
from followup.cli.options import Format
from followup.cli.printing import print_lines, terminal_width, write_lines
from followup.core.kinds import CYCLE
from followup.core.office_documents import offset
from followup.output.render import render

if TYPE_CHECKING:
    from followup.core.catalog_documents import CycleDocument, CycleStepDocument

cycles = typer.Typer(help="Show cycles.", no_args_is_help=True)
STEP_COLUMNS = ("id", "name", "type", "template", "offset", "anchor", "loop_to", "active")


def _step_count(document: Item) -> Item:
    return {"step_count": sum(step["active"] for step in cast("CycleDocument", document)["steps"])}


CYCLES = ItemView(CYCLE, "cycles@1", ("id", "name", "step_count", "anchor"), _step_count)


@cycles.command("list")
def list_cycles(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """List cycles and their active steps.

    A cycle without active steps is a hold.
    """
    print_list(ctx, CYCLES, all, format)


@cycles.command("show")
def show_cycle(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """Show the steps of a cycle."""
    with visited(ctx) as visit:
        document = visit.catalog.document(CYCLE, lookup.one(visit, CYCLE, id))
        assert document is not None
        names = lookup.type_names(visit) if format == "table" else {}
        steps = [_step_item(step, document["anchor"], names) for step in document["steps"]]
    print_lines(render(format, "steps@1", steps, STEP_COLUMNS, "A hold: no steps.", terminal_width()))


def _step_item(step: CycleStepDocument, anchor: str, names: Mapping[str, str]) -> Item:
    """`anchor`: the cycle's, for steps without their own."""
    type_ = names.get(step["type"], step["type"])
    return {**step, "type": type_, "offset": str(offset(step["offset"])), "anchor": step["anchor"] or anchor}


@cycles.command("graph")
def graph_cycles(
    ctx: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="cycle ids (default: all active ones)")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="show how many contacts are at each step")] = False,
    format: Annotated[
        Literal["mermaid", "svg"], typer.Option("--format", "-f", help="Mermaid text, or an SVG picture")
    ] = "mermaid",
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="file to write")] = None,
) -> None:
    """Draw cycles as a graph.

    Steps, waits, loops, and the aliases that point to each cycle.
    """
    from followup.app.graphing import drawing
    from followup.output.flow import render_svg
    from followup.output.mermaid import render_mermaid

    with opened(ctx) as session:
        graphs, title = drawing(session, ids or (), live)
    write_lines(render_mermaid(graphs) if format == "mermaid" else [render_svg(graphs, title)], out)
