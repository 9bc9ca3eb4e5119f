"""Dates as users type them: each becomes one local date, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.cli.typed_dates import when
from followup.core.timing import moment
from followup.errors import BadInput
from tests.core.building import ZONE, calendar

FRIDAY = moment("2026-05-01T09:30", ZONE)
OFFICE = calendar(working_days=["mon", "tue", "wed", "thu", "fri"], holidays=["2026-05-04"])


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("today", "2026-05-01"),
        ("Tomorrow", "2026-05-02"),
        ("yesterday", "2026-04-30"),
        ("now", "2026-05-01T09:30"),
        ("monday", "2026-05-04"),
        ("friday", "2026-05-08"),  # next week: `today` means today
        ("thu", "2026-05-07"),
        ("+3d", "2026-05-04"),
        ("-2d", "2026-04-29"),
        ("+2w", "2026-05-15"),
        ("+1m", "2026-06-01"),
        ("+1bd", "2026-05-05"),  # Monday is a holiday
        ("-1bd", "2026-04-30"),
        ("2026-05-03", "2026-05-03"),
        ("2026-05-03T14:00", "2026-05-03T14:00"),
        ("2026-05-03 9:05", "2026-05-03T09:05"),
        ("monday 14:00", "2026-05-04T14:00"),
        ("+2bd  8:00", "2026-05-06T08:00"),
        ("14:00", "2026-05-01T14:00"),
        ("2026-05-03T14:00Z", "2026-05-03T07:00"),
        ("2026-05-03T14:00+02:00", "2026-05-03T05:00"),
    ],
)
def test_a_date_is_read_in_its_owners_time_zone_and_calendar(text: str, date: str) -> None:
    assert when(text, FRIDAY, OFFICE) == date


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2026-02-30", "2026-5-3", "03/04/2026", "someday", "m", "+3", "+d", "+3y", "25:00", "9:60", "monday 2pm",
        "0001-01-01", "9999-12-31", "+99999m", "+99999d", "-99999d", "2200-01-01", "1969-12-31", "+1bdx", "today tomorrow",
        "2026-05-03T", "T14:00 T15:00", "\u0661\u0664:\u0660\u0660", "9999-12-31T23:00-12:00",
    ],
)  # fmt: skip
def test_an_invalid_date_is_refused_with_the_valid_formats(text: str) -> None:
    with pytest.raises(BadInput, match="isn't a date: use 2026-05-03, today"):
        when(text, FRIDAY, OFFICE)


@given(st.text(max_size=12) | st.from_regex(r"[+-]\d{1,5}(bd|d|w|m)", fullmatch=True))
def test_any_text_is_read_as_a_date_or_refused(text: str) -> None:
    try:
        date = when(text, FRIDAY, OFFICE)
    except BadInput:
        return
    assert moment(date, ZONE).text == date or "T" in date  # a skipped time is resolved when it is used (T6)
