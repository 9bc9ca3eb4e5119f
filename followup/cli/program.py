"""How the program begins and ends: what it is given to read and write, what stops it, and with which code it leaves."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn

from followup.cli.root import app, hoisted
from followup.errors import BadInput, CatalogInvalid, FollowupError, Overtaken, Refused

#: how often a command decides again where another version of the catalog was applied meanwhile
TRIES = 3


class Signals:
    """What stops the program. `code`: the exit code, once a signal has come.

    It is kept here, since the exception may get lost: inside a function that SQLite calls it comes out as an error of
    SQLite's own.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    def listen(self) -> None:
        import signal

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or `&` in a script
                signal.signal(number, self._stop)

    def _stop(self, number: int, _: object) -> NoReturn:
        self.code = self.code or 128 + number
        raise SystemExit(self.code)


def run() -> NoReturn:
    """Run the command line and leave: with its exit code, everything flushed, nothing torn down one by one."""
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
    """What the caller has closed is the null device here; what a terminal cannot show is escaped."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we live
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _code(words: list[str]) -> int:
    """Do what was typed; the answer is the exit code."""
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
    if isinstance(leaving.__context__, BrokenPipeError):  # Typer leaves with 1, which is "found something"
        return 0
    return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1


def _command(words: list[str]) -> None:
    """Decide again where another version of the catalog was applied while the command ran. What came through a pipe is
    read, and cannot be again."""
    for _ in range(1 if "-" in words else TRIES - 1):
        with suppress(Overtaken):
            app(hoisted(words), prog_name="followup")
            return
    app(hoisted(words), prog_name="followup")


def _readable(words: list[str]) -> list[str]:
    """What a terminal would act on, or no text can hold, is refused where it is typed (P6)."""
    for word in words:
        if word.isprintable():
            continue
        if any("\ud800" <= c <= "\udfff" for c in word):
            raise BadInput(f"a word is not in UTF-8: {word.encode(errors='backslashreplace').decode()}")
        if control := next((c for c in word if (c < " " or "\x7f" <= c < "\xa0") and c not in "\n\r\t"), None):
            raise BadInput(f"a control character (U+{ord(control):04X}) in what was typed: leave it out")
    return words


def _unwritten(error: OSError) -> int:
    """The output could not be written, which does not undo what a command has done."""
    reason = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    doubt = "" if error.filename else "; what was asked for may be done all the same: look before you repeat it"
    with suppress(OSError):  # the exit code is all that is left where stderr is full too
        os.write(2, f"followup: cannot write: {reason}{doubt}\n".encode(errors="backslashreplace"))
    return 73


def _bug() -> int:
    import traceback

    traceback.print_exc()
    sys.stderr.write("followup: this is a bug. Please report it, with the lines above.\n")
    return 70


def _print_error(error: FollowupError) -> None:
    from followup.output.text import clean, problem_line

    if isinstance(error, CatalogInvalid):
        for problem in error.problems:
            sys.stderr.write(problem_line(problem) + "\n")
    for line in str(error).splitlines():
        sys.stderr.write(f"followup: {clean(line)}\n")
    if isinstance(error, Refused):
        for line in error.advice:
            sys.stderr.write(clean(line) + "\n")
