"""`30 dyas` means `30 days`: the most likely value is suggested, in a form that can be pasted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.catalog.load import load
from followup.catalog.near_misses import GUESSES, nearest_value
from tests.catalog.test_schema import SCHEMA

DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]
PATTERNS = {
    "offset": "offset",
    "min_gap": "gap",
    "at": "clock",
    "hours": "hours",
    "working_days": "working_days",
    "anchor": "anchor",
    "on": "moment",
    "date": "date",
}
SUGGESTIONS = [
    ("offset", "30 dyas", "30 days"),
    ("offset", "30d", "30 days"),
    ("offset", "30 DAYS", "30 days"),
    ("offset", "1 Day", "1 day"),
    ("offset", "1d", "1 day"),
    ("offset", "-1d", "-1 day"),
    ("offset", "+2 days", "2 days"),
    ("offset", "30  days", "30 days"),
    ("offset", "1 year", "12 months"),
    ("offset", "2 yrs", "24 months"),
    ("offset", "99 years", None),
    ("offset", "2w", "2 weeks"),
    ("offset", "2 wks", "2 weeks"),
    ("offset", "3h", "3 hours"),
    ("offset", "90 mins", "90 minutes"),
    ("offset", "2 mo", "2 months"),
    ("offset", "5 working days", "5 business days"),
    ("offset", "5 bd", "5 business days"),
    ("offset", "5 busines days", "5 business days"),
    ("offset", "a week", "1 week"),
    ("offset", "an hour", "1 hour"),
    ("offset", "two days", "2 days"),
    ("offset", "ten days", "10 days"),
    ("offset", "zero days", "0 days"),
    ("offset", "many days", None),
    ("offset", "soon", None),
    ("offset", "5", None),
    ("offset", "12345 days", None),
    ("min_gap", "2d", "2 days"),
    ("min_gap", "2 weeks", None),
    ("at", "9:30", "09:30"),
    ("at", "9.30", "09:30"),
    ("at", "9h30", "09:30"),
    ("at", "9am", "09:00"),
    ("at", "2pm", "14:00"),
    ("at", "2:15 p.m.", "14:15"),
    ("at", "12am", "00:00"),
    ("at", "12 pm", "12:00"),
    ("at", "14", "14:00"),
    ("at", "25:00", None),
    ("at", "noonish", None),
    ("hours", "9-17", "09:00-17:00"),
    ("hours", "9-5", "09:00-17:00"),
    ("hours", "9:30 - 5:30", "09:30-17:30"),
    ("hours", "9am to 5pm", "09:00-17:00"),
    ("hours", "9:00\u201317:30", "09:00-17:30"),
    ("hours", "22-6", "22:00-18:00"),
    ("hours", "9", None),
    ("hours", "9-", None),
    ("hours", "-17", None),
    ("hours", "9-12-17", None),
    ("working_days", "Mon-Fri", "mon-fri"),
    ("working_days", "monday to friday", "mon-fri"),
    ("working_days", "weekdays", "mon-fri"),
    ("working_days", "Tuesday", "tue"),
    ("working_days", "everyday", None),
    ("anchor", "completd", "completed"),
    ("anchor", "Start", "start"),
    ("anchor", "step: first-call", "step:first-call"),
    ("anchor", "step first-call", "step:first-call"),
    ("anchor", "whenever", None),
    ("on", "2026-5-4", "2026-05-04"),
    ("on", "2026/05/04", "2026-05-04"),
    ("on", "2026-05-04 2pm", "2026-05-04T14:00"),
    ("on", "2026-05-04 14:00", "2026-05-04T14:00"),
    ("on", "2026-13-04", None),
    ("on", "5/4/2026", None),
    ("date", "2026-5-4 14:00", None),
    ("offset", f"3 {'d' * 60}", None),
]


@pytest.mark.parametrize(("key", "written", "suggestion"), SUGGESTIONS)
def test_the_most_likely_value_is_suggested(key: str, written: str, suggestion: str | None) -> None:
    answer = nearest_value(key, written, DEFINITIONS[PATTERNS[key]]["pattern"])
    assert answer == (f"; did you mean '{suggestion}'?" if suggestion else "")


@given(st.sampled_from(sorted(GUESSES)), st.text(max_size=30) | st.from_regex("[0-9]{1,3}[:. ]?[a-z-]{0,12}"))
def test_a_suggestion_has_the_form_that_the_key_requires(key: str, written: str) -> None:
    pattern = DEFINITIONS[PATTERNS.get(key, "moment")]["pattern"]
    answer = re.search("did you mean '(.*)'", nearest_value(key, written, pattern))
    assert answer is None or re.search(pattern, answer[1])


def test_other_keys_get_no_suggestion() -> None:
    assert nearest_value("id", "30 dyas", "x") == nearest_value(0, "30 dyas", "x") == ""


def test_A21_the_suggestion_is_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("cycles: {c: {name: C, steps: [{id: a, type: call, offset: 30 dyas}]}}")
    assert "'offset' can't be '30 dyas'; did you mean '30 days'?" in {p.message for p in load(str(tmp_path)).problems}


def test_every_key_with_suggestions_is_a_key_of_the_schema() -> None:
    assert all(f'"{key}":' in json.dumps(SCHEMA) for key in GUESSES)
