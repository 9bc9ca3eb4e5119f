"""Refused records, and the file that they are written to: fix it and import it.

The file is complete or absent, and runs nothing when it's opened in a spreadsheet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from followup.core.fields.values import CONTROL
from followup.core.spreadsheet import guard, unguard
from followup.disk import failure_said, replacing
from followup.intake.columns import REPORT


class Refusal(NamedTuple):
    """One record that was not taken: the line it starts on, from 1, why, and its cells as they stand in the file.

    `field`: the one that it was refused for, where it was one.
    """

    line: int
    reason: str
    record: tuple[str, ...]
    field: str | None = None


@contextmanager
def refusal_file(path: str, header: tuple[str, ...], delimiter: str = ",") -> Iterator[Callable[[Refusal], None]]:
    """Yield a function that writes one refusal: `line`, `reason`, and the file's own columns.

    The file appears when the `with` block ends, or not at all after an exception. Raises CannotWrite.
    """
    skip = len(REPORT) if header[: len(REPORT)] == REPORT else 0
    with replacing(path) as file:
        out = csv.writer(file, delimiter=delimiter)

        def write(refusal: Refusal) -> None:
            with failure_said(path):
                out.writerow((refusal.line, refusal.reason, *_guarded(refusal.record[skip:])))

        # A byte order mark, so that spreadsheets read UTF-8; the import accepts it.
        file.write("\ufeff")
        out.writerow(REPORT + _guarded(header[skip:]))
        yield write


def _guarded(cells: tuple[str, ...]) -> tuple[str, ...]:
    # Unguard first, so that a guarded cell isn't guarded twice.
    return tuple(guard(unguard(cell if cell.isprintable() else CONTROL.sub(_named, cell))) for cell in cells)


def _named(control: re.Match[str]) -> str:
    """`<U+001B>` can be seen and fixed; the character itself would act on the terminal that shows the file."""
    return f"<U+{ord(control[0]):04X}>"
