"""Values typed for a contact follow the same rules as values in files, and possible duplicates are pointed out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

WAYS = {"add": ["contacts", "add", "--no-cycle"], "set": ["contacts", "set", "jane-smith"]}


def one(run: Run, id: str) -> dict[str, Any]:
    (item,) = json.loads(run("contacts", "show", id, "--format", "json", user="sue").stdout)["items"]
    return dict(item)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--email", "nowhere", "'nowhere' is not an e-mail address"),
        ("--email", "a@x.example, b@x.example", "'a@x.example, b@x.example' is more than one e-mail address"),
        (
            "--phone",
            "1.6E+10",
            "a spreadsheet cut digits off the phone '1.6E+10': format that column as text and export again",
        ),
        ("--last-name", "x" * 10_001, "a text has 10001 characters; the maximum is 10000"),
    ],
)
def test_values_that_an_import_refuses_are_refused_when_typed(
    run: Run, way: str, option: str, value: str, message: str
) -> None:
    result = run(*WAYS[way], *(["--name", "Sue Stone"] if way == "add" and option != "--name" else []), option, value)
    assert (result.returncode, result.stdout, result.stderr) == (65, "", f"followup: {option}: {message}\n")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("option", ["--name", "--email", "--phone", "--source"])
def test_a_blank_value_is_refused(run: Run, way: str, option: str) -> None:
    result = run(*WAYS[way], option, " \u00a0")
    to_do = {"--name": "this field can't be empty"}.get(option, f"`contacts set --clear {option[2:]}` empties it")
    assert (result.returncode, result.stderr) == (65, f"followup: {option} is blank: {to_do}\n")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", ["won", "nurture"])
def test_F21_only_lead_and_prospect_can_be_typed_as_a_stage(run: Run, way: str, stage: str) -> None:
    result = run(*WAYS[way], "--name", "Sue Stone", "--stage", stage)
    assert (result.returncode, "'lead', 'prospect'" in result.stderr) == (2, True)


def test_typed_values_are_stored_as_an_import_would_store_them(run: Run) -> None:
    words = ["--name", " Zoe\u0308\n Stone ", "--email", "Zoe@Stone.EXAMPLE", "--stage", "prospect"]
    assert run(*WAYS["add"], "--id", "zoe", *words).returncode == 0
    assert run("contacts", "set", "zoe", "--phone", "'+1\t604").returncode == 0
    zoe = one(run, "zoe")
    assert (zoe["name"], zoe["email"], zoe["phone"]) == ("Zo\u00eb Stone", "Zoe@stone.example", "+1 604")
    assert zoe["stage"] == "prospect"
    # Only files escape a leading = with an apostrophe, to protect spreadsheets.
    assert run(*WAYS["add"], "--id", "apostrophe", "--name", "'=1+1").returncode == 0
    assert one(run, "apostrophe")["name"] == "'=1+1"


@pytest.mark.parametrize("id", ["a b", "-x", "1.01E+11", "x" * 65])
def test_a_typed_id_follows_the_same_rules_as_an_imported_one(run: Run, id: str) -> None:
    result = run(*WAYS["add"], "--name", "Sue Stone", f"--id={id}")
    assert result.returncode == 65 and result.stderr.startswith("followup: --id: ")
    assert f" id {id[:57]!r}"[:-1] in result.stderr


@pytest.mark.parametrize(
    ("text", "channels"), [("Phone, e-mail", ["call", "email"]), ("do not text", ["sms"]), ("yes", 4), ("none", [])]
)
def test_E12_channels_can_be_typed_the_way_files_name_them(run: Run, text: str, channels: Any) -> None:
    assert run("contacts", "set", "jane-smith", "--do-not-contact", "sms").returncode == 0
    assert run("contacts", "set", "jane-smith", "--do-not-contact", text).returncode == 0
    value = one(run, "jane-smith")["do_not_contact"]
    assert value == channels or len(value) == channels


@pytest.mark.parametrize("text", ["pigeon", "sms pigeon", " ", ","])
def test_E12_an_undeclared_channel_is_refused(run: Run, text: str) -> None:
    result = run("contacts", "set", "jane-smith", "--do-not-contact", text)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (65, "", 1)
    assert "followup: --do-not-contact" in result.stderr


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (["--name", "JANE  smith"], "name"),
        (["--name", "J. S.", "--email", "Jane.Smith@Example.com"], "e-mail"),
        (["--name", "J. S.", "--phone", "1 (604) 555-0101"], "phone"),
        (["--first-name", "Jane", "--last-name", "Smith", "--phone", "16045550101"], "name and phone"),
    ],
)
def test_a_possible_duplicate_is_pointed_out_and_still_added(run: Run, words: list[str], same: str) -> None:
    result = run(*WAYS["add"], "--id", "new", *words)
    assert (result.returncode, result.stdout.startswith("added ")) == (0, True)
    assert result.stderr == f"followup: new may be Jane Smith (jane-smith), who has the same {same}\n"


def test_a_possible_duplicate_of_an_accented_name_is_found(run: Run) -> None:
    result = run(*WAYS["add"], "--name", "renee cote")
    assert result.stderr == "followup: renee-cote-2 may be Renée Côté (renee-cote), who has the same name\n"


def test_F20_a_duplicate_that_the_user_cannot_see_is_not_reported(run: Run) -> None:
    for user, is_visible in (("tom", False), ("anne", True), ("max", True)):
        result = run(*WAYS["add"], "--name", "Brian Jones", "--dry-run", user=user)
        assert ("brian-jones)" in result.stderr) is is_visible


def test_a_contact_without_duplicates_is_added_without_a_note(run: Run) -> None:
    assert run("contacts", "add", "--name", "Sue Stone", "--no-cycle").stderr == ""
    assert run("contacts", "remove", "jane-smith", "--yes", user="sue").returncode == 0
    assert run("contacts", "add", "--name", "Jane Smith", "--id", "other", "--no-cycle").stderr == ""


TO_CLOSED = {
    "add": ["contacts", "add", "--name", "New", "--owner", "tom", "--no-cycle", "--property", "closed"],
    "set": ["contacts", "set", "jane-smith", "--property", "Closed Hill"],
    "transfer": ["contacts", "transfer", "jane-smith", "--owner", "anne", "--property", "closed"],
    "import --property": ["contacts", "import", "in.csv", "--owner", "tom", "--no-cycle", "--property", "closed"],
    "import a row": ["contacts", "import", "row.csv", "--owner", "tom", "--no-cycle"],
}


@pytest.mark.parametrize("how", TO_CLOSED)
def test_M13_an_inactive_property_takes_no_contacts(run: Run, office: Path, how: str) -> None:
    (office / "cycles" / "closed.yaml").write_text("properties: {closed: {name: Closed Hill, active: false}}\n")
    assert run("apply", "--yes", user="sue").returncode == 0
    (office / "in.csv").write_text("name\nNew\n")
    (office / "row.csv").write_text("name,property\nNew,Closed Hill\n")
    result = run(*TO_CLOSED[how], user="sue")
    assert result.returncode == (65 if how == "import a row" else 4), result.stdout + result.stderr
    assert "Closed Hill (closed) is no longer active: choose another property" in result.stdout + result.stderr


OPTIONS = ("email", "phone", "first-name", "last-name", "source", "type", "property", "owner", "emails", "phones") + (
    "do-not-contact",
    "company",
    "notes",
)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("value", ["", " "])
def test_M7_the_command_that_a_blank_value_is_answered_with_works(run: Run, option: str, value: str) -> None:
    refusal = run("contacts", "set", "jane-smith", f"--{option}", value, user="sue").stderr
    (field,) = re.findall("--clear ([a-z_]+)", refusal)
    assert run("contacts", "set", "jane-smith", "--clear", field, user="sue").returncode == 0
    assert not one(run, "jane-smith")[field]


@pytest.mark.parametrize("option", ["name", "stage"])
def test_M7_a_field_that_cannot_be_empty_is_answered_with_no_clear(run: Run, option: str) -> None:
    assert "--clear" not in run("contacts", "set", "jane-smith", f"--{option}", "").stderr
    assert "can't be empty" in run("contacts", "set", "jane-smith", "--clear", option).stderr


def test_M7_fields_of_the_office_s_own_are_set_and_cleared(run: Run) -> None:
    assert run(*WAYS["add"], "--id", "zoe", "--name", "Zoe Stone", "--field", "score=5").returncode == 0
    assert run("contacts", "set", "zoe", "--field", "budget = 2 = 3", "--company", "Stone").returncode == 0
    assert (one(run, "zoe")["details"], one(run, "zoe")["company"]) == ({"score": "5", "budget": "2 = 3"}, "Stone")
    assert run("contacts", "set", "zoe", "--clear", "score").returncode == 0
    assert (one(run, "zoe")["details"], one(run, "zoe")["company"]) == ({"budget": "2 = 3"}, "Stone")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--field", "score"], "--field score: write it as NAME=VALUE, such as score=5"),
        (["--field", "Phone=1"], "--field Phone: every contact has this field. Set it by its own option (see --help)"),
        (["--field", "external = "], "--field external is blank: `contacts set --clear external` empties it"),
        (["--field", "Lead Score=5"], "'Lead Score' can't be the name of a field. Use a-z, 0-9 and _, such as lead_score"),
        (["--clear", "Lead Score"], "'Lead Score' can't be the name of a field. Use a-z, 0-9 and _, such as lead_score"),
        (["--clear", "First-Name", "--clear", "Stage"], "--clear stage: this field can't be empty"),
    ],
)  # fmt: skip
def test_M7_what_is_no_own_field_is_refused_in_words(run: Run, words: list[str], message: str) -> None:
    result = run("contacts", "set", "jane-smith", *words)
    assert result.returncode in (2, 65) and result.stderr == f"followup: {message}\n"


def test_M7_an_own_field_never_reaches_a_column_of_that_name(run: Run) -> None:
    run("contacts", "set", "jane-smith", "--field", "gone=removed", "--field", "sales_cycle=x")
    jane = one(run, "jane-smith")
    assert jane["sales_cycle"] is None and jane["details"] == {"gone": "removed", "sales_cycle": "x"}
