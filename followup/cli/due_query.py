"""`due`: today's actions. The most used command, so it loads nothing that it doesn't need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import add
from typing import Annotated, Literal, NamedTuple

import typer

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.arguments import day, one_of
from followup.cli.command_session import opened
from followup.cli.options import Format, ListFormat
from followup.cli.printing import print_lines, terminal_width
from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.timing import add_days
from followup.core.worklist import by_type
from followup.errors import Refused, UsageError
from followup.output.render import render
from followup.output.table import table
from followup.output.text import clean

app = typer.Typer()
COLUMNS = ("id", "due", "late", "tried", "flag", "type", "title", "contact", "phone", "cycle")
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="also actions due up to this day")]
Upcoming = Annotated[str | None, typer.Option("--upcoming", metavar="7d", help="also actions due in the next N days")]


@app.command()
def due(
    ctx: typer.Context,
    on: Annotated[str, typer.Argument(metavar="[WHEN]", help="the day to show")] = "today",
    by: Annotated[Literal["type"] | None, typer.Option("--by", help="group by this, with counts")] = None,
    type: Annotated[str | None, typer.Option("--type", help="only this action type")] = None,
    category: Annotated[str | None, typer.Option("--category", help="only this category")] = None,
    cycle: Annotated[str | None, typer.Option("--cycle", help="only this cycle")] = None,
    until: Until = None,
    upcoming: Upcoming = None,
    status: Annotated[
        Literal["pending", "completed", "all"], typer.Option("--status", help="open, done or both")
    ] = "pending",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone you can see")] = False,
    user_of: Annotated[str | None, typer.Option("--user-of", metavar="USER", help="the list of this user")] = None,
    format: Format = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="exit 1 if anything is due")] = False,
) -> None:
    """List due actions: overdue and today."""
    with opened(ctx) as session:
        filter = DueFilter(
            type=one_of(session, "action_type", type),
            category=one_of(session, "category", category),
            cycle=one_of(session, "cycle", cycle),
        )
        period = Period(on, until, upcoming, status)
        rows = _rows(session, period, _owners(session, all_users, user_of), filter)
        print_lines(_rendered(session, rows, by, format, all_users))
        if exit_code and rows:
            raise typer.Exit(1)


class Period(NamedTuple):
    """The days, as typed, and the status."""

    on: str
    until: str | None
    upcoming: str | None
    status: str

    def last_day(self, session: Session, owner: str | None) -> str:
        """The last day to list, in the owner's zone."""
        if not self.upcoming:
            return day(session, self.until or self.on, owner)[:10]
        days = self.upcoming.removesuffix("d")
        if not (days.isdecimal() and len(self.upcoming) < 6):
            raise UsageError(f"--upcoming needs days, such as 7d, not '{self.upcoming}'")
        return add_days(session.clock(owner).day, int(days))

    def hides(self, session: Session, row: ActionRow) -> bool:
        """Whether to hide an action timed for later today, in an office that shows it at its time (P5)."""
        return not self.upcoming and not self.until and len(row.due) > 10 and row.due > session.clock(row.owner).text


def _owners(session: Session, all_users: bool, user_of: str | None) -> list[str | None]:
    """Owners to list: you, one other user, or all users you can see, and None for actions without an owner (F20)."""
    if all_users:
        return [*session.seen_users(), *([None] if session.user.sees_widely() else [])]
    if user_of and (owner := lookup.one(session, "user", user_of)) not in session.seen_users():
        raise Refused(f"you don't have access to {session.users[owner].name}'s list")
    return [lookup.one(session, "user", user_of) if user_of else session.user.id]


def _rows(session: Session, period: Period, owners: Sequence[str | None], filter: DueFilter) -> list[ActionRow]:
    """Each owner's actions up to their own local day; for several owners sorted by instant (T1, T8)."""
    rows = [row for owner in owners for row in _rows_of(session, period, owner, filter)]
    if session.shows_moments:
        rows = [row for row in rows if not period.hides(session, row)]
    return rows if len(owners) == 1 else sorted(rows, key=lambda row: row.at)


def _rows_of(session: Session, period: Period, owner: str | None, filter: DueFilter) -> Sequence[ActionRow]:
    last = period.last_day(session, owner)
    if period.status == "pending":
        return action_lists.due(session, owner, last, filter)
    if owner is None:  # actions without an owner are never completed
        return ()
    status = None if period.status == "all" else period.status
    return action_lists.search(session, _search_filter(filter, owner, status, add_days(last, 1)))


def _search_filter(filter: DueFilter, owner: str, status: str | None, before: str) -> ActionFilter:
    """The same filter for other statuses, which due lists don't have."""
    return ActionFilter(
        type=filter.type, category=filter.category, cycle=filter.cycle, owner=owner, status=status, before=before
    )


def _rendered(
    session: Session, rows: Sequence[ActionRow], by: str | None, format: ListFormat, all_users: bool
) -> Iterator[str]:
    if format != "table":
        items = (row.item(session.clock(row.owner).day) for row in rows)
        return render(format, "due@1", items, (), "", terminal_width())
    if not rows:
        return iter(["Nothing due."])
    names = lookup.type_names(session)
    groups = by_type(rows) if by else [("", rows)]
    heads = [f"{clean(names.get(type_, type_))} ({len(group)})\n" if by else "" for type_, group in groups]
    tables = [_table(session, group, all_users, names) for _, group in groups]
    return iter(["\n\n".join(map(add, heads, tables))])


def _table(session: Session, rows: Sequence[ActionRow], all_users: bool, names: Mapping[str, str]) -> str:
    columns: Sequence[str] = (*COLUMNS, "owner") if all_users else COLUMNS
    items = [_for_people(row, row.late(session.clock(row.owner).day), names) for row in rows]
    return table(columns, [[item[column] for column in columns] for item in items], terminal_width())


def _for_people(row: ActionRow, late: int, names: Mapping[str, str]) -> dict[str, object]:
    return {
        **row._asdict(),
        "late": f"{late}d" if late else None,
        "tried": row.attempts or None,
        "flag": row.barred or None,
        "type": names.get(row.type, row.type),
        "contact": row.contact_name,
    }
