"""`due`: what a rep does today. The most typed command: it loads nothing that it does not use."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from followup.app import lists
from followup.app.world import World
from followup.cli.options import Format, when
from followup.cli.settings import world
from followup.core.agenda import by_type
from followup.core.rows import ActionRow
from followup.core.timing import add_days
from followup.errors import Refused, UsageError
from followup.output.render import render

app = typer.Typer()
COLUMNS = ("id", "due", "late", "type", "title", "contact", "phone", "cycle")


@app.command()
def due(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="[WHEN]", help="the day to look at")] = "today",
    by: Annotated[str, typer.Option("--by", metavar="type", help="group, with counts")] = "",
    type: Annotated[str, typer.Option("--type", help="only this action type")] = "",
    category: Annotated[str, typer.Option("--category", help="only this category")] = "",
    cycle: Annotated[str, typer.Option("--cycle", help="only this cycle")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="later ones too, up to this day")] = "",
    upcoming: Annotated[str, typer.Option("--upcoming", metavar="7d", help="later ones too, so many days")] = "",
    status: Annotated[str, typer.Option("--status", help="pending, completed or all")] = "pending",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone whom you see")] = False,
    user_of: Annotated[str, typer.Option("--user-of", metavar="ID", help="this user's")] = "",
    format: Format = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="exit 1 if anything is due")] = False,
) -> None:
    """Your due actions: overdue and today."""
    with world(ctx) as here:
        last = _last_day(here, day, until, upcoming)
        filters: dict[str, Any] = {"type": type or None, "category": category or None, "cycle": cycle or None}
        rows = _rows(here, last, status, all_users, user_of, filters)
        typer.echo(_drawn(rows, here.today, by, format, all_users))
        if exit_code and rows:
            raise typer.Exit(1)


def _last_day(here: World, day: str, until: str, upcoming: str) -> str:
    if not upcoming:
        return when(until or day, here.today)[:10]
    if not upcoming.removesuffix("d").isdigit():
        raise UsageError(f"--upcoming takes days, as 7d: not '{upcoming}'")
    return add_days(here.today, int(upcoming.removesuffix("d")))


def _rows(
    here: World, last: str, status: str, all_users: bool, user_of: str, filters: dict[str, Any]
) -> list[ActionRow]:
    owner = here.one("user", user_of) if user_of else here.user.id
    team, _ = here.reach() if user_of else (None, False)
    if team is not None and owner not in team:
        raise Refused(f"{owner}'s list is not yours to see (F20)")
    if status == "pending" and not all_users:
        return lists.due(here, owner, last, **filters)
    wanted = {"pending": "scheduled", "completed": "completed", "all": None}
    if status not in wanted:
        raise UsageError(f"--status is pending, completed or all: not '{status}'")
    before = add_days(last, 1)
    return lists.search(here, status=wanted[status], before=before, owner=None if all_users else owner, **filters)


def _drawn(rows: list[ActionRow], today: str, by: str, format: str, all_users: bool) -> str:
    if by not in ("", "type"):
        raise UsageError(f"--by type, not '{by}'")
    if format != "table":
        return render(format, "due@1", [row.item(today) for row in rows], (), "")
    if by:
        groups = [f"{name} ({len(group)})\n{_table(group, today, all_users)}" for name, group in by_type(rows)]
        return "\n\n".join(groups) or "Nothing due."
    return _table(rows, today, all_users)


def _table(rows: list[ActionRow], today: str, all_users: bool) -> str:
    items = [{**row._asdict(), "late": _late(row.late(today)), "contact": row.contact_name} for row in rows]
    columns: tuple[str, ...] = (*COLUMNS, "owner") if all_users else COLUMNS
    drawn = render("table", "", items, columns, "Nothing due.", plain=True)
    while sys.stdout.isatty() and len(columns) > 6 and _width(drawn) > get_terminal_size().columns:
        columns = columns[:-1]
        drawn = render("table", "", items, columns, "Nothing due.", plain=True)
    return drawn


def _width(text: str) -> int:
    return max(map(len, text.splitlines()))


def _late(days: int) -> str:
    return f"{days}d" if days else ""
