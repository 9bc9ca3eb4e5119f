"""Shared by the lists of cycles, aliases and users. Only active items, unless --all is given (F15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias

import typer

from followup.app import lookup
from followup.cli.command_session import visited
from followup.cli.options import ListFormat
from followup.cli.printing import print_lines, terminal_width
from followup.core.kinds import Kind
from followup.output.render import render

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

All = Annotated[bool, typer.Option("--all", help="include inactive ones")]
Name = Annotated[str, typer.Argument(metavar="ID", help="id or name")]
Item: TypeAlias = Mapping[str, object]


class ItemView(NamedTuple):
    """How to show items of a kind. `schema`: of the JSON items; `columns`: of the list."""

    kind: Kind[d.CycleDocument | d.AliasDocument | d.UserDocument]
    schema: str
    columns: Sequence[str]
    derived: Callable[[Item], Item] = lambda _: {}  # computes extra keys from a document

    def item(self, id: str, document: Item) -> Item:
        return {"id": id, **document, **self.derived(document)}


def print_list(ctx: typer.Context, view: ItemView, all: bool, format: ListFormat) -> None:
    with visited(ctx) as visit:
        documents = visit.catalog.documents(view.kind).items()
        items = [view.item(id, document) for id, document in documents if all or document["active"]]
    columns = (*view.columns, "active") if all else view.columns
    print_lines(render(format, view.schema, items, columns, "None.", terminal_width()))


def print_one(ctx: typer.Context, view: ItemView, word: str, format: ListFormat) -> None:
    """Print one item; as a table, one row per field that isn't empty."""
    with visited(ctx) as visit:
        id = lookup.one(visit, view.kind, word)
        item = view.item(id, visit.catalog.document(view.kind, id) or {})
    items: list[Item] = [item]
    if format == "table":
        items = [{"field": key, "value": value} for key, value in item.items() if value not in (None, [], {})]
    print_lines(render(format, view.schema, items, ("field", "value"), "", terminal_width()))
