"""A PostgreSQL server: parsing its URL, connecting, and translating its errors."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from followup.errors import (
    Busy,
    CannotWrite,
    Conflict,
    FollowupError,
    Refused,
    StoreUnreachable,
    UsageError,
)
from followup.store.asking import DAMAGED
from followup.store.urls import display_url, server_url, with_password, without_secrets

Server: TypeAlias = psycopg.Connection[TupleRow]

DEFAULT_SCHEMA = "followup"

#: prefix of the SQLSTATE -> the error and message for the user
KINDS: tuple[tuple[str, type[FollowupError], str], ...] = (
    ("55P03", Busy, "the database is busy: try again"),
    ("40", Busy, "the database is busy: another command wrote the same. Nothing changed, try again"),
    ("53", CannotWrite, "the server is out of disk or memory: nothing was changed"),
    ("25006", CannotWrite, "the database can't be written: the server is read-only"),
    ("23505", Conflict, "another user was first. Nothing changed: look at the current state"),
    ("42501", Refused, "you don't have permission on the server: it isn't your contact, or your login can't do this"),
    ("42", StoreUnreachable, DAMAGED),
    ("XX", StoreUnreachable, DAMAGED),
    ("57", StoreUnreachable, "the server stopped. Nothing changed, try again"),
)

#: parts of messages from a server that is temporarily unavailable: before connecting there is no SQLSTATE
NOT_NOW = ("too many clients", "too many connections", "connection slots are reserved", "starting up", "recovery mode")
PAUSE = 0.1  # seconds between two attempts


def connect(address: str, patience: float, **parameters: str | int) -> Server:
    """Raises Busy if the server accepts no connection for `patience` seconds."""
    until = time.monotonic() + patience
    if "connect_timeout=" not in address:
        parameters["connect_timeout"] = max(1, round(patience))
    place = make_conninfo(address, **parameters)
    while True:
        try:
            return psycopg.connect(place, autocommit=True)
        except psycopg.OperationalError as error:
            if not any(words in str(error) for words in NOT_NOW):
                raise
            if time.monotonic() > until:
                raise Busy(f"the server has too many connections: try again ({first_line(error)})") from error
        time.sleep(PAUSE)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """The server's errors as ours: one line, an exit code; anything unknown stays a bug. `url`: as typed."""
    try:
        yield
    except psycopg.Error as error:
        shown, state = display_url(url), error.sqlstate or ""
        for prefix, kind, message in KINDS:
            if state.startswith(prefix):
                reason = "" if kind in (Busy, Conflict, Refused) else f": {without_secrets(first_line(error), url)}"
                raise kind(f"{message} ({shown}{reason})") from error
        if isinstance(error, psycopg.OperationalError):
            reason = without_secrets(first_line(error), url)
            raise StoreUnreachable(f"the database can't be reached ({shown}: {reason})") from error
        raise


def address(url: str) -> tuple[str, str]:
    """What the driver takes, and the schema. Raises UsageError for a url that is none, and for a schema that is no
    plain name."""
    shown, parts = display_url(url), server_url(url)
    if parts is None:
        raise UsageError(f"{shown}: write a / in a password as %2F, and an @ behind the host %40")
    schema = next((option[7:] for option in parts.options if option.startswith("schema=")), DEFAULT_SCHEMA)
    if not re.fullmatch(r"(?!pg_)[a-z_][a-z0-9_]{0,39}", schema):
        raise UsageError(f"{shown}: a schema is named in small letters, digits and _, at most 40")
    rest = "&".join(option for option in parts.options if not option.startswith("schema="))
    who = with_password(parts.login) if parts.login else ""
    return _checked(f"{parts.scheme}://{who}{parts.place}{'?' + rest if rest else ''}", url), schema


def _checked(driver_url: str, url: str) -> str:
    """`url`: as typed. The driver's complaints quote what they do not understand, which can be a password."""
    try:
        timeout = conninfo_to_dict(driver_url).get("connect_timeout", 0)
    except psycopg.ProgrammingError as error:
        reason = without_secrets(first_line(error), url)
        raise UsageError(f"{display_url(url)}: not a server URL ({reason})") from None
    if not re.fullmatch(r"-?\d{1,9}", str(timeout), re.ASCII):
        raise UsageError(f"{display_url(url)}: connect_timeout is a whole number of seconds")
    return driver_url


def first_line(error: psycopg.Error) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
