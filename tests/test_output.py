"""Output: tables like tabulate's that fit the terminal, values that stay unchanged, and readable events."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from io import StringIO
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.core.history import KINDS
from followup.core.worklist import Stranded
from followup.output.page import render_page
from followup.output.render import render
from followup.output.story import story
from followup.output.stranded import render_stranded
from followup.output.table import cut, table, tabulated, width
from followup.output.text import clean, json_text, short

#: Latin, wide (Chinese, Japanese, Korean), a combining accent, emoji, one of them made by a selector, the ellipsis
LETTERS = st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from("äéß王陳あ한글\u0301🙂☎\ufe0f…")
CELL = st.text(alphabet=LETTERS, min_size=1, max_size=12).filter(lambda cell: cell.strip("\u0301\ufe0f"))
NAME = CELL | st.text(alphabet=LETTERS, min_size=1, max_size=300)
DUE = ("id", "due", "late", "tried", "type", "title", "contact", "phone", "cycle", "owner")
ROW = st.tuples(
    st.integers(1, 10**6),
    st.just("2026-05-04T14:00"),
    st.just("3d"),
    st.sampled_from([None, 2]),
    st.sampled_from(["call", "correspondence"]),
    NAME,
    NAME,
    NAME,
    st.sampled_from(["web-registration", None]),
    st.just("tom"),
)
NARROW = st.integers(27, 200)  # room for an id and a little of both texts
ROOM = st.integers(54, 200)  # for a minute too


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.none() | st.integers(10, 60))
def test_our_table_matches_tabulates(rows: list[tuple[str, str, str]], room: int | None) -> None:
    assert table(("id", "due", "title"), rows, room) == tabulated(("id", "due", "title"), rows, room)


@given(st.lists(ROW, min_size=1, max_size=5), NARROW)
def test_no_line_of_a_table_is_wider_than_its_terminal(rows: list[tuple[Any, ...]], room: int) -> None:
    assert max(map(width, table(DUE, rows, room).splitlines())) <= room


@given(st.lists(ROW, min_size=1, max_size=5), ROOM)
def test_ids_and_dates_are_complete_and_titles_and_contacts_are_present(rows: list[tuple[Any, ...]], room: int) -> None:
    head, _, *lines = table(DUE, rows, room).splitlines()
    assert [line.split()[:2] for line in lines] == [[str(row[0]), row[1]] for row in rows]
    assert {"title", "contact"} < set(head.split())


def test_texts_are_cut_before_the_last_columns_are_dropped() -> None:
    who, what = "Bartholomew " * 750, "Keep in touch letter"
    row = (2, "2026-05-04", "", None, "call", what, who, "+1 604 555 0101", "hot", "tom")
    assert table(DUE, [row]).splitlines()[2].count("Bartholomew") == 750
    drawn = {room: table(DUE, [row], room).splitlines() for room in (80, 90)}
    assert drawn[90][0].split() == ["id", "due", "late", "type", "title", "contact", "phone", "cycle"]
    assert drawn[80][2] == "2     2026-05-04          call    Keep in touc…  Bartholomew B…  +1 604 555 0101"


def test_the_attempts_column_appears_only_if_there_were_attempts() -> None:
    rows = [
        (1, "2026-05-04", "", 2, "call", "A", "B", "", "", ""),
        (2, "2026-05-04", "", None, "call", "A", "B", "", "", ""),
    ]
    assert "tried" in table(DUE, rows) and "tried" not in table(DUE, rows[1:])


@given(NAME, st.integers(1, 40))
def test_a_cut_text_is_a_beginning_with_an_ellipsis_and_fits(text: str, room: int) -> None:
    short = cut(text, room)
    assert width(short) <= room
    assert short == text if width(text) <= room else short[-1] == "…" and text.startswith(short[:-1])


def test_an_ellipsis_alone_does_not_load_wcwidth() -> None:
    code = "import sys; from followup.output.table import width; width('Jack Rob…'); print('wcwidth' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


STRANDED = [
    Stranded(
        "li-wei",
        "李" * 9000,
        "tom",
        "off cycle web-registration: stopped",
        "2026-05-04",
        "followup assign li-wei ALIAS",
    )
]


def test_F12_the_fix_for_a_contact_with_no_next_step_is_never_cut() -> None:
    assert render_stranded(STRANDED, 200).splitlines()[2].endswith("2026-05-04  followup assign li-wei ALIAS")
    *rows, fix = render_stranded(STRANDED, 80).splitlines()
    assert fix == "  followup assign li-wei ALIAS" and max(map(width, rows)) <= 80
    assert render_stranded(STRANDED).splitlines()[2].count("李") == 9000


@given(st.text())
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    assert not {category(c) for c in clean(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_direction_override_and_an_escape_are_dropped() -> None:
    assert clean("Eve\x1b[31m\u202ered\nend") == "Eve[31mred end"


@given(st.dictionaries(st.text(), st.text() | st.sampled_from("\x7f\x9b\u200b\u202e\u2066\u2028\U000e0041")))
def test_P6_json_is_read_back_unchanged_and_has_no_invisible_characters(value: dict[str, str]) -> None:
    text = json_text(value)
    assert not {category(c) for c in text.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert json.loads(text) == value


EVE = {"id": "eve", "name": "Eve\x9b31m\u202e\nB", "cycle": None, "active": True}


def csv_of(*items: dict[str, Any], schema: str = "aliases@1", room: int | None = None) -> list[list[str]]:
    text = "".join(line + "\n" for line in render("csv", schema, items, (), "None.", room))
    return list(csv.reader(StringIO(text, newline="")))


def test_P6_csv_keeps_special_characters_in_a_file_and_is_clean_on_a_terminal() -> None:
    assert csv_of(EVE) == [["id", "name", "cycle", "active"], ["eve", "Eve31m\u202e\nB", "", "true"]]
    assert csv_of(EVE, room=80)[1] == ["eve", "Eve31m B", "", "true"]


def test_csv_has_a_header_even_without_rows() -> None:
    assert csv_of() == [["id", "name", "cycle", "active"]]


def test_csv_joins_words_with_semicolons_and_writes_nested_values_as_json() -> None:
    item = {"seq": True, "data": {"why": {"offset": [1, "days"]}}, "by": ["a", "b"], "contact": [[1]]}
    row = csv_of(item, schema="history@1")[1]
    assert row[1] == "true" and row[4] == "a;b" and json.loads(row[-1]) == item["data"] and row[5] == "[[1]]"


DESCRIPTIONS = [
    ("added", None, {"contact": "a", "fields": {"name": "Ann Ono", "first_name": "Ann", "phone": "+1"}}, "Ann Ono, phone +1"),
    (
        "edited",
        None,
        {"fields": {"phone": "+2", "email": None, "source": "web"}, "before": {"phone": "+1", "email": "a@b.c", "source": None}},
        "phone from +1 to +2, email cleared, was a@b.c, source web",
    ),
    ("handed", None, {"owner": "anne", "property": "sea", "before": {"owner": "tom", "property": "sea"}}, "owner from tom to anne"),
    ("closed", None, {"stage": "won", "before": "lead"}, "stage from lead to won"),
    ("removed", None, {"reason": "removed"}, "removed"),
    ("categorised", None, {"alias": "looking"}, "alias looking"),
    ("enrolled", None, {"process": "prospect", "alias": "not-interested"}, "prospect, as not-interested"),
    ("alias-chosen", None, {"alias": "b", "before": "a"}, "alias from a to b"),
    ("round-began", None, {"round": 2, "start": "2026-05-04T09:00"}, "round 2, from 2026-05-04 09:00"),
    ("ended", None, {"enrolment": 1, "on": "2026-05-04", "reason": "replaced"}, "replaced"),
    ("scheduled", 7, {"title": "Call", "due": "2026-05-04T14:00", "owner": "tom", "notes": "n"}, "7 Call, 2026-05-04 14:00, tom, n"),
    ("completed", 7, {"on": "2026-05-04", "outcome": "reached", "notes": "parking", "listing": 3}, "7, reached, parking, listing 3"),
    ("skipped", 7, {"on": "2026-05-04", "reason": "late"}, "7, late"),
    ("not-shown", 7, {"on": "2026-05-04", "reason": "ill"}, "7, ill"),
    ("failed", 7, {"on": "2026-05-04", "reason": "no line"}, "7, no line"),
    ("cancelled", 7, {"on": "2026-05-04", "reason": "replaced"}, "7, replaced"),
    ("rescheduled", 7, {"due": "2026-05-05T14:00", "before": "2026-05-04"}, "7, from 2026-05-04 to 2026-05-05 14:00"),
    ("attempted", 7, {"on": "2026-05-04", "channel": "call", "notes": "busy"}, "7, call, busy"),
    (
        "reassigned",
        7,
        {"owner": "anne", "due": "2026-05-04", "before": {"owner": "tom", "due": "2026-05-04"}},
        "7, owner from tom to anne",
    ),
    ("redated", 7, {"due": "2026-05-05", "before": "2026-05-04"}, "7, from 2026-05-04 to 2026-05-05"),
    ("undone", None, {"change": 4, "contact": None, "enrolments": [], "actions": []}, "change 4"),
    ("applied", None, {"version": 2, "digest": "d", "commit": "abcdef0123456789"}, "version 2, commit abcdef0123"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "action", "data", "line"), DESCRIPTIONS, ids=[kind for kind, *_ in DESCRIPTIONS])
def test_an_event_is_described_on_one_line(kind: str, action: int | None, data: dict[str, Any], line: str) -> None:
    assert story({"kind": kind, "action": action, "data": data}) == line


def test_every_kind_of_event_is_described() -> None:
    assert {kind for kind, *_ in DESCRIPTIONS} == KINDS.keys()


def test_an_action_is_described_with_its_title_if_that_is_available() -> None:
    assert story({"kind": "skipped", "action": 7, "data": {}}, {7: "Welcome call"}) == "7 Welcome call"


EMPTY = dict.fromkeys(("phone", "email", "company", "source", "property", "follow_up", "alias"))
WHO = EMPTY | {
    "id": "ann",
    "name": "Ann",
    "stage": "lead",
    "owner": "tom",
    "do_not_contact": [],
    "cycle": "rest",
    "cycle_since": "2026-05-04",
    "on_hold": True,
    "emails": ["ann2@x.example"],
    "phones": [],
    "details": {"shoe_size": "7"},
    "notes": "Wants parking.\nA second line " + "that is long " * 9,
}


def test_imports_F5_a_contact_page_has_complete_notes_and_own_fields() -> None:
    page = render_page({**WHO, "company": "Acme", "email": "ann@x.example"}, [], [], "2026-08-04", {}, 60)
    head = page.split("\n\n")[0].splitlines()
    assert head[1] == "ann@x.example  ann2@x.example"
    assert "company:        Acme" in head and "shoe size:      7" in head
    assert "notes:          Wants parking." in head
    assert (
        " ".join(" ".join(line.split()) for line in head[head.index("notes:          Wants parking.") + 1 :])
        == ("A second line " + "that is long " * 9).strip()
    )
    assert max(map(len, head)) <= 60


def test_F8_a_hold_is_listed_with_its_age() -> None:
    assert "on hold for 92 days (since 2026-05-04)" in render_page(WHO, [], [], "2026-08-04", {})
    assert "hold" not in render_page({**WHO, "on_hold": False}, [], [], "2026-08-04", {})


def test_a_contact_page_fits_its_terminal_and_has_the_complete_id() -> None:
    head = render_page({**WHO, "name": "王" * 9000}, [], [], "2026-08-04", {}, 80).splitlines()[0]
    assert width(head) <= 80 and head.endswith("… (ann)")


def test_a_very_long_name_is_cut_in_the_middle_of_an_answer() -> None:
    text = short("Eve " + "x" * 10_000 + " (eve-1)")
    assert text.startswith("Eve xxx") and text.endswith(" (eve-1)") and len(text) <= 90
    assert short("Jane Smith (jane-smith)") == "Jane Smith (jane-smith)" and "\x1b" not in short("a\x1b" * 100)
