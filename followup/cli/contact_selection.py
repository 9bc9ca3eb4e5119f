"""Contacts for a bulk command: named, read from a file, or matching a filter; each once (C4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Annotated, NamedTuple

import typer

from followup.app import contact_lists, named_contacts
from followup.app.deciding import Asked, Watch, for_contacts
from followup.app.outcome import Outcome
from followup.app.session import Session
from followup.cli.answers import kept_rows
from followup.cli.arguments import contact_filter
from followup.cli.options import AnswerFormat
from followup.cli.progress import progress
from followup.core.model import Dossier
from followup.errors import BadInput, FollowupError, NotFound, UsageError

Contacts = Annotated[list[str] | None, typer.Argument(metavar="[CONTACT...]", help="contact ids or names")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="KEY=VALUE", help="owner, cycle, source, property, stage, text")
]
FromFile = Annotated[
    str | None, typer.Option("--from-file", metavar="FILE", help="ids or names, one per line; - is stdin")
]
KEYS = ("owner", "cycle", "source", "property", "stage", "text")


class Selection(NamedTuple):
    """Ids, read lazily; and the words of a file that match no contact or several, with the reason."""

    ids: Iterator[str]
    refused: Sequence[tuple[str, FollowupError]]


def selection(
    session: Session,
    words: Sequence[str] | None,
    where: Sequence[str] | None,
    from_file: str | None,
    closed: bool = False,
) -> Selection:
    """`closed`: the filter includes won and lost contacts, as it does with a stage."""
    if not (words or where or from_file):
        raise UsageError("which contacts? Name them, or use --where KEY=VALUE or --from-file FILE")
    filter = contact_filter(session, _pairs(where or ()), closed)
    ids = dict.fromkeys(named_contacts.contact_id(session, word) for word in words or ())
    refused: Sequence[tuple[str, FollowupError]] = ()
    if from_file:
        listed, refused = named_contacts.contact_ids(session, _lines(from_file))
        ids |= dict.fromkeys(listed)
    matching = contact_lists.all_contacts(session, filter) if where else iter(())
    return Selection(chain(ids, (row.id for row in matching if row.id not in ids)), refused)


def for_each(
    ctx: typer.Context,
    session: Session,
    chosen: Selection,
    wish: Asked,
    format: AnswerFormat,
    watches: Sequence[Watch] = (),
) -> Outcome:
    """Decide a wish for each contact, with progress. `watches` get each contact before and after the decision."""

    def watch(before: Dossier, after: Dossier) -> None:
        for note in watches:
            note(before, after)

    with progress(ctx, "contacts") as show:
        outcome = for_contacts(session, ((id, wish) for id in chosen.ids), kept_rows(format), show, watch)
    outcome.refused += chosen.refused
    if not (outcome.done.total or outcome.refused):
        outcome.notices.add("no contacts match. Nothing changed.")
    return outcome


def _pairs(where: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in where:
        key, _, value = word.partition("=")
        if key not in KEYS:
            raise UsageError(f"unknown --where key '{key}': choose {', '.join(KEYS)}")
        if not value.strip():
            raise UsageError(f"--where {key} needs a value: --where {key}=VALUE")
        if key in pairs:
            raise UsageError(f"--where {key} is given twice")
        pairs[key] = value
    return pairs


def _lines(path: str) -> list[str]:
    """The non-empty lines of a file. Raises NotFound, or BadInput with the line."""
    try:
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as file:
            lines = [_decoded(line, f"{path}:{number}") for number, line in enumerate(file, 1)]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"can't read {path}: {getattr(error, 'strerror', None) or error}") from None
    words = [line for line in lines if line]
    if not words:
        raise BadInput(f"no contacts in {path}")
    return words


def _decoded(line: bytes, place: str) -> str:
    try:
        return line.decode().removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{place} isn't UTF-8: save the file as UTF-8") from None
