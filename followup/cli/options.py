"""Options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

DryRun = Annotated[bool, typer.Option("--dry-run", help="decide everything, then change nothing")]
Format = Annotated[Literal["table", "json", "jsonl", "csv"], typer.Option("--format", "-f", help="how to write it")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", help="so many rows; -1: all; a table has 100 if left out")]
Cycle = Annotated[str, typer.Option("--cycle", metavar="ALIAS", help="place the contact on this cycle")]
Restart = Annotated[bool, typer.Option("--restart", help="from its first step, even if already on that cycle")]
Answer = Annotated[Literal["table", "json"], typer.Option("--format", "-f", help="how to answer")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
