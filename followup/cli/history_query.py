"""`history`: all events, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from followup.app import history_lists, named_contacts
from followup.cli.command_session import opened
from followup.cli.options import LAST_ID, Format
from followup.cli.printing import print_lines, row_limit, terminal_width
from followup.core.model import contact_subject
from followup.core.timing import readable
from followup.output.render import render
from followup.output.story import story

if TYPE_CHECKING:
    from followup.core.list_rows import HistoryItem

app = typer.Typer()


@app.command()
def history(
    ctx: typer.Context,
    contact: Annotated[
        str | None, typer.Argument(metavar="[CONTACT]", help="only this contact (default: everything)")
    ] = None,
    change: Annotated[
        int | None, typer.Option("--change", metavar="N", min=1, max=LAST_ID, help="only what this change did")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=-1, max=LAST_ID, help="only the last N; -1 for all")] = -1,
    format: Format = "table",
) -> None:
    """Show the history, oldest first."""
    with opened(ctx) as session:
        subject = contact_subject(named_contacts.contact_id(session, contact)) if contact else None
        rows = history_lists.history(session, subject, change, row_limit(limit, format))
        items: Iterable[Mapping[str, object]] = map(_for_people, rows) if format == "table" else rows
        columns = ("change", "at", "by", *(() if subject else ("subject",)), "what", "details")
        print_lines(render(format, "history@1", items, columns, "Nothing has happened yet.", terminal_width()))


def _for_people(item: HistoryItem) -> dict[str, object]:
    at = readable(item["at"][:16]) + "Z"
    return {**item, "at": at, "what": item["kind"], "details": story(item)}
