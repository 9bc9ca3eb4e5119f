"""What the lists of cycles, aliases and users have in common. Active ones, unless --all (F15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, TypeAlias

import typer

from followup.app import lookup
from followup.cli.command_session import visited
from followup.cli.options import ListFormat
from followup.cli.printing import print_lines, terminal_width
from followup.output.render import render

All = Annotated[bool, typer.Option("--all", help="inactive ones too")]
Name = Annotated[str, typer.Argument(metavar="ID", help="an id or a name")]
Item: TypeAlias = Mapping[str, object]


class Kind(NamedTuple):
    """`name`: of a kind of catalog item; `schema`: of its JSON items; `columns`: of its list."""

    name: Literal["cycle", "alias", "user"]
    schema: str
    columns: Sequence[str]
    derived: Callable[[Item], Item] = lambda _: {}  # keys that are made from a document

    def item(self, id: str, document: Item) -> Item:
        return {"id": id, **document, **self.derived(document)}


def print_list(ctx: typer.Context, kind: Kind, all: bool, format: ListFormat) -> None:
    with visited(ctx) as visit:
        documents = visit.catalog.documents(kind.name).items()
        items = [kind.item(id, document) for id, document in documents if all or document["active"]]
    columns = (*kind.columns, "active") if all else kind.columns
    print_lines(render(format, kind.schema, items, columns, "None.", terminal_width()))


def print_one(ctx: typer.Context, kind: Kind, word: str, format: ListFormat) -> None:
    """In a table, a row for each field that says something."""
    with visited(ctx) as visit:
        id = lookup.one(visit, kind.name, word)
        item = kind.item(id, visit.catalog.document(kind.name, id) or {})
    items: list[Item] = [item]
    if format == "table":
        items = [{"field": key, "value": value} for key, value in item.items() if value not in (None, [], {})]
    print_lines(render(format, kind.schema, items, ("field", "value"), "", terminal_width()))
