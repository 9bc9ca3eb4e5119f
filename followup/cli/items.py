"""Lists of what is applied: cycles, aliases, users. Active ones, unless --all (F15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import typer

from followup.app import lookup
from followup.cli.options import Format
from followup.cli.report import room, show
from followup.cli.settings import visit, world
from followup.core.office import Offset
from followup.output.render import render

cycles = typer.Typer(help="The office's cycles.", no_args_is_help=True)
aliases = typer.Typer(help="The names that reps choose.", no_args_is_help=True)
users = typer.Typer(help="Who works here.", no_args_is_help=True)
All = Annotated[bool, typer.Option("--all", help="inactive ones too")]
Name = Annotated[str, typer.Argument(metavar="ID", help="an id or a name")]
#: kind -> what its JSON items are called
SCHEMAS = {"cycle": "cycles@1", "alias": "aliases@1", "user": "users@1"}


def _list(ctx: typer.Context, kind: str, columns: tuple[str, ...], all: bool, format: str) -> None:
    with visit(ctx) as here:
        documents = here.catalog.documents(kind)
        items = [_item(kind, id, text) for id, text in documents.items() if all or text["active"]]
        columns += ("active",) if all else ()
        show(render(format, SCHEMAS[kind], items, columns, "None.", room()))


def _item(kind: str, id: str, text: Mapping[str, Any]) -> dict[str, Any]:
    made = {"step_count": sum(step["active"] for step in text["steps"])} if kind == "cycle" else {}
    return {"id": id, **text, **made}


@cycles.command("list")
def list_cycles(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """The cycles, with how many active steps each has; none is a hold."""
    _list(ctx, "cycle", ("id", "name", "step_count", "anchor"), all, format)


@aliases.command("list")
def list_aliases(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """The names that reps choose, and the cycle each points to."""
    _list(ctx, "alias", ("id", "name", "cycle"), all, format)


@users.command("list")
def list_users(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """Who works here."""
    _list(ctx, "user", ("id", "name", "role", "manager", "email"), all, format)


@cycles.command("show")
def show_cycle(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """A cycle's steps, in order."""
    with visit(ctx) as here:
        text = here.catalog.document("cycle", lookup.one(here.catalog, "cycle", id))
        assert text is not None
        names = lookup.type_names(here.catalog) if format == "table" else {}
        steps = [
            {
                **step,
                "type": names.get(step["type"], step["type"]),
                "offset": str(Offset(*step["offset"])),
                "anchor": step["anchor"] or text["anchor"],
            }
            for step in text["steps"]
        ]
        columns = ("id", "name", "type", "template", "offset", "anchor", "loop_to", "active")
        show(render(format, "steps@1", steps, columns, "A hold: no steps.", room()))


@cycles.command("graph")
def graph_cycles(
    ctx: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="all active ones, if left out")] = None,
    live: Annotated[bool, typer.Option("--live", help="how many contacts stand at each step now")] = False,
    format: Annotated[
        Literal["mermaid", "svg"], typer.Option("--format", "-f", help="text for Mermaid, or a picture")
    ] = "mermaid",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="write it there")] = "",
) -> None:
    """Cycles as a picture: steps, waits, loops, and the names that lead in."""
    from followup.app.graphing import graphs
    from followup.cli.loads import written
    from followup.output import flow, mermaid

    with world(ctx) as here:
        active = [id for id, text in here.documents("cycle").items() if text["active"]]
        found = graphs(here, [here.one("cycle", word) for word in ids or ()] or active, live)
        title = f"The cycles of {(here.document('office', 'office') or {})['name']}, on {here.today}"
    written(mermaid.mermaid(found) if format == "mermaid" else [flow.svg(found, title)], out)


@aliases.command("show")
def show_alias(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """One alias."""
    _show(ctx, "alias", id, format)


@users.command("show")
def show_user(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """One user."""
    _show(ctx, "user", id, format)


def _show(ctx: typer.Context, kind: str, word: str, format: str) -> None:
    with visit(ctx) as here:
        id = lookup.one(here.catalog, kind, word)
        facts = _item(kind, id, here.catalog.document(kind, id) or {})
        items: list[dict[str, Any]] = [facts]
        if format == "table":
            items = [{"field": key, "value": value} for key, value in facts.items() if value not in (None, [], {})]
        show(render(format, SCHEMAS[kind], items, ("field", "value"), "", room()))
