"""Whom a bulk command is about: named, out of a file of ids or names, or picked by a filter; each once (C4)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, NamedTuple

import typer

from followup.app import contact_lists, named_contacts
from followup.app.deciding import Asked, Watch, for_contacts
from followup.app.outcome import Outcome
from followup.app.session import Session
from followup.cli.progress import progress
from followup.cli.report import most
from followup.cli.words import contact_filter
from followup.core.list_filters import ContactFilter
from followup.errors import BadInput, FollowupError, NotFound, UsageError

Where = Annotated[list[str], typer.Option("--where", metavar="KEY=VALUE", help="owner, cycle, source, stage, text")]
FromFile = Annotated[str, typer.Option("--from-file", metavar="FILE", help="ids or names, one a line; - is stdin")]
KEYS = ("owner", "cycle", "source", "stage", "text")


class Picked(NamedTuple):
    """Ids, read as they are needed; and the words of a file that mean nobody, or several, with the reason."""

    ids: Iterator[str]
    refused: list[tuple[str, FollowupError]]


def picked(here: Session, words: list[str], where: list[str], from_file: str, closed: bool = False) -> Picked:
    """`closed`: a filter picks the won and lost too, as it does where it asks for a stage."""
    if not (words or where or from_file):
        raise UsageError("whom? CONTACT..., --where KEY=VALUE or --from-file FILE")
    filter = _filter(here, where)
    filter = filter._replace(closed=closed or filter.stage is not None)
    ids = dict.fromkeys(named_contacts.contact_id(here, word) for word in words)
    refused: list[tuple[str, FollowupError]] = []
    if from_file:
        found, refused = named_contacts.contact_ids(here, _lines(from_file))
        ids |= dict.fromkeys(found)
    matching = contact_lists.all_contacts(here, filter) if where else iter(())
    return Picked(chain(ids, (row.id for row in matching if row.id not in ids)), refused)


def to_each(
    ctx: typer.Context, here: Session, whom: Picked, wish: Asked, format: str, watch: Watch = lambda _, __: None
) -> Outcome:
    """The wish about each of them, with progress."""
    with progress(ctx, "contacts") as show:
        made = for_contacts(here, ((id, wish) for id in whom.ids), most(format), show, watch)
    made.refused += whom.refused
    if not (made.done.total or made.refused):
        made.notices.add("nobody is like that: nothing was changed")
    return made


def _filter(here: Session, where: list[str]) -> ContactFilter:
    pairs: dict[str, str] = {}
    for word in where:
        key, _, value = word.partition("=")
        if key not in KEYS:
            raise UsageError(f"--where knows {', '.join(KEYS)}: not '{key}'")
        if not value.strip():
            raise UsageError(f"--where {key} has no value: write --where {key}=VALUE")
        if key in pairs:
            raise UsageError(f"--where {key} stands twice: a contact is to match all that is asked for")
        pairs[key] = value
    return contact_filter(here, pairs)


def _lines(path: str) -> list[str]:
    """What stands in a file, a word a line. Raises NotFound, BadInput with the line."""
    try:
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as file:
            lines = [_decoded(line, f"{path}:{number}") for number, line in enumerate(file, 1)]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    words = [line for line in lines if line]
    if not words:
        raise BadInput(f"nobody is named in {path}")
    return words


def _decoded(line: bytes, place: str) -> str:
    try:
        return line.decode().removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{place}: not UTF-8: save the file as UTF-8") from None
