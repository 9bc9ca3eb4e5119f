"""The folders that come with the program: `schema`, `cycles` (the sample office), `sample_data`.

In a checkout they are next to the package; in the wheel they are inside it.
"""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSTALLED = os.path.join(PACKAGE, "office")


def shipped(name: str) -> str:
    """The path of a shipped folder."""
    home = INSTALLED if os.path.isdir(INSTALLED) else os.path.dirname(PACKAGE)
    return os.path.join(home, name)
