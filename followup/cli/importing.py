"""What an import shows: how it reads the columns, how far it is; and where the refused rows go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from followup.app.importing import Totals
from followup.intake.mapping import Mapping
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.table import OpenTable
from followup.output.table import table
from followup.output.text import clean

Run = Callable[[Callable[[Refusal], None]], Iterator[Totals]]


def look(source: OpenTable, mapping: Mapping) -> str:
    """Which column is which field, what is left behind, how the file was read."""
    lines = [table(("field", "column"), mapping.used)]
    if mapping.unused:
        lines.append("not imported: " + ", ".join(clean(name) for name in mapping.unused))
    lines += [clean(note) for note in source.notes]
    return "\n".join(lines)


def carry_out(run: Run, refused: str, source: OpenTable, shown: bool, dry_run: bool) -> Totals:
    """Runs the import; rows that are refused are written to `refused`, which is not made where there are none."""
    if dry_run:
        return _last(run(lambda _: None), shown)
    kept = _Kept(refused, source)
    try:
        return _last(run(kept.add), shown)
    finally:
        kept.close()


class _Kept:
    """The file of refusals, begun with the first."""

    def __init__(self, path: str, source: OpenTable) -> None:
        self.file = refusal_file(path, source.header, source.delimiter)
        self.write: Callable[[Refusal], None] | None = None

    def add(self, refusal: Refusal) -> None:
        if self.write is None:
            self.write = self.file.__enter__()
        self.write(refusal)

    def close(self) -> None:
        if self.write is not None:
            self.file.__exit__(None, None, None)


def _last(progress: Iterator[Totals], shown: bool) -> Totals:
    totals = Totals()
    for totals in progress:
        if shown:
            sys.stderr.write(f"\r{totals.read:,} rows")
    if shown:
        sys.stderr.write("\r\x1b[K")
    return totals
