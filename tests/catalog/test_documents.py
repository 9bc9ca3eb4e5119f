"""Documents have one form per meaning and every default, and the core builds its office from them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.catalog import builtin
from followup.catalog.checks import templates
from followup.catalog.load import Catalog, digest, load
from followup.catalog.notation import days, offset, weekdays
from followup.catalog.renames import resolved, rings
from followup.catalog.shipped import shipped
from followup.core import office as core
from followup.core import office_documents
from followup.core.permission import NEEDS

OFFICE = "office: {name: Example, zone: America/Vancouver}\n"
USERS = "users: {walter: {name: Walter, role: administrator}}\n"


def catalog(folder: Path, text: str, office: str = OFFICE, users: str = USERS) -> Catalog:
    (folder / "office.yaml").write_text(office)
    (folder / "users.yaml").write_text(users)
    (folder / "case.yaml").write_text(text)
    return load(str(folder))


def one(folder: Path, text: str, kind: str, id: str) -> dict[str, Any]:
    loaded = catalog(folder, text)
    assert loaded.errors == ()
    return loaded.documents[kind][id]


def test_F3_a_step_has_every_default(tmp_path: Path) -> None:
    document = one(tmp_path, "cycles: {c: {name: C, steps: [{id: call, type: call}]}}", "cycle", "c")
    assert document == {
        "name": "C",
        "active": True,
        "anchor": "completed",
        "roll": None,
        "protect": False,
        "steps": [
            {
                "id": "call",
                "name": "call",
                "type": "call",
                "template": None,
                "offset": [0, "days"],
                "anchor": None,
                "at": None,
                "loop_to": None,
                "active": True,
                "roll": None,
                "min_gap": 0,
                "automatic": False,
            }
        ],
    }


def test_F9_an_alias_can_have_no_cycle(tmp_path: Path) -> None:
    document = one(tmp_path, "aliases: {a: {name: A, cycle: null}}", "alias", "a")
    assert document == {"name": "A", "cycle": None, "active": True}


def test_the_office_has_every_default_and_its_holidays_end_with_the_year(tmp_path: Path) -> None:
    holidays = "{2026-12-25: Christmas Day, 2026-01-01: New Year}"
    office = f"office: {{name: O, zone: Europe/Berlin, holidays: {holidays}}}"
    assert catalog(tmp_path, "", office).documents["office"]["office"] == {
        "name": "O",
        "zone": "Europe/Berlin",
        "working_days": ["mon", "tue", "wed", "thu", "fri"],
        "hours": ["09:00", "17:00"],
        "capacity": None,
        "holidays": {"2026-01-01": "New Year", "2026-12-25": "Christmas Day"},
        "holidays_until": "2026-12-31",
        "days_on": [],
        "roll": "none",
        "show": "day",
    }


def test_an_office_without_holidays_observes_none(tmp_path: Path) -> None:
    assert one(tmp_path, "", "office", "office")["holidays_until"] is None


def test_a_user_and_a_property_contain_only_their_differences(tmp_path: Path) -> None:
    text = "users: {u: {name: U, role: manager, hours: '10:00-12:00'}}\nproperties: {p: {name: P}}"
    loaded = catalog(tmp_path, text).documents
    differences = {"zone": None, "working_days": None, "holidays": {}, "holidays_until": None, "days_on": []}
    assert loaded["property"]["p"].items() >= {**differences, "hours": None, "roll": None}.items()
    assert loaded["user"]["u"]["active"] is loaded["property"]["p"]["active"] is True
    assert loaded["user"]["u"].items() >= {**differences, "hours": ["10:00", "12:00"], "login": None}.items()


def test_F20_the_four_built_in_roles_exist_and_can_be_changed(tmp_path: Path) -> None:
    loaded = catalog(tmp_path, "roles: {manager: {name: Boss}, sales-exec: {permissions: [see-all, add-contacts]}}")
    roles = loaded.documents["role"]
    assert roles.keys() == {"sales-exec", "sales-assistant", "administrator", "manager"}
    assert roles["manager"] == {"name": "Boss", "permissions": list(builtin.ROLES["manager"][1])}
    assert roles["sales-exec"] == {"name": "Sales exec", "permissions": ["add-contacts", "see-all"]}
    assert set(roles["administrator"]["permissions"]) >= {"apply-catalog", *NEEDS.values()}
    assert all(role["permissions"] == sorted(role["permissions"]) for role in roles.values())


def test_F1_the_built_in_types_exist_and_can_be_renamed(tmp_path: Path) -> None:
    types = catalog(tmp_path, "action_types: {call: Ring up, visit: Visit}").documents["action_type"]
    assert types.keys() >= core.BUILT_IN_TYPES.keys() | builtin.PLAN_TYPES.keys()
    assert types["call"] == {"name": "Ring up", "offers_cycle": True}
    assert types["visit"] == {"name": "Visit", "offers_cycle": False}


def test_F10_only_conversations_offer_the_menu(tmp_path: Path) -> None:
    types = catalog(tmp_path, "action_types: {sms: Text, email: {name: Mail, offers_cycle: true}}").documents[
        "action_type"
    ]
    offering = {id for id, document in types.items() if document["offers_cycle"]}
    assert offering == {"call", "inbound", "tour", "sale", "reservation", "email"}


def test_a_test_without_a_name_is_named_after_its_id(tmp_path: Path) -> None:
    given = "given: {alias: a, on: 2026-05-01}, then: []"
    text = f"aliases: {{a: {{name: A, cycle: null}}}}\ntests: {{one: {{{given}}}, two: {{name: Second, {given}}}}}"
    tests = catalog(tmp_path, text).cases
    assert (tests["one"]["name"], tests["two"]["name"]) == ("one", "Second")


def test_A5_the_contact_types_can_be_renamed(tmp_path: Path) -> None:
    contact_types = catalog(tmp_path, "contact_types: {clients: {name: Buyers}}").documents["contact_type"]
    assert [contact_types[id]["name"] for id in ("clients", "other")] == ["Buyers", "Other"]


def test_A1_a_plan_has_every_default(tmp_path: Path) -> None:
    text = "plans: {p: {name: P, type: retention, steps: [{id: call, type: call}]}}"
    document = one(tmp_path, text, "plan", "p")
    (step,) = document.pop("steps")
    assert document == {
        "name": "P",
        "type": "retention",
        "status": "draft",
        "launch_on": {"event": [], "source": []},
        "exit_on": None,
        "sales_cycle": None,
        "groups": [],
        "date": None,
        "next": None,
        "anchor": "start",
        "roll": None,
    }
    assert step.items() >= {"date": None, "notify": False, "late": "skip", "active": True}.items()


def test_A5_a_step_that_only_a_system_can_do_is_automatic(tmp_path: Path) -> None:
    steps = "[{id: a, type: assign-user, user: null}, {id: b, type: call}]"
    text = f"plans: {{p: {{name: P, type: retention, steps: {steps}}}}}"
    assert [step["automatic"] for step in one(tmp_path, text, "plan", "p")["steps"]] == [True, False]


def test_A11_a_webhook_posts_the_contact_by_default(tmp_path: Path) -> None:
    steps = "[{id: a, type: webhook, url: 'https://x.example'}]"
    (step,) = one(tmp_path, f"plans: {{p: {{name: P, type: event, steps: {steps}}}}}", "plan", "p")["steps"]
    assert step.items() >= {"method": "POST", "payload": "contact"}.items() and step["headers"] == {}


def test_A13_a_template_contains_the_text_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear {{contact.name}}")
    document = one(tmp_path, "templates: {t: {channel: letter, file: letter.txt}}", "template", "t")
    assert (document["text"], document["file"]) == ("Dear {{contact.name}}", "letter.txt")


def test_A13_a_wrong_token_in_a_file_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear\n{{contact.nmae}}")
    (problem,) = catalog(tmp_path, "templates: {t: {channel: letter, file: letter.txt}}").problems
    assert problem.code == "FU214" and "{{contact.nmae}}, line 2 of letter.txt" in problem.message


WHY = {
    "link": "a link out of the catalog folder",
    "pipe": "not a regular file",
    "empty": "is empty",
    "binary": "the text has the invisible character U+0000",
}


@pytest.mark.parametrize("kind", WHY)
def test_A13_a_templates_file_must_be_a_regular_file_in_the_folder(kind: str, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    match kind:
        case "link":
            letter.symlink_to("/etc/hostname")
        case "pipe":
            os.mkfifo(letter)
        case "empty":
            letter.write_text("")
        case "binary":
            letter.write_bytes(b"\x00\x01")
    (problem,) = catalog(tmp_path, "templates:\n  t: {channel: letter, file: letter.txt}").problems
    assert (problem.code, problem.line, problem.column) == ("FU215", 2, 30)
    assert problem.message == f"the file 'letter.txt': {WHY[kind]}"


def test_the_tokens_match_A13() -> None:
    assert set(templates.TOKENS) == {"contact", "user", "property", "office"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (None, [0, "days"]),
        (3, [3, "days"]),
        ("1 day", [1, "days"]),
        ("1 days", [1, "days"]),
        ("5 business days", [5, "business days"]),
        ("1 business day", [1, "business days"]),
        ("30 minutes", [30, "minutes"]),
        ("1 hour", [1, "hours"]),
        ("2 weeks", [2, "weeks"]),
        ("1 month", [1, "months"]),
        ("-3 days", [-3, "days"]),
    ],
)
def test_L4_an_offset_can_be_written_in_these_forms(written: Any, expected: list[Any]) -> None:
    assert offset(written) == expected
    assert str(core.Offset(*expected)).endswith(expected[1].removesuffix("s") if abs(expected[0]) == 1 else expected[1])


@given(st.integers(-999, 999), st.sampled_from(["minutes", "hours", "days", "business days", "weeks", "months"]))
def test_L4_an_offset_is_read_as_the_core_writes_it(count: int, unit: str) -> None:
    assert offset(str(core.Offset(count, unit))) == [count, unit]


def test_days_and_weekdays_can_be_written_in_these_forms() -> None:
    assert (days("2 days"), days(2), days(None)) == (2, 2, 0)
    assert weekdays("sat-mon") == ["mon", "sat", "sun"]
    assert weekdays("wed") == ["wed"]
    assert weekdays(["fri", "mon", "fri"]) == ["mon", "fri"]
    assert weekdays("mon-sun") == list(core.WEEKDAYS)


def test_catalogs_with_the_same_meaning_have_the_same_digest(tmp_path: Path) -> None:
    flow = "cycles: {c: {name: C, steps: [{id: a, type: call, offset: 3 days, anchor: null}]}}\naliases: {}"
    block = """
# Said at length.
cycles:
  "c":
    steps:
      - offset: 3
        active: true
        type: 'call'
        id: a
        name: a
        loop_to: ~
    anchor: completed
    name: C
"""
    assert catalog(tmp_path, flow).digest == catalog(tmp_path, block).digest
    assert catalog(tmp_path, flow.replace("3 days", "4 days")).digest != catalog(tmp_path, block).digest


def test_the_order_of_keys_does_not_change_the_digest(tmp_path: Path) -> None:
    text = "aliases: {a: {name: A, cycle: null}}\ntests: {t: {given: {%s}, then: []}}"
    first, second = "alias: a, on: 2026-05-01", "on: 2026-05-01, alias: a"
    assert catalog(tmp_path, text % first).digest == catalog(tmp_path, text % second).digest


def test_an_unused_kind_does_not_change_the_digest() -> None:
    documents = load(shipped("cycles")).documents
    assert digest({**documents, "a-later-kind": {}}) == digest(documents)
    assert digest({**documents, "a-later-kind": {"one": {}}}) != digest(documents)


def test_documents_are_plain_json() -> None:
    documents = load(shipped("cycles")).documents
    assert json.loads(json.dumps(documents, allow_nan=False)) == documents


def test_E5_moves_are_followed_to_their_end(tmp_path: Path) -> None:
    text = "moved: [{from: a, to: b}, {from: b, to: c}, {from: b/x, to: c/y}, {from: c/y, to: c/z}]"
    moved = catalog(tmp_path, text).documents["moved"]
    cycles = {"a": "c", "b": "c"}
    steps = {"a/x": "c/z", "a/y": "c/z", "b/x": "c/z", "b/y": "c/z", "c/y": "c/z"}
    assert moved == {"moved": {**cycles, **steps}}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["a", "b", "c", "d", "e", "f", "a/x", "b/x"])))
def test_E5_every_chain_of_moves_ends_or_is_circular(chain: dict[str, str]) -> None:
    ring_ids = [id for ring in rings(chain) for id in ring]
    assert len(ring_ids) == len(set(ring_ids)) and set(ring_ids) <= chain.keys()
    moved = resolved(chain)
    assert all(new not in moved or set(ring_ids) & {old, new} for old, new in moved.items())


def test_a_long_circular_chain_is_shortened_to_one_line(tmp_path: Path) -> None:
    users = (f"u{n}: {{name: U{n}, role: manager, manager: u{(n + 1) % 900}}}" for n in range(900))
    text = f"users: {{{', '.join(users)}}}"
    (problem,) = (problem for problem in catalog(tmp_path, text).problems if problem.code == "FU210")
    assert problem.message.endswith("u0 -> u1 -> u2 -> u3 -> u4 -> u5 -> u6 -> u7 -> u8 -> ... -> u899 -> u0")


def test_places_record_where_each_item_is_declared(tmp_path: Path) -> None:
    places = catalog(tmp_path, "sources:\n  web: Website\n").places
    assert places[("source", "web")] == (str(tmp_path / "case.yaml"), 2)
    assert places[("office", "office")] == (str(tmp_path / "office.yaml"), 1)
    assert ("role", "manager") not in places


def test_a_duplicate_declaration_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("\nsources: {web: Website}")
    loaded = catalog(tmp_path, "sources: {web: Internet}\noffice: {name: Other, zone: UTC}")
    assert [(p.code, Path(p.file).name, p.line, p.column) for p in loaded.problems] == [
        ("FU201", "case.yaml", 1, 11),
        ("FU201", "office.yaml", 1, 1),
    ]
    first = f"first in {tmp_path / 'a.yaml'}, line 2"
    assert loaded.problems[0].message == f"the source 'web' is declared twice; {first}"
    assert loaded.problems[1].message.startswith("the office is declared twice")
    assert loaded.documents["source"]["web"] == {"name": "Website"}


@pytest.mark.parametrize("office", ["{name: O}", "{zone: UTC}", "{name: O, zone: UTC, hour: 9}", "O", "null", "[]"])
def test_a_misshapen_office_is_reported_once_and_causes_no_other_problem(office: str, tmp_path: Path) -> None:
    loaded = catalog(tmp_path, "sources: {web: Website}", f"office: {office}")
    assert [p.code for p in loaded.problems] in (["FU101"], ["FU102"], ["FU103"])
    assert loaded.documents["office"] == {} and loaded.documents["source"]


def test_a_catalog_without_an_office_is_reported_once(tmp_path: Path) -> None:
    cycle = "cycles: {c: {name: C, steps: [{id: call, type: call, offset: 1 day, at: '09:00', loop_to: call}]}}"
    loaded = catalog(tmp_path, f"aliases: {{a: {{name: A, cycle: c}}}}\n{cycle}", office="")
    assert [(p.code, Path(p.file).name, p.line) for p in loaded.problems] == [("FU221", "case.yaml", 1)]


def test_a_countrys_holidays_become_dates_and_listed_holidays_override_them(tmp_path: Path) -> None:
    pytest.importorskip("holidays")
    office = """
office:
  name: O
  zone: America/Vancouver
  country: CA
  subdivision: BC
  holidays_from: 2026
  holidays_until: 2027-06-30
  holidays: {2026-12-25: Office party, 2026-12-24: Christmas Eve}
"""
    loaded = catalog(tmp_path, "", office)
    assert loaded.errors == ()
    document = loaded.documents["office"]["office"]
    assert document["holidays"].items() >= {"2026-12-25": "Office party", "2026-07-01": "Canada Day"}.items()
    assert {"2026-12-24", "2027-05-24"} <= document["holidays"].keys()
    assert max(document["holidays"]) <= document["holidays_until"] == "2027-06-30"
    assert "country" not in document


@pytest.mark.parametrize(
    ("settings", "code", "place"),
    [
        ("country: XX, holidays_from: 2026, holidays_until: 2027-12-31", "FU219", "country"),
        ("country: CA, subdivision: Nowhere, holidays_from: 2026, holidays_until: 2027-12-31", "FU219", "country"),
        ("country: CA, holidays_from: 2026, holidays_until: 2020-12-31", "FU219", "holidays_until"),
        ("country: CA, holidays_from: 2026, holidays_until: 9999-12-31", "FU219", "holidays_until"),
        ("country: CA, holidays_from: 2026, holidays_until: null", "FU219", "holidays_until"),
        ("country: CA, holidays_from: 2026", "FU102", ""),
        ("subdivision: BC", "FU102", ""),
    ],
)
def test_a_country_that_cannot_be_looked_up_is_reported(settings: str, code: str, place: str, tmp_path: Path) -> None:
    (problem,) = catalog(tmp_path, "", f"office: {{name: O, zone: UTC, {settings}}}").problems
    assert (problem.code, problem.path) == (code, f"office.{place}".rstrip("."))


def test_without_the_holidays_library_the_hint_says_how_to_install_it(tmp_path: Path) -> None:
    office = "office: {name: O, zone: UTC, country: CA, holidays_from: 2026, holidays_until: 2027-12-31}"
    catalog(tmp_path, "", office)
    code = (
        "import sys; sys.modules['holidays'] = None\n"
        f"from followup.catalog.load import load; (p,) = load({str(tmp_path)!r}).problems; print(p.code, p.hint)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("FU219 pip install followup[holidays]")


def test_the_core_builds_its_office_from_these_documents() -> None:
    documents = load(shipped("cycles")).documents
    cycles = {id: office_documents.cycle(id, document) for id, document in documents["cycle"].items()}
    assert cycles["future-prospect"].steps[1].offset == core.Offset(30, "days")
    assert cycles["follow-up-2"].steps[2].anchor == "due" and cycles["on-hold"].active_steps == ()
    assert office_documents.alias("just-looking", documents["alias"]["just-looking"]).cycle is None
    types = {id: office_documents.action_type(id, document) for id, document in documents["action_type"].items()}
    assert types.items() >= core.BUILT_IN_TYPES.items()
    users = {
        id: office_documents.user(id, document, documents["role"][document["role"]])
        for id, document in documents["user"].items()
    }
    assert "apply-catalog" in users["sue"].permissions - users["tom"].permissions
    tom, anne = (
        office_documents.calendar(
            documents["office"]["office"], documents["property"][user.property], documents["user"][user.id]
        )
        for user in (users["tom"], users["anne"])
    )
    assert (tom.zone, tom.opens, tom.known_until) == ("America/Vancouver", "09:00", "2028-12-31")
    assert anne.working_days - tom.working_days == {5} and "2026-12-25" in anne.days_off
