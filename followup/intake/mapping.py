"""Which column of a file becomes which field of a contact: guessed from the names, then corrected by `field=Column`.

A column is used once for each field that names it, and a column that nothing names is reported, never guessed into
some field. What is no field of a contact is kept as an extra, under the name it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from followup.errors import BadInput, NotFound, UsageError
from followup.intake.columns import BESIDE, FIELDS, NAMES, PAIRS, REPORT, fold

FIELD = re.compile(r"[a-z][a-z0-9_]*")
NAMING = frozenset(("name", "first_name", "last_name", "email", "phone"))


class ColumnMapping(NamedTuple):
    """Columns by position from 0. `key`: the columns that ids are made from, where the file has no ids of its own."""

    header: tuple[str, ...]
    fields: dict[str, int]
    extra: dict[str, int]
    key: tuple[int, ...] = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that the import leaves behind, as the file calls them."""
        used = {*self.fields.values(), *self.extra.values(), *self.key, *_report_columns(self.header)}
        return tuple(name for column, name in enumerate(self.header) if column not in used)

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        """(field, column) as a person would review them, fields in their usual order."""
        chosen = [(field, self.fields[field]) for field in FIELDS if field in self.fields]
        return tuple((field, self.header[column]) for field, column in chosen + list(self.extra.items()))


def map_columns(header: tuple[str, ...], pairs: Iterable[str] = (), key: Iterable[str] = ()) -> ColumnMapping:
    """The guess for this header, corrected by `pairs` ("field=Column", "field=" for none), ids made from `key`.

    Later pairs win. Raises BadInput for a column that is not there, UsageError for a pair that is none.
    """
    mapping = guess(header)
    fields, extra = dict(mapping.fields), dict(mapping.extra)
    for pair in pairs:
        field, name = _parted(pair)
        target = fields if field in FIELDS else extra
        target.pop(field, None)
        if name:
            target[field] = column(header, name)
    if not fields.keys() & NAMING:
        raise BadInput(f"no column tells who it is; say it with --map name=COLUMN (or email, phone): {_listed(header)}")
    made_from = tuple(column(header, name) for name in key)
    if made_from:
        fields.pop("id", None)
    return ColumnMapping(header, fields, extra, made_from)


def guess(header: tuple[str, ...]) -> ColumnMapping:
    """The columns whose names are known (see `columns`); each column serves one field at most."""
    ours = _report_columns(header)
    free = {fold(name): position for position, name in reversed(tuple(enumerate(header))) if position not in ours}
    pair = next((pair for pair in PAIRS if free.keys() >= {*pair}), ())
    fields = {field: free.pop(name) for field, name in zip(("first_name", "last_name"), pair, strict=False)}
    fields |= _taken(free, {field: NAMES[field] for field in FIELDS if field not in fields})
    return ColumnMapping(header, fields, _taken(free, BESIDE))


def _taken(free: dict[str, int], names_by_field: Mapping[str, str]) -> dict[str, int]:
    """The first column of each field that is called by one of its names, out of those that are free."""
    fields = {}
    for field, names in names_by_field.items():
        name = next((name for name in names.split() if name in free), None)
        if name is not None:
            fields[field] = free.pop(name)
    return fields


def column(header: tuple[str, ...], name: str) -> int:
    """The position of the column called `name`: exactly, else folded."""
    if name in header:
        return header.index(name)
    folded = [fold(other) for other in header]
    if fold(name) and fold(name) in folded:
        return folded.index(fold(name))
    near = get_close_matches(fold(name), folded, 3, 0.5)
    choices = _listed([header[folded.index(match)] for match in near] or header)
    raise BadInput(f"no column is called {name!r}: {'did you mean' if near else 'there are'} {choices}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def read_pairs(path: str) -> tuple[str, ...]:
    """The pairs in a mapping file: a line each, `field = Column`; blank lines and those that begin with # are none."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = [line.strip() for line in file]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no such mapping file: {path}") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot read the mapping file {path}: {error}") from None
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#") and "=" not in line:
            raise BadInput(f"{path}:{number}: write it as: field = Column")
    return tuple(line for line in lines if line and not line.startswith("#"))


def _parted(pair: str) -> tuple[str, str]:
    field, equals, name = pair.partition("=")
    field = field.strip()
    if not equals or not FIELD.fullmatch(field):
        raise UsageError(f"{pair!r} is no mapping: write field=Column, for example first_name=Given")
    return field, name.strip()


def _report_columns(header: tuple[str, ...]) -> tuple[int, ...]:
    return (0, 1) if header[:2] == REPORT else ()
