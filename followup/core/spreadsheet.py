"""The guard of cells for spreadsheets: a text that a spreadsheet could run as a formula gets a leading apostrophe.

`unguard(guard(text)) == text` for every text; numbers and E.164 phones are left as they are.
"""

from __future__ import annotations

import re

# Also behind blanks and apostrophes, and in full width: some spreadsheets look past them.
RISKY = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
NUMBER = re.compile(r"[\s']*[+-]?[0-9]+(?:[., ][0-9]+)*\s*")


def guard(text: str) -> str:
    """The text as it is safe to write into a CSV cell."""
    return "'" + text if is_risky(text) else text


def unguard(text: str) -> str:
    """The text that was guarded; any other is returned as it is."""
    return text[1:] if text.startswith("'") and is_risky(text[1:]) else text


def is_risky(text: str) -> bool:
    # Leading apostrophes never change the answer: that is what makes the guard reversible.
    return RISKY.match(text) is not None and NUMBER.fullmatch(text) is None
