"""The account of the operating system under which this program runs."""

from __future__ import annotations


def system_account() -> str | None:
    """Its name; None for a number that has none."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return None
