"""Options that several commands share, declared once; and words about time, read once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from followup.core.timing import add_months
from followup.errors import BadInput

DryRun = Annotated[bool, typer.Option("--dry-run", help="decide everything, then change nothing")]
Format = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="table, json, jsonl or csv")]
Limit = Annotated[int, typer.Option("--limit", "-n", help="at most so many rows; -1: all")]
Cycle = Annotated[str, typer.Option("--cycle", metavar="ALIAS", help="place the contact on this cycle")]
Restart = Annotated[bool, typer.Option("--restart", help="from its first step, even if already on that cycle")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def when(text: str, today: str) -> str:
    """Local text of an ISO date, today, tomorrow, yesterday, a weekday, +3d, -1d, +2w or +1m; with a time or without.

    Raises BadInput for anything else: a guess would put a customer on the wrong day.
    """
    day, _, time = text.strip().lower().replace("t", "T", 1).partition("T") if text[:1].isdigit() else _split(text)
    found = _day(day, date.fromisoformat(today))
    if found is None or not _is_time(time):
        raise BadInput(f"'{text}' is no date: 2026-05-03, today, tomorrow, monday, +3d, +2w, +1m; a time as T14:00")
    return f"{found.isoformat()}T{time.rjust(5, '0')[:5]}" if time else found.isoformat()


def _split(text: str) -> tuple[str, str, str]:
    day, gap, time = text.strip().lower().partition(" ")
    return day, gap, time.strip()


def _day(word: str, today: date) -> date | None:
    word, _, _ = word.partition(" ")
    near = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
    if word in near:
        return today + timedelta(days=near[word])
    if word in DAYS:
        return today + timedelta(days=(DAYS.index(word) - today.weekday() - 1) % 7 + 1)
    if word[:1] in "+-" and word[1:-1].isdigit() and word[-1:] in "dwm" and len(word) < 7:
        number = int(word[:-1])
        return (
            add_months(today, number)
            if word[-1] == "m"
            else today + timedelta(days=number * (7 if word[-1] == "w" else 1))
        )
    try:
        return date.fromisoformat(word) if len(word) == 10 else None
    except ValueError:
        return None


def _is_time(text: str) -> bool:
    hours, _, minutes = text.partition(":")
    if not text:
        return True
    return hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60 and len(minutes) == 2
