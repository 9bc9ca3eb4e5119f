"""A look at a file before its rows are taken: columns left behind that may forbid contact, and the order of dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from followup.intake.mapping import ColumnMapping
from followup.intake.opt_outs import may_say_no, says_no
from followup.intake.sheet import Table

#: records whose cells are looked at
LOOKED_AT = 1000
NUMBERS = re.compile(r"\s*'?([0-9]{1,2})[/.-]([0-9]{1,2})[/.-](?:[0-9]{4}|[0-9]{2})\b")


def opt_outs(table: Table, mapping: ColumnMapping) -> tuple[str, ...]:
    """The columns left behind that may tell who is not to be contacted, by their names or by what is in them."""
    suspects = {column for column in mapping.left_out if may_say_no(mapping.header[column])}
    others = [column for column in mapping.left_out if column not in suspects]
    for record in islice(table.records(), LOOKED_AT) if others else ():
        suspects.update(column for column in others if says_no(record.cells[column : column + 1]))
    return tuple(mapping.header[column] for column in sorted(suspects))


def contradictions(table: Table, mapping: ColumnMapping, day_first: bool | None) -> Iterator[tuple[int, str]]:
    """(line, date) of each date that cannot be read in the order that was said."""
    columns = mapping.fields.get("created_at", ())
    if day_first is None or not columns:
        return
    for record in table.records():
        for text in (record.cells[column] for column in columns if column < len(record.cells)):
            if (match := NUMBERS.match(text)) and _is_other(int(match[1]), int(match[2]), day_first):
                yield record.line, text.strip()


def _is_other(first: int, second: int, day_first: bool) -> bool:
    month, day = (second, first) if day_first else (first, second)
    return day <= 12 < month
