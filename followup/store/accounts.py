"""The operating system account that runs this program."""

from __future__ import annotations


def system_account() -> str | None:
    """The account's name; None if its number has no name."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return None
