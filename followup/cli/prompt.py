"""Questions to the person at the terminal; results on stdout stay apart from them."""

from __future__ import annotations

import typer

from followup.cli.settings import can_ask
from followup.errors import UsageError


def confirm(question: str, option: str) -> None:
    """Ask on a terminal; elsewhere refuse and name the option. A no is an interruption."""
    if not can_ask():
        raise UsageError(f"{question} Say {option}: nobody can be asked here")
    if ask(f"{question} [y/N]").lower() not in ("y", "yes"):
        raise KeyboardInterrupt


def ask(question: str) -> str:
    """The answer. Ctrl-C and ctrl-D interrupt."""
    try:
        return str(typer.prompt(question, default="", show_default=False, err=True)).strip()
    except typer.Abort:
        raise KeyboardInterrupt from None
