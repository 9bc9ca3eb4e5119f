"""Computes due dates: an anchor, an offset and a calendar in; nominal, due and instant out.

A due is local text for people ("2026-05-03" or "2026-05-03T14:00", in the owner's zone) and a UTC instant for
machines (seconds since 1970, always on a full minute; for a date, the start of its day). Rules T1 to T6.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from followup.core.office import ELAPSED_MINUTES, Calendar, Offset
from followup.errors import NoTimeZone, Refused

ONE_DAY = timedelta(days=1)
#: the years that a typed date can be in
TYPED_YEARS = range(1970, 2200)


class When(NamedTuple):
    """A local date, or date and minute, with its instant."""

    text: str
    at: int

    @property
    def day(self) -> str:
        return self.text[:10]


class Due(NamedTuple):
    """The result of `place`. `nominal`: what later dates count from (T5); `moved_by`: what moved it to `due`."""

    nominal: str
    due: str
    at: int
    moved_by: tuple[str, ...] = ()
    unknown_holidays: bool = False  # T9: the date is after the last day with declared holidays


def zone_info(zone: str) -> ZoneInfo:
    """The clock of a zone. Raises NoTimeZone: what one machine applied another may not know."""
    try:
        return ZoneInfo(zone)
    except (ValueError, LookupError, OSError):  # a folder of the database answers with an OSError
        hint = "install the database (`pip install --upgrade tzdata`), or check PYTHONTZPATH"
        raise NoTimeZone(f"this machine has no time zone '{zone}': {hint}") from None


@lru_cache(maxsize=1024)
def local(at: int, zone: str) -> When:
    """The moment `at` as local time in `zone`, to the minute."""
    at -= at % 60
    return When(f"{datetime.fromtimestamp(at, zone_info(zone)):%Y-%m-%dT%H:%M}", at)


def today(at: int, zone: str) -> str:
    """The local date at the moment `at`."""
    return local(at, zone).day


def moment(text: str, zone: str) -> When:
    """Local text as a When: a date starts with its day; T6 resolves a local time in a gap or an overlap."""
    if len(text) == 10:
        return When(text, _instant(text, zone))
    return local(_instant(text, zone), zone)


@lru_cache(maxsize=4096)
def _instant(text: str, zone: str) -> int:
    """T6: in a gap, the first minute after it; in an overlap, the first of the two."""
    info, wall = zone_info(zone), datetime.fromisoformat(text)
    first = int(wall.replace(tzinfo=info).timestamp())
    if datetime.fromtimestamp(first, info).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(int(wall.replace(tzinfo=info, fold=1).timestamp()), first, info)


def _end_of_gap(before: int, after: int, zone: ZoneInfo) -> int:
    """The first second in (before, after] with the same UTC offset as `after`."""
    target = datetime.fromtimestamp(after, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == target:
            after = middle
        else:
            before = middle
    return after


def works(day: date, calendar: Calendar) -> bool:
    """Whether `day` is a working day: declared exceptions take precedence over the week (T4)."""
    iso = day.isoformat()
    if iso in calendar.days_on:
        return True
    return day.weekday() in calendar.working_days and iso not in calendar.days_off


def add_months(day: date, count: int) -> date:
    """T3: limited to the month's last day, and always counted from `day` itself."""
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    last = date(year, (month + 1) % 12 + 1, 1) - ONE_DAY  # for December that of the year before: the 31st as well
    return date(year, month + 1, min(day.day, last.day))


def add_business_days(day: date, count: int, calendar: Calendar) -> date:
    """T4: counts from the day after `day`; 0 means `day` itself if it is worked, else the next working day."""
    if count == 0:
        return roll_to_work(day, ONE_DAY, calendar)
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day = roll_to_work(day + step, step, calendar)
    return day


def roll_to_work(day: date, step: timedelta, calendar: Calendar) -> date:
    """`day`, or the next working day in the direction of `step`; gives up after ten years without one."""
    for _ in range(3660):
        if works(day, calendar):
            return day
        day += step
    raise ValueError("the calendar has no working days")


def shift(anchor: When, offset: Offset, calendar: Calendar) -> When | str:
    """`offset` from `anchor`: local date text for days and longer units, a When for minutes and hours (T1)."""
    if offset.unit in ELAPSED_MINUTES:
        start = anchor if len(anchor.text) > 10 else moment(f"{anchor.text}T{calendar.opens}", calendar.zone)
        return local(start.at + 60 * offset.number * ELAPSED_MINUTES[offset.unit], calendar.zone)
    day = date.fromisoformat(anchor.day)
    if offset.unit == "months":
        return add_months(day, offset.number).isoformat()
    if offset.unit == "business days":
        return add_business_days(day, offset.number, calendar).isoformat()
    return (day + ONE_DAY * offset.number * (7 if offset.unit == "weeks" else 1)).isoformat()


@lru_cache(maxsize=8192)
def place(
    anchor: When,
    offset: Offset,
    calendar: Calendar,
    at: str | None = None,
    roll: str | None = None,
    not_before: str | None = None,
) -> Due:
    """The due of a step.

    `at`: a local HH:MM to add to a date (T1). `roll`: none, forward or back; None: the calendar's (T5).
    `not_before`: the first local date that `min_gap` allows (T5). Only the due moves; the nominal stays.
    Raises Refused if there is no such date or working day.
    """
    try:
        return _placed(anchor, offset, calendar, at, roll, not_before)
    except (OverflowError, ValueError) as error:
        raise Refused(f"{offset} from {anchor.text} can't be computed: {error}") from error


def _placed(
    anchor: When, offset: Offset, calendar: Calendar, at: str | None, roll: str | None, not_before: str | None
) -> Due:
    shifted = shift(anchor, offset, calendar)
    nominal = shifted if isinstance(shifted, When) else _at_time(shifted, at, calendar.zone)
    due = nominal
    moved_by: tuple[str, ...] = ()
    if not_before is not None and nominal.day < not_before:
        due, moved_by = _on_day(nominal, not_before, calendar.zone), ("min_gap",)
    rolled = _rolled(due.day, anchor.day, roll or calendar.roll, offset, calendar)
    if rolled != due.day:
        due, moved_by = _on_day(due, rolled, calendar.zone), (*moved_by, "roll")
    return Due(
        nominal.text,
        due.text,
        due.at,
        moved_by,
        _past_known_holidays(offset, roll, max(nominal.day, due.day), calendar),
    )


def put_off(due: Due, days: int, calendar: Calendar) -> Due:
    """`due` moved by `days` working days; its time of day and nominal stay (E2, stagger)."""
    if days == 0:
        return due
    later = _on_day(
        When(due.due, due.at),
        add_business_days(date.fromisoformat(due.due[:10]), days, calendar).isoformat(),
        calendar.zone,
    )
    return due._replace(due=later.text, at=later.at, moved_by=(*due.moved_by, "stagger"))


def _at_time(day: str, at: str | None, zone: str) -> When:
    return moment(f"{day}T{at}" if at else day, zone)


def _on_day(when: When, day: str, zone: str) -> When:
    return moment(day + when.text[10:], zone)


def _rolled(day: str, start: str, roll: str, offset: Offset, calendar: Calendar) -> str:
    """T5: a negative offset never rolls forward, since what it must precede would be missed; it rolls back.

    Any other never rolls back past `start`, the day that it counts from, or it would be late from the beginning: where
    no day from `start` on is worked, it rolls forward.
    """
    if roll == "none":
        return day
    if offset.number < 0:
        return _worked(day, -ONE_DAY, calendar)
    back = _worked(day, -ONE_DAY, calendar) if roll == "back" else ""
    return back if back >= start else _worked(day, ONE_DAY, calendar)


def _worked(day: str, step: timedelta, calendar: Calendar) -> str:
    return roll_to_work(date.fromisoformat(day), step, calendar).isoformat()


def _past_known_holidays(offset: Offset, roll: str | None, day: str, calendar: Calendar) -> bool:
    observed = offset.unit == "business days" or (roll or calendar.roll) != "none"
    return observed and calendar.known_until is not None and day > calendar.known_until


def day_end(day: str, zone: str) -> int:
    """The instant at which a local date ends."""
    return moment(add_days(day, 1), zone).at


def days_between(earlier: str, later: str) -> int:
    """Local days from one ISO text to another; times of day are ignored."""
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def add_days(text: str, count: int) -> str:
    """ISO text moved by a number of local days; its time of day stays."""
    return (date.fromisoformat(text[:10]) + ONE_DAY * count).isoformat() + text[10:]


def day_of(utc: str, zone: str) -> str:
    """The local date in `zone` of a UTC ISO text in the format of `utc_text`."""
    return today(int(datetime.fromisoformat(utc).timestamp()), zone)


def ago(due: When, now: When) -> str:
    """How long before `now` `due` was, in words; nothing where it is not past. Both as the same clock shows them: a
    date has passed when its day is over."""
    if days := max(days_between(due.text, now.text), 0):
        return "yesterday" if days == 1 else f"{days:,} days ago"
    minutes = (now.at - due.at) // 60
    if len(due.text) == 10 or minutes <= 0:
        return ""
    number, unit = (minutes // 60, "hour") if minutes >= 60 else (minutes, "minute")
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def readable(text: str) -> str:
    """ISO text in readable form: `2026-05-03 14:00`."""
    return text.replace("T", " ")


@lru_cache(maxsize=64)
def utc_text(at: int) -> str:
    """An instant as UTC ISO text, as in the history."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
