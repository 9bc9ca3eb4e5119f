"""Urls of stores, as they can be printed: put together from the parts that are no secret, whatever else was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

HIDDEN = "..."

#: what a server is asked for in a url, and is no secret; the values of all others are never printed
PUBLIC = frozenset(
    ("schema", "host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert", "sslcert", "sslkey")
    + ("application_name", "connect_timeout", "target_session_attrs", "channel_binding", "gssencmode", "service")
    + ("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "load_balance_hosts", "passfile")
)
_SERVER = re.compile(r"(postgres(?:ql)?):(?://)?(.*)", re.DOTALL | re.IGNORECASE)
_FILE = re.compile(r"(sqlite:///|csv:)(?!//).*", re.DOTALL)
_HOST = r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\]|(?:%2[fF][\w.-]*)+)?(?::\d*)?"
_PLACE = re.compile(rf"({_HOST}(?:,{_HOST})*)(?:/([\w.%~-]*))?", re.ASCII)
#: a value that no other option, and no login, can hide in
_PLAIN = re.compile(r"[\w .,:/+~@-]*")


class ServerUrl(NamedTuple):
    """The parts of a server's url, as typed. `login`: user and password; None: not there."""

    scheme: str
    login: str | None
    place: str
    query: str

    @property
    def options(self) -> list[str]:
        return [option for option in self.query.split("&") if option]


def server_url(url: str) -> ServerUrl | None:
    """None where a login cannot be told from the rest: an @ is written %40 there, and a / in a password %2F.

    A password may hold everything else that is no part of a url.
    """
    scheme, _, rest = url.partition("://")
    parts = re.fullmatch(r"(?:([^/]*)@)?([^?]*)\??(.*)", rest, re.DOTALL)
    assert parts is not None, "every text matches"
    login, place, query = parts.groups()
    return None if "@" in place + query else ServerUrl(scheme, login, place, query)


def display_url(url: str) -> str:
    """The URL without its password, for messages and for files in git."""
    server = _SERVER.match(url)
    if server:
        scheme, rest = server[1].lower(), server[2]
        parsed = server_url(url) if url.startswith(f"{scheme}://") else None
        return _displayed(parsed or _guessed(scheme, rest))
    if _FILE.fullmatch(url) and "://" not in url.removeprefix("sqlite:///"):
        return url
    return url if re.fullmatch(r"[\w./~ -]*", url) else f"{_scheme(url)}{HIDDEN}"


def _scheme(url: str) -> str:
    return next((scheme for scheme in ("sqlite:", "csv:") if url.startswith(scheme)), "")


def _guessed(scheme: str, rest: str) -> ServerUrl:
    """Of what can't be told apart, everything in front of the last @ may be a password. If options are there, too, or
    begin only after it, every part may be."""
    login, at, place = rest.rpartition("@")
    if at and re.search(r"[?=&;#\s]", login):
        return ServerUrl(scheme, None, HIDDEN, "")
    place, _, query = place.partition("?")
    return ServerUrl(scheme, login.lstrip("/") if at else None, place, query)


def _displayed(url: ServerUrl) -> str:
    if not _PLACE.fullmatch(url.place):
        return f"{url.scheme}://{HIDDEN}"
    user = (url.login or "").partition(":")[0]
    who = f"{user}@" if user and re.fullmatch(r"[\w.+~@-]+", unquote(user)) else ""
    options = [option for option in url.options if _is_public(option)]
    return f"{url.scheme}://{who}{url.place}{'?' + '&'.join(options) if options else ''}"


def _is_public(option: str) -> bool:
    name, _, value = option.partition("=")
    plain = unquote(value)
    if name not in PUBLIC or not _PLAIN.fullmatch(plain):
        return False
    return name in ("host", "hostaddr", "sslrootcert", "sslcert", "sslkey", "passfile") or ":" not in plain


def without_secrets(text: str, url: str) -> str:
    """What a driver says, which may quote what it was given: only what is printed of the url stays readable."""
    parsed = server_url(url)
    options = [option.partition("=") for option in parsed.options] if parsed else []
    shown = " ".join([display_url(url), *(name for name, equals, _ in options if equals)])
    login = re.match(r"[^:]*://[^:@]*:(.*)@", url, re.DOTALL)
    secrets = {login[1], unquote(login[1])} if login else set[str]()
    secrets |= {word for word in _said(text, (value for *_, value in options), url) if word not in shown}
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _said(text: str, values: Iterable[str], url: str) -> set[str]:
    """What `text` can have from the url: the values of its options, which a driver takes apart at commas and quotes in
    its own way; and whatever stands in quotes and is part of the url."""
    plain = [form for value in values for form in (value, unquote(value))]
    parts = {part for value in plain for part in (value, *value.split(","))}
    quoted = {word for pattern in ('"([^"]*)"', "'([^']*)'") for word in re.findall(pattern, text)}
    return parts | {repr(part)[1:-1] for part in parts} | {word for word in quoted if word in url + unquote(url)}


def with_password(login: str) -> str:
    """User and password as a driver takes them."""
    return ":".join(quote(unquote(word), safe="") for word in login.split(":", 1)) + "@"
