"""Which columns of a file become which field of a contact: guessed from the names, then corrected by `field=Column`.

A column is used once for each field that names it, and a column that nothing names is reported, never guessed into
some field. What is no field of a contact is an own field, kept under the name that `+name=Column` gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from followup.errors import BadInput, NotFound, UsageError
from followup.intake.columns import BESIDE, FIELDS, MANY, NAMES, OWN_FIELDS, PAIRS, REPORT, fold

PAIR = re.compile(r"\s*(\+?)\s*([^=]*?)\s*=\s*(.*?)\s*", re.DOTALL)
OWN = re.compile(r"[a-z][a-z0-9_]*")
NAMING = frozenset(("name", "first_name", "last_name", "email", "phone", "company"))
NUMBER = re.compile("[0-9]+")

Columns = tuple[int, ...]


class ColumnMapping(NamedTuple):
    """Columns by position from 0, the first that says something counting. `extra`: own fields; `key`: the columns that
    ids are made from, where the file has no ids of its own; `guessed`: the fields that were not named by a person.
    `own`: the column that holds own fields as JSON, if there is one.
    """

    header: tuple[str, ...]
    fields: dict[str, Columns]
    extra: dict[str, int]
    key: Columns = ()
    guessed: frozenset[str] = frozenset()
    own: Columns = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that aren't imported, by their names in the file."""
        return tuple(self.header[column] for column in self.left_out)

    @property
    def left_out(self) -> Columns:
        used = {column for columns in self.fields.values() for column in columns}
        used |= {*self.extra.values(), *self.key, *self.own, *_report_columns(self.header)}
        return tuple(column for column in range(len(self.header)) if column not in used)

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        """(field, columns) as a person would review them, fields in their usual order."""
        chosen = [
            (field, ", ".join(map(self.header.__getitem__, self.fields[field])))
            for field in FIELDS
            if field in self.fields
        ]
        return tuple(chosen + [(field, self.header[column]) for field, column in self.extra.items()])


def map_columns(header: tuple[str, ...], pairs: Iterable[str] = (), key: Iterable[str] = ()) -> ColumnMapping:
    """The guessed mapping, corrected by `pairs` ("field=Column", "field=" for none), with ids made from `key`.

    Several pairs of one field name several columns for it. Raises BadInput for a column that is not there, UsageError
    for a field that is not.
    """
    guessed = guess(header)
    fields, extra = dict(guessed.fields), dict(guessed.extra)
    named: set[str] = set()
    for pair in pairs:
        own, field, name = _parted(pair)
        if own:
            extra.pop(field, None)
            if name:
                extra[field] = column(header, name)
            continue
        before = fields.pop(field, ())
        if name:
            chosen = (*(before if field in named else ()), *_columns(header, name))
            fields[field] = tuple(dict.fromkeys(chosen))
        named.add(field)
    return _checked(guessed._replace(fields=fields, extra=extra, guessed=guessed.guessed - named), key)


def _checked(mapping: ColumnMapping, key: Iterable[str]) -> ColumnMapping:
    header = mapping.header
    if not mapping.fields.keys() & NAMING:
        raise BadInput(f"no column has a name; use --map name=COLUMN (or email, phone, company): {_listed(header)}")
    made_from = tuple(column(header, name) for name in key)
    if made_from:
        mapping.fields.pop("id", None)
    return mapping._replace(key=made_from)


def guess(header: tuple[str, ...]) -> ColumnMapping:
    """The columns with known names (see `columns`); each column serves at most one field."""
    ours = _report_columns(header)
    free = {fold(name): position for position, name in reversed(tuple(enumerate(header))) if position not in ours}
    own = (free.pop(OWN_FIELDS),) if OWN_FIELDS in free else ()
    pair = next((pair for pair in PAIRS if free.keys() >= {*pair}), ())
    fields: dict[str, Columns] = {
        field: (free.pop(name),) for field, name in zip(("first_name", "last_name"), pair, strict=False)
    }
    fields |= _taken(free, {field: NAMES[field] for field in FIELDS if field not in fields})
    extra = {name: columns[0] for name, columns in _taken(free, BESIDE).items()}
    return ColumnMapping(header, fields, extra, guessed=frozenset(fields), own=own)


def _taken(free: dict[str, int], names_by_field: Mapping[str, str]) -> dict[str, Columns]:
    """The columns of each field that are called by its names, the better name first, out of those that are free."""
    fields: dict[str, Columns] = {}
    for field, names in names_by_field.items():
        called = {name: place for place, name in enumerate(names.split())}
        ranked = sorted((rank, name) for name in free if (rank := _rank(name, called, field in MANY)) is not None)
        chosen = [free.pop(name) for _, name in (ranked if field in MANY else ranked[:1])]
        if chosen:
            fields[field] = tuple(chosen)
    return fields


def _rank(name: str, called: Mapping[str, int], many: bool) -> tuple[int, int] | None:
    """How well a column's name fits: by the order of the names, then by its number, as in `E-mail 2 - Value`."""
    if name in called:
        return called[name], 0
    if numbers := NUMBER.findall(name) if many else ():
        plain = NUMBER.sub("", name)
        if len(numbers) == 1 and plain in called and len(numbers[0]) < 3:
            return called[plain], int(numbers[0])
    return None


def _columns(header: tuple[str, ...], name: str) -> Columns:
    """The columns that are named: one, or several with commas between where none is called so."""
    if not name:
        return ()
    parts = [part for part in name.split(",") if part.strip()]
    if len(parts) > 1 and name not in header and fold(name) not in map(fold, header):
        return tuple(column(header, part.strip()) for part in parts)
    return (column(header, name),)


def column(header: tuple[str, ...], name: str) -> int:
    """The position of the column named `name`: an exact match, else a folded one."""
    if name in header:
        return header.index(name)
    folded = [fold(other) for other in header]
    if fold(name) and fold(name) in folded:
        return folded.index(fold(name))
    near = get_close_matches(fold(name), folded, 3, 0.5)
    choices = _listed([header[folded.index(match)] for match in near] or header)
    raise BadInput(f"unknown column {name!r}: {'did you mean' if near else 'choose'} {choices}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def read_pairs(path: str) -> tuple[str, ...]:
    """The pairs in a mapping file, one per line: `field = Column`; blank lines and # lines are skipped."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = [line.strip() for line in file]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no such mapping file: {path}") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"can't read the mapping file {path}: {error}") from None
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#") and "=" not in line:
            raise BadInput(f"{path}:{number}: write it as: field = Column")
    return tuple(line for line in lines if line and not line.startswith("#"))


def field_of(pair: str) -> str:
    """The field that a pair is about, by which one pair overrules another."""
    name = pair.partition("=")[0].replace(" ", "")
    return field_named(name) or name


def field_named(word: str) -> str | None:
    """The field of every contact that a word names: in any case, with dashes or spaces for underscores."""
    field = re.sub("[- ]", "_", word.strip().casefold())
    return field if field in FIELDS else None


def check_own_name(name: str, sign: str = "") -> None:
    """Raises UsageError for what can't be the name of an own field, with one that can. `sign`: typed before it."""
    if not OWN.fullmatch(name):
        raise UsageError(f"'{name}' can't be the name of a field. Use a-z, 0-9 and _, such as {sign}{free_name(name)}")


def _parted(pair: str) -> tuple[bool, str, str]:
    """Whether it is an own field, the field, and what is said of its column."""
    match = PAIR.fullmatch(pair)
    if match is None or not match[2]:
        raise UsageError(f"{pair!r} isn't a mapping. Write FIELD=COLUMN, for example first_name=Given")
    own, field, name = bool(match[1]), match[2], match[3]
    known = field_named(field)
    if own and known:
        raise UsageError(f"'{field}' is a field already. Leave out the +")
    if own:
        check_own_name(field, "+")
    elif not known:
        yours = f"--map +{free_name(field)}={name or 'COLUMN'}"
        raise UsageError(f"'{field}' isn't a field. {_nearest_field(field)}For a field of your own, use {yours}")
    return own, known or field, name


def _nearest_field(field: str) -> str:
    known = next((name for name, names in NAMES.items() if fold(field) in names.split()), None)
    near = [known] if known else get_close_matches(field.casefold().replace(" ", "_").replace("-", "_"), FIELDS, 1, 0.5)
    return f"Did you mean '{near[0]}'? " if near else f"The fields are {', '.join(FIELDS)}. "


def own_name(field: str) -> str:
    """What an own field can be called that is called so elsewhere."""
    plain = re.sub("[^a-z0-9]+", "_", field.casefold()).strip("_").lstrip("0123456789_")
    return plain or "my_field"


def free_name(field: str) -> str:
    """The same, and not the name of a field that every contact has."""
    own = own_name(field)
    return f"my_{own}" if own in FIELDS else own


def _report_columns(header: tuple[str, ...]) -> tuple[int, ...]:
    return (0, 1) if header[:2] == REPORT else ()
