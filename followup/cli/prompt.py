"""Questions to the person at the terminal; results on stdout stay apart from them.

Each question is asked before anything is saved, so whatever ends one without an answer ends the command with nothing
changed, and says so.
"""

from __future__ import annotations

from typing import NoReturn

import typer

from followup.cli.settings import can_ask
from followup.errors import UsageError


def confirm(question: str, option: str) -> None:
    """Ask on a terminal; elsewhere refuse and name the option. A no interrupts the command."""
    if not can_ask():
        raise UsageError(f"can't ask for confirmation here: run it again with {option}")
    if ask(f"{question} [y/N]").lower() not in ("y", "yes"):
        _nothing_changed()


def ask(question: str) -> str:
    """The user's answer. Ctrl-C and ctrl-D interrupt."""
    try:
        return str(typer.prompt(question, default="", show_default=False, err=True)).strip()
    except (typer.Abort, SystemExit):  # ctrl-D; ctrl-C, which the program answers with its exit code
        typer.echo(err=True)  # the cursor is still behind the question
        _nothing_changed()


def _nothing_changed() -> NoReturn:
    typer.echo("Nothing changed.", err=True)
    raise KeyboardInterrupt
