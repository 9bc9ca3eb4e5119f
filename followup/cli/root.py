"""The command line's one root: which module holds which command, the options that stand anywhere, how it ends.

A command's module is imported when the command is typed; `due` does not pay for `import`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from followup.cli.settings import OPTIONS, Settings
from followup.errors import BadInput, CatalogInvalid, FollowupError

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
    "undo": "record",
    "history": "record",
    "stranded": "record",
    "agenda": "agenda",
    "contacts": "contacts",
    "init": "admin",
    "validate": "admin",
    "apply": "admin",
    "cycles": "items",
    "aliases": "items",
    "users": "items",
    "doctor": "operations",
    "backup": "operations",
}
GROUPS = ("contacts", "cycles", "aliases", "users")


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
    store: str = typer.Option(None, "--store", metavar="URL", help="where the office is kept: sqlite:///FILE"),
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
            front += [word, *(next(waiting, None) for _ in range(OPTIONS[word]))]  # type: ignore[list-item]
        elif word.partition("=")[0] in OPTIONS and word.startswith("--"):
            front.append(word)
        else:
            rest.append(word)
    return [word for word in front if word is not None] + rest


def run() -> NoReturn:
    """Run the command line and leave: with its exit code, everything flushed, nothing torn down one by one."""
    _open_streams()
    code = _code(hoisted(sys.argv[1:]))
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 0
    except OSError as error:
        os.write(2, f"followup: cannot write the output: {error.strerror}\n".encode())
        code = 73
    os._exit(code)


def _open_streams() -> None:
    """What the caller has closed is the null device here: nobody to ask, nobody who listens."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for as long as we live


def _code(words: list[str]) -> int:
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or `&` in a script
            signal.signal(number, _stop)
    try:
        _refuse_controls(words)
        app(words, prog_name="followup")
    except FollowupError as error:
        _say(error)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except OSError as error:
        sys.stderr.write(f"followup: {error.strerror or error}{f': {error.filename}' if error.filename else ''}\n")
        return 73
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # Typer leaves with 1, which is "found something"
            return 0
        return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    except UnicodeEncodeError:
        sys.stderr.write("followup: what was typed is not UTF-8 text\n")
        return 65
    except Exception:
        if STOPPED:  # inside a function that SQLite had called: it makes an error of its own of that
            return STOPPED[0]
        import traceback

        traceback.print_exc()
        sys.stderr.write("followup: this is a bug. Please report it, with the lines above.\n")
        return 70
    return 0


def _refuse_controls(words: list[str]) -> None:
    """What a terminal would act on is refused where it is typed, as an import refuses it in a cell (P6)."""
    for word in words:
        if not word.isprintable():
            from unicodedata import category

            for c in word:
                if category(c) == "Cc" and c not in "\n\r\t":
                    raise BadInput(f"a control character (U+{ord(c):04X}) in what was typed: leave it out")


#: the exit code of the signal that stopped us
STOPPED: list[int] = []


def _stop(number: int, _: object) -> NoReturn:
    STOPPED.append(128 + number)
    raise SystemExit(STOPPED[0])


def _say(error: FollowupError) -> None:
    from followup.output.text import clean, problem_line

    if isinstance(error, CatalogInvalid):
        for problem in error.problems:
            sys.stderr.write(problem_line(problem) + "\n")
    for line in str(error).splitlines():
        sys.stderr.write(f"followup: {clean(line)}\n")
