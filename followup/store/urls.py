"""Urls of stores, as they can be printed."""

from __future__ import annotations

import re

#: whatever stands between a user and the last @, and is no port
PASSWORD = re.compile(r"^([^:/@]*):(?!\d+(?:[/?]|$)).*@")


def display_url(url: str) -> str:
    """The url without a password, for messages, and for files that are kept in git."""
    scheme, separator, rest = url.partition("://")
    place, mark, query = PASSWORD.sub(r"\1@", rest).partition("?")
    options = [option for option in query.split("&") if not option.startswith(("password=", "sslpassword="))]
    return f"{scheme}{separator}{place}{mark + '&'.join(options) if options else ''}"
