"""Options that several commands share, declared once. One that isn't given is None, or False."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import typer

#: how a list can be written
ListFormat: TypeAlias = Literal["table", "json", "jsonl", "csv"]
#: how a command that changes something can answer
AnswerFormat: TypeAlias = Literal["table", "json"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="decide everything, then change nothing")]
Format = Annotated[ListFormat, typer.Option("--format", "-f", help="how to write it")]
Cycle = Annotated[str | None, typer.Option("--cycle", metavar="ALIAS", help="place the contact on this cycle")]
Restart = Annotated[bool, typer.Option("--restart", help="from its first step, even if already on that cycle")]
Answer = Annotated[AnswerFormat, typer.Option("--format", "-f", help="how to answer")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
Text = Annotated[str | None, typer.Option()]
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="an id or a name")]
NoCycle = Annotated[bool, typer.Option("--no-cycle", help="said outright: without a cycle")]
#: that a store can hold
LAST_ID = 2**63 - 1
Limit = Annotated[
    int | None,
    typer.Option("--limit", "-n", min=-1, max=LAST_ID, help="so many rows; -1: all; a table has 100 if left out"),
]
On = Annotated[str | None, typer.Option("--on", metavar="WHEN", help="when it was: today or earlier")]
Note = Annotated[str | None, typer.Option("--note", "--notes", help="what to remember")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="how it went")]
Listing = Annotated[
    int | None, typer.Option("--listing", metavar="ID", min=0, max=LAST_ID, help="of a sale: the listing it sold")
]
