"""`due`: what a rep does today. The most typed command: it loads nothing that it does not use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import add
from typing import Annotated, Any, Literal, NamedTuple

import typer

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.options import Format
from followup.cli.report import room, show
from followup.cli.settings import world
from followup.cli.words import day
from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.timing import add_days
from followup.core.worklist import by_type
from followup.errors import Refused, UsageError
from followup.output.render import render
from followup.output.table import table
from followup.output.text import clean

app = typer.Typer()
COLUMNS = ("id", "due", "late", "tried", "type", "title", "contact", "phone", "cycle")


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
        filter = DueFilter(
            here.one("action_type", type) if type else None,
            here.one("category", category) if category else None,
            here.one("cycle", cycle) if cycle else None,
        )
        wanted = Wanted(on, until, upcoming, status)
        rows = _rows(here, wanted, _owners(here, all_users, user_of), filter)
        show(_drawn(here, rows, by, format, all_users))
        if exit_code and rows:
            raise typer.Exit(1)


class Wanted(NamedTuple):
    """Which days, as typed, and which status."""

    on: str
    until: str
    upcoming: str
    status: str

    def last_day(self, here: Session, owner: str | None) -> str:
        """The last local day of the owner's that is asked for."""
        if not self.upcoming:
            return day(here, self.until or self.on, owner)[:10]
        if not (self.upcoming.removesuffix("d").isdecimal() and len(self.upcoming) < 6):
            raise UsageError(f"--upcoming takes days, as 7d: not '{self.upcoming}'")
        return add_days(here.clock(owner).day, int(self.upcoming.removesuffix("d")))

    def hides(self, here: Session, row: ActionRow) -> bool:
        """What is timed for later today, in an office that shows it at its moment (P5)."""
        return not self.upcoming and not self.until and len(row.due) > 10 and row.due > here.clock(row.owner).text


def _owners(here: Session, all_users: bool, user_of: str) -> list[str | None]:
    """Whose lists: yours, one other's, or everyone's whom you see, and what nobody owns (F20)."""
    if all_users:
        return [*here.seen_users(), *([None] if here.user.sees_widely() else [])]
    if user_of and (owner := here.one("user", user_of)) not in here.seen_users():
        raise Refused(f"{owner}'s list is not yours to see (F20)")
    return [here.one("user", user_of) if user_of else here.user.id]


def _rows(here: Session, wanted: Wanted, owners: list[str | None], filter: DueFilter) -> list[ActionRow]:
    """Each owner's, up to their own day; of several, by the instant (T1, T8)."""
    found: list[ActionRow] = []
    for owner in owners:
        last = wanted.last_day(here, owner)
        if wanted.status == "pending":
            found += action_lists.due(here, owner, last, filter)
        elif owner:
            status = None if wanted.status == "all" else wanted.status
            found += action_lists.search(here, _wider(filter, owner, status, add_days(last, 1)))
    if here.shows_moments:
        found = [row for row in found if not wanted.hides(here, row)]
    return found if len(owners) == 1 else sorted(found, key=lambda row: row.at)


def _wider(filter: DueFilter, owner: str, status: str | None, before: str) -> ActionFilter:
    """The same for actions of another status, which no due list has."""
    return ActionFilter(
        type=filter.type, category=filter.category, cycle=filter.cycle, owner=owner, status=status, before=before
    )


def _drawn(here: Session, rows: list[ActionRow], by: str | None, format: str, all_users: bool) -> Iterator[str]:
    if format != "table":
        return render(format, "due@1", (row.item(here.clock(row.owner).day) for row in rows), (), "", room())
    if not rows:
        return iter(["Nothing due."])
    names = lookup.type_names(here)
    groups = by_type(rows) if by else [("", rows)]
    heads = [f"{clean(names.get(type_, type_))} ({len(group)})\n" if by else "" for type_, group in groups]
    tables = [_table(here, group, all_users, names) for _, group in groups]
    return iter(["\n\n".join(map(add, heads, tables))])


def _table(here: Session, rows: list[ActionRow], all_users: bool, names: Mapping[str, str]) -> str:
    columns: Sequence[str] = (*COLUMNS, "owner") if all_users else COLUMNS
    items = [_item(row, row.late(here.clock(row.owner).day), names) for row in rows]
    return table(columns, [[item[column] for column in columns] for item in items], room())


def _item(row: ActionRow, late: int, names: Mapping[str, str]) -> dict[str, Any]:
    """What people read of it."""
    return {
        **row._asdict(),
        "late": f"{late}d" if late else None,
        "tried": row.attempts or None,
        "type": names.get(row.type, row.type),
        "contact": row.contact_name,
    }
