"""The root of the command line: the module of each command, and the options that can be anywhere.

Modules are named after their commands' noun: NOUN_commands change something, NOUN_queries only read. A single command
has its own name: COMMAND_command, COMMAND_query. A module is imported when its command is used: `due` doesn't pay for
`import`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from followup.cli.settings import OPTIONS, Settings
from followup.core.words import nearest
from followup.errors import UsageError

if TYPE_CHECKING:
    from typer._click import Command, Context

#: command -> its module, in the order of --help
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "due": "due_query",
        "complete": "action_commands",
        "attempt": "action_commands",
        "no-show": "action_commands",
        "reschedule": "action_commands",
        "skip": "action_commands",
        "cancel": "action_commands",
        "schedule": "new_action_commands",
        "log": "new_action_commands",
        "assign": "enrolment_commands",
        "stop": "enrolment_commands",
        "close": "enrolment_commands",
        "next": "action_queries",
        "show": "contact_queries",
        "search": "action_queries",
        "explain": "action_queries",
        "undo": "undo_command",
        "history": "history_query",
        "stranded": "stranded_query",
        "agenda": "agenda_query",
        "contacts": "contact_commands",
        "init": "init_command",
        "validate": "catalog_queries",
        "diff": "catalog_queries",
        "apply": "apply_command",
        "test": "catalog_queries",
        "simulate": "workload_queries",
        "forecast": "workload_queries",
        "catalog": "catalog_versions",
        "cycles": "cycle_queries",
        "aliases": "alias_queries",
        "users": "user_queries",
        "store": "store_commands",
        "doctor": "store_commands",
        "backup": "store_commands",
        "restore": "restore_command",
    }
)
#: commands with subcommands: each has a Typer of that name in its module
GROUPS = ("contacts", "catalog", "cycles", "aliases", "users", "store")


class Root(TyperGroup):
    """Commands by name, imported on demand."""

    def list_commands(self, ctx: Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"followup.cli.{COMMANDS[cmd_name]}")
        if cmd_name in GROUPS:
            return typer.main.get_group(getattr(module, cmd_name))
        return typer.main.get_group(module.app).commands[cmd_name]

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UsageError(f"unknown command '{args[0]}'{nearest(args[0], COMMANDS) or '; see followup --help'}")
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


def _print_version(wanted: bool) -> None:
    if wanted:
        from followup import __version__

        typer.echo(f"followup {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    project: str | None = typer.Option(None, "-C", "--project", metavar="DIR", help="project folder"),
    store: str | None = typer.Option(
        None, "--store", metavar="URL", help="sqlite:///FILE, csv:FOLDER or postgresql://…"
    ),
    user: str | None = typer.Option(None, "--user", metavar="ID", help="your user id"),
    now: str | None = typer.Option(None, "--now", metavar="ISO", help="pretend it is this time"),
    quiet: bool = typer.Option(False, "-q", "--quiet", help="print nothing when all is well"),
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="show the version and exit"
    ),
) -> None:
    """Sales follow-up as code. These options can be before or after the command."""
    ctx.obj = Settings(project, store, user, now, quiet)


def hoisted(words: Sequence[str]) -> list[str]:
    """Move root's options to the front of the arguments, so that they also work after a command."""
    front: list[str] = []
    rest: list[str] = []
    remaining = iter(words)
    for word in remaining:
        if word == "--":
            rest += [word, *remaining]
        elif word in OPTIONS:
            front += [word, *_values(word, remaining)]
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
