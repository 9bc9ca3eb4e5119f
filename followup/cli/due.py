"""`due`: what a rep does today. The most typed command: it loads nothing that it does not use."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from typing import Annotated, Any, Literal

import typer

from followup.app import lists
from followup.app.world import World
from followup.cli.options import Format
from followup.cli.report import show
from followup.cli.settings import world
from followup.cli.words import day
from followup.core.agenda import by_type
from followup.core.rows import ActionRow
from followup.core.timing import add_days
from followup.errors import Refused, UsageError
from followup.output.render import render
from followup.output.table import table

app = typer.Typer()
COLUMNS = ("id", "due", "late", "type", "title", "contact", "phone", "cycle")


@app.command()
def due(
    ctx: typer.Context,
    on: Annotated[str, typer.Argument(metavar="[WHEN]", help="the day to look at")] = "today",
    by: Annotated[Literal["type"] | None, typer.Option("--by", help="group, with counts")] = None,
    type: Annotated[str, typer.Option("--type", help="only this action type")] = "",
    category: Annotated[str, typer.Option("--category", help="only this category")] = "",
    cycle: Annotated[str, typer.Option("--cycle", help="only this cycle")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="later ones too, up to this day")] = "",
    upcoming: Annotated[str, typer.Option("--upcoming", metavar="7d", help="later ones too, so many days")] = "",
    status: Annotated[Literal["pending", "completed", "all"], typer.Option("--status", help="which")] = "pending",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone whom you see")] = False,
    user_of: Annotated[str, typer.Option("--user-of", metavar="USER", help="this user's")] = "",
    format: Format = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="exit 1 if anything is due")] = False,
) -> None:
    """Your due actions: overdue and today."""
    with world(ctx) as here:
        kinds = {"type": "action_type", "category": "category", "cycle": "cycle"}
        words = {"type": type, "category": category, "cycle": cycle}
        filters = {key: here.one(kinds[key], word) for key, word in words.items() if word}
        rows = _rows(here, _last_day(here, on, until, upcoming), status, all_users, user_of, filters)
        show(_drawn(rows, here.today, by, format, all_users))
        if exit_code and rows:
            raise typer.Exit(1)


def _last_day(here: World, text: str, until: str, upcoming: str) -> str:
    if not upcoming:
        return day(here, until or text, here.user.id)[:10]
    if not (upcoming.removesuffix("d").isdecimal() and len(upcoming) < 6):
        raise UsageError(f"--upcoming takes days, as 7d: not '{upcoming}'")
    return add_days(here.today, int(upcoming.removesuffix("d")))


def _rows(
    here: World, last: str, status: str, all_users: bool, user_of: str, filters: dict[str, Any]
) -> list[ActionRow]:
    owner = here.one("user", user_of) if user_of else here.user.id
    if user_of and owner not in here.seen_users():
        raise Refused(f"{owner}'s list is not yours to see (F20)")
    if status == "pending" and not all_users:
        return lists.due(here, owner, last, **filters)
    wanted = {"pending": "scheduled", "all": None}.get(status, status)
    before = add_days(last, 1)
    return lists.search(here, status=wanted, before=before, owner=None if all_users else owner, **filters)


def _drawn(rows: list[ActionRow], today: str, by: str | None, format: str, all_users: bool) -> Iterator[str]:
    if format != "table":
        return render(format, "due@1", (row.item(today) for row in rows), (), "")
    if by and rows:
        groups = (f"{name} ({len(group)})\n{_table(group, today, all_users)}" for name, group in by_type(rows))
        return iter(["\n\n".join(groups)])
    return iter([_table(rows, today, all_users)])


def _table(rows: list[ActionRow], today: str, all_users: bool) -> str:
    """As many columns as the terminal has room for; the last ones are the least."""
    if not rows:
        return "Nothing due."
    columns: Sequence[str] = (*COLUMNS, "owner") if all_users else COLUMNS
    drawn = _cells(rows, today, columns)
    while sys.stdout.isatty() and len(columns) > 6 and _width(drawn) > get_terminal_size().columns:
        columns = columns[:-1]
        drawn = _cells(rows, today, columns)
    return drawn


def _cells(rows: list[ActionRow], today: str, columns: Sequence[str]) -> str:
    items = [{**row._asdict(), "late": _late(row.late(today)), "contact": row.contact_name} for row in rows]
    return table(columns, [[item[column] for column in columns] for item in items])


def _width(text: str) -> int:
    return max(map(len, text.splitlines()))


def _late(days: int) -> str:
    return f"{days}d" if days else ""
