"""Which contacts a bulk command is about: named, read from a file, or picked by a filter; each once (C4)."""

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

Contacts = Annotated[list[str] | None, typer.Argument(metavar="[CONTACT...]", help="ids or names")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="KEY=VALUE", help="owner, cycle, source, stage, text")
]
FromFile = Annotated[
    str | None, typer.Option("--from-file", metavar="FILE", help="ids or names, one a line; - is stdin")
]
KEYS = ("owner", "cycle", "source", "stage", "text")


class Selection(NamedTuple):
    """Ids, read as they are needed; and the words of a file that mean nobody, or several, with the reason."""

    ids: Iterator[str]
    refused: Sequence[tuple[str, FollowupError]]


def selection(
    session: Session,
    words: Sequence[str] | None,
    where: Sequence[str] | None,
    from_file: str | None,
    closed: bool = False,
) -> Selection:
    """`closed`: a filter picks the won and lost too, as it does where it asks for a stage."""
    if not (words or where or from_file):
        raise UsageError("whom? CONTACT..., --where KEY=VALUE or --from-file FILE")
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
    """The wish about each of them, with progress. Each of `watches` is shown each contact before it and after it."""

    def watch(before: Dossier, after: Dossier) -> None:
        for note in watches:
            note(before, after)

    with progress(ctx, "contacts") as show:
        outcome = for_contacts(session, ((id, wish) for id in chosen.ids), kept_rows(format), show, watch)
    outcome.refused += chosen.refused
    if not (outcome.done.total or outcome.refused):
        outcome.notices.add("nobody is like that: nothing was changed")
    return outcome


def _pairs(where: Sequence[str]) -> dict[str, str]:
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
    return pairs


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
