"""Plain scalars by YAML 1.2's core schema: `no`, `1:30` and dates are text, `010` is ten.

PyYAML uses YAML 1.1, which turns such answers, times and dates into other values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

WORDS: Mapping[str, bool | None] = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
    }
)
LONGEST_NUMBER = 18  # digits that always fit into 64 bits
NUMBER_STARTS = frozenset("+-.0123456789")
WHOLE = re.compile(r"[-+]?[0-9]+")
OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

Scalar: TypeAlias = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises OverflowError for numbers that are too large, or not finite."""
    if text in WORDS:
        return WORDS[text]
    return _number(text) if text[0] in NUMBER_STARTS else text


def _number(text: str) -> Scalar:
    if WHOLE.fullmatch(text):
        return int(_bounded(text))
    if OTHER_BASE.fullmatch(text):
        return int(_bounded(text), 0)
    if REAL.fullmatch(text):
        return _finite(text)
    if NOT_FINITE.fullmatch(text):
        raise OverflowError(text)
    return text


def _bounded(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise OverflowError(digits)
    return digits


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise OverflowError(text)
    return value
