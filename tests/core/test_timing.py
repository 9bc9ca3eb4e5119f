"""Local dates, instants and calendars: T1 to T7, T9. Oracles: dateutil and naive counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followup.core.office import Offset
from followup.core.timing import (
    When,
    add_business_days,
    add_days,
    add_months,
    ago,
    days_between,
    local,
    moment,
    place,
    roll_to_work,
    shift,
    today,
    utc_text,
    works,
)
from followup.errors import Refused
from tests.core.building import ZONE, calendar
from tests.properties import examples

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
SECONDS_2024_TO_2030 = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2031, 1, 1, tzinfo=UTC).timestamp()) - 1
)

MINUTES = SECONDS_2024_TO_2030.map(lambda at: at - at % 60)
DATES = st.dates(date(2024, 1, 1), date(2030, 12, 31))
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
OFFICE = calendar(working_days=WEEKDAYS)
FRIDAY, SATURDAY, SUNDAY, MONDAY = "2026-05-08", "2026-05-09", "2026-05-10", "2026-05-11"


def transitions(zone: str) -> list[int]:
    """Every second from 2024 to 2030 at which the offset of `zone` changes, found by checking each day."""
    info, changes = ZoneInfo(zone), []
    at, end = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2031, 1, 1, tzinfo=UTC).timestamp())
    while at < end:
        low, high = at, at + 86400
        if _offset(low, info) != _offset(high, info):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if _offset(middle, info) != _offset(low, info) else (middle, high)
            changes.append(high)
        at += 86400
    return changes


def _offset(at: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, zone).utcoffset()


def due(start: str, offset: tuple[int, str], **how: object) -> str:
    zone = how.pop("zone", ZONE)
    on = how.pop("calendar", calendar(zone=zone))
    return place(moment(start, zone), Offset(*offset), on, **how).due  # type: ignore[arg-type]


# T3: months


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-1000, 1000))
@example(date(2028, 2, 29), 12)
@example(date(2026, 12, 31), 2)
@example(date(2026, 12, 1), 0)
@example(date(2026, 11, 30), 1)
def test_T3_months_match_dateutil(day: date, count: int) -> None:
    assert add_months(day, count) == day + relativedelta(months=count)


def test_T3_months_clamp_to_the_last_day_and_each_counts_from_its_own_anchor() -> None:
    assert [due("2026-01-31", (count, "months")) for count in (1, 2, 3)] == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert due("2028-01-31", (1, "months")) == "2028-02-29"
    assert due("2026-03-31", (-1, "months")) == "2026-02-28"


# T4: business days


@pytest.mark.parametrize("start", [FRIDAY, SATURDAY, SUNDAY])
def test_T4_the_business_day_after_friday_saturday_and_sunday_is_monday(start: str) -> None:
    assert due(start, (1, "business days"), calendar=OFFICE) == MONDAY


@pytest.mark.parametrize(("start", "day"), [(FRIDAY, FRIDAY), (SATURDAY, MONDAY), (SUNDAY, MONDAY), (MONDAY, MONDAY)])
def test_T4_zero_business_days_is_that_day_or_the_next_working_day(start: str, day: str) -> None:
    assert due(start, (0, "business days"), calendar=OFFICE) == day


@pytest.mark.parametrize(
    ("start", "day"), [(MONDAY, FRIDAY), (SUNDAY, FRIDAY), (SATURDAY, FRIDAY), ("2026-05-12", MONDAY)]
)
def test_T4_negative_business_days_count_strictly_before_the_start(start: str, day: str) -> None:
    assert due(start, (-1, "business days"), calendar=OFFICE) == day


def test_T4_holidays_and_days_on_override_the_week() -> None:
    with_exceptions = calendar(working_days=WEEKDAYS, holidays={MONDAY: "Off"}, days_on=[SATURDAY])
    assert works(date(2026, 5, 9), with_exceptions)
    assert not works(date(2026, 5, 11), with_exceptions)
    assert due(FRIDAY, (2, "business days"), calendar=with_exceptions) == "2026-05-12"


@given(
    DATES,
    st.integers(-60, 60),
    st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    st.sets(DATES, max_size=20),
    st.sets(DATES, max_size=20),
)
def test_T4_business_days_match_a_naive_count(
    day: date, count: int, week: set[str], off: set[date], on: set[date]
) -> None:
    schedule = calendar(
        working_days=sorted(week), holidays={x.isoformat(): "off" for x in off}, days_on=[x.isoformat() for x in on]
    )

    def worked(x: date) -> bool:
        return x in on or (x.strftime("%a").lower() in week and x not in off)

    expected, left = day, abs(count)
    while count == 0 and not worked(expected):
        expected += timedelta(1)
    while left:
        expected += timedelta(1 if count > 0 else -1)
        left -= worked(expected)
    assert add_business_days(day, count, schedule) == expected


def test_T4_a_calendar_without_a_working_day_is_an_error_and_not_an_endless_search() -> None:
    with pytest.raises(ValueError, match="no working day"):
        roll_to_work(date(2026, 5, 4), timedelta(1), calendar(working_days=[]))


def test_T4_the_search_for_a_working_day_goes_ten_years_ahead() -> None:
    far = (date(2026, 5, 4) + timedelta(3659)).isoformat()
    assert roll_to_work(date(2026, 5, 4), timedelta(1), calendar(working_days=[], days_on=[far])).isoformat() == far


# T5: rolling and gaps


@pytest.mark.parametrize(
    ("roll", "number", "expected"),
    [
        ("none", 5, SATURDAY),
        ("forward", 5, MONDAY),
        ("back", 5, FRIDAY),
        ("forward", 0, MONDAY),
        ("forward", -2, FRIDAY),
        ("back", -2, FRIDAY),
        ("none", -2, SATURDAY),
    ],
)
def test_T5_a_day_off_is_rolled_and_a_negative_offset_never_rolls_forward(
    roll: str, number: int, expected: str
) -> None:
    start = (date(2026, 5, 9) - timedelta(number)).isoformat()
    placed = place(moment(start, ZONE), Offset(number, "days"), OFFICE, roll=roll)
    assert (placed.due, placed.nominal) == (expected, SATURDAY)
    assert placed.moved_by == (("roll",) if expected != SATURDAY else ())


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        (SATURDAY, 0, MONDAY),
        (SATURDAY, 1, MONDAY),  # Friday is before the Saturday that it counts from
        ("2026-05-10", 0, MONDAY),
        (FRIDAY, 1, FRIDAY),  # not before the day itself
        (FRIDAY, 2, FRIDAY),
    ],
)
def test_T5_rolling_back_never_goes_before_the_start_of_the_offset(start: str, number: int, expected: str) -> None:
    placed = place(moment(start, ZONE), Offset(number, "days"), OFFICE, roll="back")
    assert (placed.due, placed.moved_by) == (expected, ("roll",))
    assert placed.nominal == (date.fromisoformat(start) + timedelta(number)).isoformat()


def test_T5_hours_from_a_moment_never_roll_back_before_its_day() -> None:
    placed = place(moment(f"{SATURDAY}T10:00", ZONE), Offset(2, "hours"), OFFICE, roll="back")
    assert (placed.nominal, placed.due) == (f"{SATURDAY}T12:00", f"{MONDAY}T12:00")


def test_T5_a_working_day_is_not_moved() -> None:
    placed = place(moment(FRIDAY, ZONE), Offset(0, "days"), OFFICE, roll="forward")
    assert (placed.due, placed.moved_by) == (FRIDAY, ())


def test_T5_the_calendar_sets_the_roll_if_the_step_does_not() -> None:
    rolling = calendar(working_days=WEEKDAYS, roll="forward")
    assert due(SATURDAY, (0, "days"), calendar=rolling) == MONDAY
    assert due(SATURDAY, (0, "days"), calendar=rolling, roll="none") == SATURDAY


def test_T5_rolling_keeps_the_time_of_day() -> None:
    placed = place(moment(FRIDAY, ZONE), Offset(1, "days"), OFFICE, at="09:30", roll="forward")
    assert (placed.nominal, placed.due) == ("2026-05-09T09:30", "2026-05-11T09:30")
    assert placed.at == moment("2026-05-11T09:30", ZONE).at


def test_T5_min_gap_moves_the_due_date_before_it_rolls() -> None:
    placed = place(moment(MONDAY, ZONE), Offset(1, "days"), OFFICE, not_before="2026-05-16", roll="forward")
    assert placed[:2] == ("2026-05-12", "2026-05-18")
    assert placed.moved_by == ("min_gap", "roll")


def test_T5_min_gap_moves_nothing_if_the_gap_is_large_enough() -> None:
    placed = place(moment(MONDAY, ZONE), Offset(1, "days"), OFFICE, not_before="2026-05-12")
    assert (placed.due, placed.moved_by) == ("2026-05-12", ())


# T1: clocks


@pytest.mark.parametrize(
    ("unit", "expected"), [("days", "2026-05-07"), ("weeks", "2026-05-25"), ("months", "2026-08-04")]
)
def test_T1_days_and_longer_units_give_a_date_whatever_the_time(unit: str, expected: str) -> None:
    assert due("2026-05-04T23:59", (3, unit)) == expected


def test_T1_a_time_of_day_is_added_to_a_date() -> None:
    placed = place(moment("2026-05-04T23:59", ZONE), Offset(1, "days"), calendar(), at="09:30")
    assert (placed.nominal, placed.due, placed.at) == ("2026-05-05T09:30", "2026-05-05T09:30", 1777998600)


def test_T1_hours_and_minutes_are_elapsed_time_across_a_clock_change() -> None:
    assert due("2026-03-08T01:30", (1, "hours")) == "2026-03-08T03:30"
    assert due("2026-03-07T12:00", (24, "hours")) == "2026-03-08T13:00"
    assert due("2026-03-07T12:00", (1, "days")) == "2026-03-08"
    assert due("2026-05-04T10:00", (90, "minutes")) == "2026-05-04T11:30"


def test_T1_in_an_overlap_elapsed_time_counts_from_the_instant_and_not_the_text() -> None:
    first = moment("2026-11-01T01:30", ZONE)
    second = When(first.text, first.at + 3600)
    assert local(second.at, ZONE).text == first.text
    an_hour = Offset(1, "hours")
    assert place(first, an_hour, calendar()).due == "2026-11-01T01:30"
    assert place(second, an_hour, calendar()).due == "2026-11-01T02:30"


def test_T1_hours_counted_from_a_date_start_at_opening_time() -> None:
    assert due("2026-05-04", (2, "hours")) == "2026-05-04T11:00"


def test_T1_a_time_of_day_does_not_move_an_offset_in_hours() -> None:
    assert due("2026-05-04T10:00", (2, "hours"), at="16:00") == "2026-05-04T12:00"


# T6: gaps and overlaps


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("America/Vancouver", "2026-03-08T02:30", "2026-03-08T03:00"),
        ("America/Vancouver", "2026-03-08T02:00", "2026-03-08T03:00"),
        ("America/Vancouver", "2026-03-08T01:59", "2026-03-08T01:59"),
        ("Africa/Cairo", "2026-04-24T00:15", "2026-04-24T01:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:30"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T00:00"),
    ],
)
def test_T6_a_time_in_a_gap_becomes_the_first_minute_after_it(zone: str, wall: str, expected: str) -> None:
    assert moment(wall, zone).text == expected


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/Vancouver", "2026-11-01T01:30", "2026-11-01T08:30:00Z"),
        ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
    ],
)
def test_T6_a_time_in_an_overlap_is_the_first_of_the_two(zone: str, wall: str, utc: str) -> None:
    assert utc_text(moment(wall, zone).at) == utc


def test_T6_a_day_that_starts_in_a_gap_starts_when_the_gap_ends() -> None:
    start = moment("2026-04-24", "Africa/Cairo")
    assert start.text == "2026-04-24"
    assert local(start.at, "Africa/Cairo").text == "2026-04-24T01:00"


def test_T6_a_day_that_does_not_exist_starts_with_the_next() -> None:
    start = moment("2011-12-30", "Pacific/Apia")
    assert local(start.at, "Pacific/Apia").text == "2011-12-31T00:00"


@settings(max_examples=examples(400))
@given(MINUTES, st.sampled_from(ZONES))
def test_T6_an_instant_reads_the_same_as_the_first_instant_with_that_text(at: int, zone: str) -> None:
    read = local(at, zone)
    again = moment(read.text, zone)
    assert again.text == read.text
    assert again.at <= at
    assert again.at == at or at - again.at <= 3 * 3600  # the second of an overlap


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_T6_every_clock_change_in_every_zone_until_2030_is_right(part: int) -> None:
    for zone in ZONES[part::4]:
        info = ZoneInfo(zone)
        for at in transitions(zone):
            before, after = _offset(at - 1, info), _offset(at, info)
            assert before is not None and after is not None
            wall = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
            if after > before:  # the wall times from `wall + before` up to `wall + after` do not exist
                for missing in (wall + before, wall + after - timedelta(minutes=1)):
                    assert moment(missing.isoformat()[:16], zone) == local(at, zone)
                assert moment((wall + after).isoformat()[:16], zone).at == at
            else:
                twice = (wall + after).isoformat()[:16]
                assert moment(twice, zone).at == at - int((before - after).total_seconds())


@settings(max_examples=examples(300))
@given(MINUTES, MINUTES, st.sampled_from(ZONES))
def test_T6_a_later_wall_time_is_never_an_earlier_instant(one: int, other: int, zone: str) -> None:
    texts = sorted(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M}" for at in (one, other))
    assert moment(texts[0], zone).at <= moment(texts[1], zone).at


@given(DATES, st.sampled_from(ZONES))
def test_T1_a_date_starts_no_later_than_any_minute_of_it(day: date, zone: str) -> None:
    start = moment(day.isoformat(), zone)
    assert start.text == day.isoformat() == today(start.at, zone)
    assert today(start.at - 60, zone) < day.isoformat()


def test_T1_a_moment_is_rounded_down_to_the_minute() -> None:
    read = local(1777998659, ZONE)
    assert read == ("2026-05-05T09:30", 1777998600)
    assert moment("2026-05-05T09:30:59", ZONE) == read


# T9: how far the holidays are known


@pytest.mark.parametrize(
    ("offset", "roll", "until", "unknown"),
    [
        ((1, "business days"), None, "2026-05-11", False),
        ((1, "business days"), None, "2026-05-10", True),
        ((1, "business days"), None, None, False),
        ((1, "days"), None, "2026-05-01", False),
        ((3, "days"), "forward", "2026-05-10", True),
        ((3, "days"), "forward", "2026-05-11", False),
        ((3, "days"), "none", "2026-05-01", False),
    ],
)
def test_T9_a_date_past_the_declared_holidays_is_marked_as_unsure(
    offset: tuple[int, str], roll: str | None, until: str | None, unknown: bool
) -> None:
    observed = calendar(working_days=WEEKDAYS, holidays_until=until)
    assert place(moment(FRIDAY, ZONE), Offset(*offset), observed, roll=roll).unknown_holidays is unknown


def test_T9_rolling_by_the_calendars_default_depends_on_its_holidays() -> None:
    observed = calendar(working_days=WEEKDAYS, holidays_until="2026-05-10", roll="forward")
    assert place(moment(FRIDAY, ZONE), Offset(3, "days"), observed).unknown_holidays


# Small arithmetic


def test_days_between_counts_days_and_not_hours() -> None:
    assert days_between("2026-05-04T23:59", "2026-05-05T00:01") == 1
    assert days_between("2026-05-05", "2026-05-04T12:00") == -1


def test_add_days_keeps_the_time_of_day() -> None:
    assert add_days("2026-02-28T09:30", 1) == "2026-03-01T09:30"
    assert add_days("2026-03-01", -1) == "2026-02-28"


def test_shift_counts_weeks_as_seven_days() -> None:
    assert shift(moment("2026-05-04", ZONE), Offset(2, "weeks"), calendar()) == "2026-05-18"


def test_utc_text_includes_seconds() -> None:
    assert utc_text(1777998659) == "2026-05-05T16:30:59Z"


def test_T9_a_date_rolled_back_onto_the_last_known_day_is_unsure_too() -> None:
    workdays = calendar(holidays_until="2026-12-31", working_days=["mon", "tue", "wed", "thu"], roll="back")
    due = place(When("2026-12-31", 0), Offset(1, "days"), workdays)
    assert (due.nominal, due.due, due.unknown_holidays) == ("2027-01-01", "2026-12-31", True)


@pytest.mark.parametrize("anchor", ["9999-12-31", "2026-05-04"])
def test_a_date_that_cannot_be_computed_is_refused(anchor: str) -> None:
    workdays = calendar(working_days=[] if anchor < "9" else ["mon"])
    with pytest.raises(Refused, match=f"9 business days from {anchor} can't be computed"):
        place(When(anchor, 0), Offset(9, "business days"), workdays)


@pytest.mark.parametrize(
    ("due", "how_long"),
    [
        ("2026-05-11", ""),
        ("2026-05-12", ""),
        ("2026-05-10", "yesterday"),
        ("2026-05-09", "2 days ago"),
        ("2023-05-11", "1,096 days ago"),
        ("2026-05-11T10:00", ""),
        ("2026-05-11T10:01", ""),
        ("2026-05-11T09:59", "1 minute ago"),
        ("2026-05-11T09:01", "59 minutes ago"),
        ("2026-05-11T09:00", "1 hour ago"),
        ("2026-05-11T07:30", "2 hours ago"),
        ("2026-05-10T23:00", "yesterday"),
    ],
)
def test_C5_a_past_due_date_says_how_long_ago_it_was(due: str, how_long: str) -> None:
    assert ago(moment(due, ZONE), moment("2026-05-11T10:00", ZONE)) == how_long


def test_C5_hours_ago_are_elapsed_hours() -> None:
    """On the night when clocks go forward, it's two hours from one to four."""
    assert ago(moment("2026-03-08T01:00", ZONE), moment("2026-03-08T04:00", ZONE)) == "2 hours ago"


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00Z"),
        ("2026-03-08", "America/Havana", "2026-03-08T05:00:00Z"),
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z"),
        ("2024-03-31", "America/Scoresbysund", "2024-03-31T01:00:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("1993-08-21", "Pacific/Kwajalein", "1993-08-21T12:00:00Z"),
    ],
)
def test_T6_a_day_that_starts_in_a_gap_starts_at_the_very_second_the_gap_ends(day: str, zone: str, utc: str) -> None:
    assert utc_text(moment(day, zone).at) == utc
