"""Options that several commands share. An option that isn't given is None or False."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import typer

#: output formats of a list
ListFormat: TypeAlias = Literal["table", "json", "jsonl", "csv"]
#: output formats of a command that changes something
AnswerFormat: TypeAlias = Literal["table", "json"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would happen, change nothing")]
Format = Annotated[ListFormat, typer.Option("--format", "-f", help="output format")]
Cycle = Annotated[str | None, typer.Option("--cycle", metavar="ALIAS", help="place the contact on this cycle")]
Restart = Annotated[bool, typer.Option("--restart", help="start at the first step, even if already on that cycle")]
Answer = Annotated[AnswerFormat, typer.Option("--format", "-f", help="output format")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="don't ask for confirmation")]
Text = Annotated[str | None, typer.Option()]
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="contact id or name")]
NoCycle = Annotated[bool, typer.Option("--no-cycle", help="don't put them on a cycle")]
#: the largest id that a store can hold
LAST_ID = 2**63 - 1
Limit = Annotated[
    int | None,
    typer.Option("--limit", "-n", min=-1, max=LAST_ID, help="maximum rows; -1 for all (tables default to 100)"),
]
On = Annotated[str | None, typer.Option("--on", metavar="WHEN", help="when it happened: today or earlier")]
Note = Annotated[str | None, typer.Option("--note", "--notes", help="note to store with the action")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="how it went")]
Listing = Annotated[
    int | None, typer.Option("--listing", metavar="ID", min=0, max=LAST_ID, help="the listing that the sale is about")
]
