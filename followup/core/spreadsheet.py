"""Protects cells from spreadsheets: text that a spreadsheet could run as a formula gets a leading apostrophe.

`unguard(guard(text)) == text` for every text; numbers and E.164 phones stay unchanged.
"""

from __future__ import annotations

import re

# Also after blanks and apostrophes, and full-width characters: some spreadsheets ignore the difference.
RISKY = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
NUMBER = re.compile(r"[\s']*[+-]?[0-9]+(?:[., ][0-9]+)*\s*")


def guard(text: str) -> str:
    """The text in a form that is safe in a CSV cell."""
    return "'" + text if is_risky(text) else text


def unguard(text: str) -> str:
    """The original of a guarded text; any other text unchanged."""
    return text[1:] if text.startswith("'") and is_risky(text[1:]) else text


def is_risky(text: str) -> bool:
    # Leading apostrophes never change the result: that is what makes the guard reversible.
    return RISKY.match(text) is not None and NUMBER.fullmatch(text) is None
