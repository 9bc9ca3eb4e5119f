"""Statements as PostgreSQL's driver takes them: with placeholders of its own."""

from __future__ import annotations

import re
from functools import cache

from followup.store.statements import statement


@cache
def placed(name: str) -> str:
    """`file.name` -> its SQL; `:name` and `?` are places for values."""
    sql = statement("postgres", name).replace("%", "%%")
    return re.sub(r"(?<![:\w]):([a-z_]\w*)", r"%(\1)s", sql).replace("?", "%s")
