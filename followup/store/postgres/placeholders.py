"""Converts statements to the placeholders of PostgreSQL's driver."""

from __future__ import annotations

import re
from functools import cache

from followup.store.statements import statement


@cache
def driver_statement(name: str) -> str:
    """`file.name` -> its SQL."""
    return with_placeholders(statement("postgres", name))


def with_placeholders(sql: str) -> str:
    """`:name` and `?` are placeholders; `::` is a cast."""
    return re.sub(r"(?<![:\w]):([a-z_]\w*)", r"%(\1)s", sql.replace("%", "%%")).replace("?", "%s")
