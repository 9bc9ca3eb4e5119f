"""Program start and exit: its streams, signals, error handling and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn

from followup.cli.root import app, hoisted
from followup.errors import BadInput, CatalogInvalid, FollowupError, Overtaken, Problem, Refused

#: attempts of a command if another version of the catalog is applied meanwhile
TRIES = 3


class Signals:
    """Signals that stop the program. `code`: the exit code, once a signal arrived.

    It is stored here because the exception may get lost: raised in a function that SQLite calls, it becomes an SQLite
    error.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    def listen(self) -> None:
        import signal

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # ignored because of nohup, or `&` in a script
                signal.signal(number, self._stop)

    def _stop(self, number: int, _: object) -> NoReturn:
        self.code = self.code or 128 + number
        raise SystemExit(self.code)


def run() -> NoReturn:
    """Run the command line, flush the output and exit at once, without interpreter teardown."""
    _open_streams()
    try:
        code = _code(sys.argv[1:])
    except OSError as error:  # what went wrong could not be printed either
        code = _unwritten(error)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 0
    except OSError as error:
        code = _unwritten(error)
    os._exit(code)


def _open_streams() -> None:
    """Open /dev/null for streams that the caller closed; escape what a terminal can't show. Python's own warnings
    quote the environment as it is: only those who ask for them see them."""
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - stays open until exit
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _code(words: list[str]) -> int:
    """Run the command; return the exit code."""
    signals = Signals()
    signals.listen()
    try:
        _command(_readable(words))
    except FollowupError as error:
        with suppress(BrokenPipeError):  # whoever reads has gone away, the exit code is read all the same
            _print_error(error)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _unwritten(error)
    except SystemExit as leaving:
        return _leaving(leaving)
    except KeyboardInterrupt:
        return 130
    except Exception:
        return signals.code or _bug()
    return 0


def _leaving(leaving: SystemExit) -> int:
    if isinstance(leaving.__context__, BrokenPipeError):  # Typer exits with 1, which means "found something"
        return 0
    return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1


def _command(words: list[str]) -> None:
    """Retry if the catalog version changed while the command ran. Piped input is already consumed, so it isn't
    retried."""
    for _ in range(1 if "-" in words else TRIES - 1):
        with suppress(Overtaken):
            app(hoisted(words), prog_name="followup")
            return
    app(hoisted(words), prog_name="followup")


def _readable(words: list[str]) -> list[str]:
    """Refuse arguments with control characters, or that aren't text, as soon as they are typed (P6)."""
    for word in words:
        if word.isprintable():
            continue
        if any("\ud800" <= c <= "\udfff" for c in word):
            raise BadInput(f"an argument isn't UTF-8: {word.encode(errors='backslashreplace').decode()}")
        if control := next((c for c in word if (c < " " or "\x7f" <= c < "\xa0") and c not in "\n\r\t"), None):
            raise BadInput(f"an argument has a control character (U+{ord(control):04X}): remove it")
    return words


def _unwritten(error: OSError) -> int:
    """A file could not be used; or the output not written, which does not undo what a command has done."""
    if error.filename:
        line = f"can't read or write {error.filename}: {error.strerror}"
    else:
        doubt = "the change may have been saved: check before you retry"
        line = f"can't write: {error.strerror or error}; {doubt}"
    with suppress(OSError):  # the exit code is all that is left where stderr is full too
        os.write(2, f"followup: {line}\n".encode(errors="backslashreplace"))
    return 73


def _bug() -> int:
    import traceback

    traceback.print_exc()
    sys.stderr.write("followup: this is a bug. Please report it, with the lines above.\n")
    return 70


def _print_error(error: FollowupError) -> None:
    from followup.output.text import clean

    if isinstance(error, CatalogInvalid):
        _print_problems(error.problems)
    for line in str(error).splitlines():
        sys.stderr.write(f"followup: {clean(line)}\n")
    if isinstance(error, Refused):
        for line in error.advice:
            sys.stderr.write(clean(line) + "\n")


def _print_problems(problems: Iterable[Problem]) -> None:
    from followup.output.excerpt import with_excerpt

    for problem in problems:
        for line in with_excerpt(problem):
            sys.stderr.write(line + "\n")
