"""What an import shows: how it reads the columns, how far it is; and where the refused rows go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain, count, islice
from typing import NamedTuple

import typer

from followup.app.importing import Importer, Totals
from followup.app.session import Session
from followup.cli.progress import progress
from followup.errors import CannotWrite, UsageError
from followup.intake.columns import FIELDS, says_no
from followup.intake.mapping import Mapping
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.rows import Row, rows
from followup.intake.sheet import OpenTable
from followup.output.table import table
from followup.output.text import clean, plural

#: rows that a preview reads, and characters that it shows of a value
LOOKED_AT, SHORT = 1000, 24

Run = Callable[[Callable[[Refusal], None]], Iterator[Totals]]


class Owner(NamedTuple):
    """Who gets what has no owner in the file: every contact, or those that are new. `said`: what to tell about it."""

    of_all: str | None = None
    of_new: str | None = None
    said: str = ""


def owner(here: Session, mapping: Mapping, word: str, none: bool) -> Owner:
    """Who imports owns what is new, as with `contacts add`; but not an administrator, who does not sell.

    Raises UsageError where nobody would own anything.
    """
    if word and none:
        raise UsageError("--owner or --no-owner, not both")
    if word:
        id = here.worker(word).id
        return Owner(of_all=id, said=f"owner: {id}, of rows that name none")
    if none:
        return Owner()
    if not here.user.administers():
        return Owner(of_new=here.user.id, said=f"owner: {here.user.id} (you), of new contacts whose row names none")
    if "owner" not in mapping.fields:
        raise UsageError("whose contacts are they? --owner USER, --map owner=COLUMN, or --no-owner to say nobody's")
    return Owner()


def owner_or_why(here: Session, mapping: Mapping, word: str, none: bool) -> str:
    """The same for somebody who only looks."""
    try:
        return owner(here, mapping, word, none).said
    except UsageError as error:
        return str(error)


def look(source: OpenTable, mapping: Mapping, owned: str) -> str:
    """Which column is which field, what is left behind, how the file was read, who owns what it does not say."""
    return "\n".join([table(("field", "column"), mapping.used), *_remarks(source, mapping, owned)])


def preview(source: OpenTable, mapping: Mapping, owned: str, day_first: bool | None) -> str:
    """The same with the first rows as they would be read, and what the file's beginning leaves open."""
    found = list(islice(rows(source, mapping, day_first), LOOKED_AT))
    taken = [row for row in found if isinstance(row, Row)]
    refused = [f"line {each.line} would be refused: {each.reason}" for each in found if isinstance(each, Refusal)]
    missing = [f"{sum(getattr(row, field) is None for row in taken):,} without {field}" for field in ("owner", "cycle")]
    counts = f"of the first {plural(len(found), 'row')}: {', '.join(missing)}, {len(refused):,} refused"
    lines = [_first_rows(mapping, taken[:3]), *_remarks(source, mapping, owned), counts, *refused[:3]]
    return "\n".join([*lines, *map(clean, opt_outs(mapping))])


def _first_rows(mapping: Mapping, first: list[Row]) -> str:
    values = [{**row._asdict(), **(row.extra or {})} for row in first]
    columns = dict(mapping.used)
    names = dict.fromkeys([*FIELDS, *mapping.extra, *(name for row in first for name in row.extra or ())])
    drawn = [
        (name, columns.get(name, "(made)"), *(_short(row.get(name)) for row in values))
        for name in names
        if name in columns or any(row.get(name) for row in values)
    ]
    return table(("field", "column", *(f"line {row.line}" for row in first)), drawn)


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHORT else text[: SHORT - 3] + "..."


def _remarks(source: OpenTable, mapping: Mapping, owned: str) -> list[str]:
    left = "not imported: " + ", ".join(mapping.unused) if mapping.unused else ""
    return [clean(remark) for remark in (left, *source.notes, owned) if remark]


def opt_outs(mapping: Mapping) -> list[str]:
    """A line for columns that may tell who is not to be contacted, and are left behind (E12)."""
    left = [name for name in mapping.unused if says_no(name)]
    if not left:
        return []
    what = "THIS LOOKS LIKE AN OPT-OUT AND IS" if len(left) == 1 else "THESE LOOK LIKE OPT-OUTS AND ARE"
    return [f"{what} NOT IMPORTED: {', '.join(left)} (--map do_not_contact=COLUMN; yes there means every channel)"]


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

    def __init__(self, source: OpenTable, places: tuple[str, ...]) -> None:
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


def told(importer: Importer, mapping: Mapping, named_nobody: bool) -> Iterator[str]:
    """What is to be said of the whole, on stderr."""
    yield from opt_outs(mapping)
    if importer.ownerless and not named_nobody:
        rows = plural(importer.ownerless, "row")
        yield f"{rows} named no owner: whoever is new among them is in nobody's list (--owner USER)"
    yield from sorted(importer.notices)


def counted(totals: Totals, dry_run: bool) -> str:
    counts = ", ".join(f"{getattr(totals, name):,} {name}" for name in ("new", "changed", "same", "refused"))
    return f"{'would have imported ' if dry_run else ''}{plural(totals.read, 'row')}: {counts}"
