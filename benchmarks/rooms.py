"""Trace a command: `python -m benchmarks.rooms FILE WORDS...`, in an office's folder, runs `followup WORDS`
and writes to FILE, as JSON lines, each module whose functions it enters, and each SQLite statement.

Lines are written immediately, because the program exits with `os._exit`, which skips all cleanup.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import IO, Any

connect = sqlite3.connect
modules: set[str] = set()
#: modules being loaded: calls during a load aren't the command's
loading: list[FrameType] = []


def main() -> None:
    from followup.__main__ import main as followup

    global notes
    notes = Path(sys.argv[1]).open("w", buffering=1)  # noqa: SIM115 - open until the program exits
    sys.argv[:2] = ["followup"]
    sqlite3.connect = _listening  # type: ignore[assignment]
    sys.setprofile(_entered)
    followup()


def _listening(*values: Any, **named: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = connect(*values, **named)
    connection.set_trace_callback(lambda statement: note("statement", statement))
    return connection


def _entered(frame: FrameType, event: str, value: object) -> None:
    if event == "call" and frame.f_code.co_name == "<module>":
        loading.append(frame)
    elif event == "return" and loading and loading[-1] is frame:
        loading.pop()
    elif event == "call" and not loading:
        _module(frame.f_globals.get("__name__", ""))


def _module(name: str) -> None:
    if name.startswith("followup.") and name not in modules:
        modules.add(name)
        note("module", name)


def note(kind: str, words: str) -> None:
    notes.write(json.dumps([kind, words]) + "\n")


notes: IO[str] = sys.stderr

if __name__ == "__main__":
    main()
