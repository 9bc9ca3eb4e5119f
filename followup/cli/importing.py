"""What an import shows: how it reads the columns, how far it is; and where the refused rows go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain, count

import typer

from followup.app.importing import Totals
from followup.cli.progress import progress
from followup.errors import CannotWrite, UsageError
from followup.intake.mapping import Mapping
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.table import CsvTable
from followup.output.table import table
from followup.output.text import clean, plural

Run = Callable[[Callable[[Refusal], None]], Iterator[Totals]]


def look(source: CsvTable, mapping: Mapping) -> str:
    """Which column is which field, what is left behind, how the file was read."""
    lines = [table(("field", "column"), mapping.used)]
    if mapping.unused:
        lines.append("not imported: " + ", ".join(clean(name) for name in mapping.unused))
    lines += [clean(note) for note in source.notes]
    return "\n".join(lines)


def places(file: str, refused: str) -> tuple[str, ...]:
    """Where the refused rows of `file` may go, best first. Raises UsageError, or CannotWrite, before any is read."""
    if refused == "-":
        raise UsageError("--refused -: name a file; stdout is for how many rows there were")
    if not refused:
        whole = os.path.isfile(file)  # beside a pipe nobody would look for it
        beside = f"{'stdin' if file == '-' else file}.refused.csv"
        return (beside, os.path.basename(beside)) if whole else (os.path.basename(beside),)
    with suppress(OSError):
        if os.path.samestat(os.stat(0 if file == "-" else file), os.stat(refused)):
            raise UsageError(f"--refused {refused} is the file that is imported: name another")
    if os.path.isdir(refused) or not os.access(os.path.dirname(refused) or ".", os.W_OK):
        raise CannotWrite(f"cannot write {refused}: it is a folder, or its folder is not there or is read-only")
    return (refused,)


class RefusedRows:
    """The file of refused rows, begun with the first. It replaces no file, and is whole or not there.

    What it was mended from may be half mended still. Without a `place` nothing is written.
    """

    def __init__(self, source: CsvTable, places: tuple[str, ...]) -> None:
        self.source, self.places, self.path = source, places, ""
        self.stack = ExitStack()
        self.write: Callable[[Refusal], None] | None = None

    def add(self, refusal: Refusal) -> None:
        if self.write is None and self.places:
            self.write = self._begun()
        if self.write is not None:
            self.write(refusal)

    def _begun(self) -> Callable[[Refusal], None]:
        *better, last = self.places
        for place in better:
            with suppress(CannotWrite):
                return self._at(place)
        return self._at(last)

    def _at(self, place: str) -> Callable[[Refusal], None]:
        self.path = _unused(place)
        return self.stack.enter_context(refusal_file(self.path, self.source.header, self.source.delimiter))

    @property
    def where(self) -> str:
        """What to do about them; nothing where nothing was written."""
        if not self.path:
            return ""
        taken = "" if self.path in self.places else " (the one before was left as it is)"
        return f": see {self.path}{taken}, mend it and import it"

    def __enter__(self) -> RefusedRows:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stack.__exit__(*raised)  # type: ignore[arg-type]


def _unused(path: str) -> str:
    """`people.csv.refused.csv`, or `people.csv.refused-2.csv` and so on where there is one."""
    stem, ending = os.path.splitext(path)
    names = chain([path], (f"{stem}-{number}{ending}" for number in count(2)))
    return next(name for name in names if not os.path.lexists(name))


def carry_out(ctx: typer.Context, run: Run, refused: RefusedRows, dry_run: bool) -> Totals:
    """Runs the import to its end; where it is stopped, says how far it has come."""
    totals = Totals()
    try:
        with refused, progress(ctx, "rows") as show:
            for totals in run(refused.add):
                show(totals.read)
    except BaseException as error:
        taken = totals.new + totals.changed + totals.same
        if not dry_run and (taken or isinstance(error, KeyboardInterrupt | SystemExit)):
            typer.echo(f"followup: stopped with {plural(taken, 'row')} in: run it again to go on", err=True)
        raise
    return totals
