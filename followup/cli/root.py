"""The command line's one root: which module holds which command, the options that stand anywhere, how it ends.

A command's module is imported when the command is typed; `due` does not pay for `import`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

import typer
from typer.core import TyperGroup

from followup.cli.settings import OPTIONS, Settings
from followup.core.words import nearest
from followup.errors import UsageError

#: command -> its module, in the order that --help shows
COMMANDS = {
    "due": "due",
    "complete": "actions",
    "attempt": "actions",
    "no-show": "actions",
    "reschedule": "actions",
    "skip": "actions",
    "cancel": "actions",
    "schedule": "actions",
    "log": "actions",
    "assign": "people",
    "stop": "people",
    "close": "people",
    "next": "looking",
    "show": "looking",
    "search": "looking",
    "explain": "looking",
    "undo": "record",
    "history": "record",
    "stranded": "record",
    "agenda": "agenda",
    "contacts": "contacts",
    "init": "admin",
    "validate": "admin",
    "diff": "editing",
    "apply": "editing",
    "test": "rehearsing",
    "simulate": "rehearsing",
    "forecast": "forecasting",
    "catalog": "versions",
    "cycles": "items",
    "aliases": "items",
    "users": "items",
    "store": "stores",
    "doctor": "operations",
    "backup": "operations",
}
GROUPS = ("contacts", "catalog", "cycles", "aliases", "users", "store")


class Root(TyperGroup):
    """Commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        loaded = import_module(f"followup.cli.{module}")
        if cmd_name in GROUPS:
            return typer.main.get_group(getattr(loaded, cmd_name))
        return typer.main.get_group(loaded.app).commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UsageError(f"no command '{args[0]}'{nearest(args[0], COMMANDS) or '; see followup --help'}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Root,
    name="followup",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from followup import __version__

        typer.echo(f"followup {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    project: str = typer.Option(None, "-C", "--project", metavar="DIR", help="the project's folder"),
    store: str = typer.Option(None, "--store", metavar="URL", help="sqlite:///FILE, csv:FOLDER or postgresql://…"),
    user: str = typer.Option(None, "--user", metavar="ID", help="who you are"),
    now: str = typer.Option(None, "--now", metavar="ISO", help="take this as the present moment"),
    quiet: bool = typer.Option(False, "-q", "--quiet", help="say nothing when all is well"),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="show the version"),
) -> None:
    """Sales follow-up as code. These options may stand before or behind the command."""
    ctx.obj = Settings(project, store, user, now, quiet)


def hoisted(words: list[str]) -> list[str]:
    """The words with root's options moved to the front, so that they may stand behind a command too."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word in OPTIONS:
            front += [word, *_values(word, waiting)]
        elif word.partition("=")[0] in OPTIONS and word.startswith("--"):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _values(option: str, words: Iterator[str]) -> list[str]:
    values = list(islice(words, OPTIONS[option]))
    if len(values) < OPTIONS[option]:
        raise UsageError(f"{option} needs a value")
    return values
