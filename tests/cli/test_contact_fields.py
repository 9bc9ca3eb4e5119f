"""What is typed for a contact is held to the rules that a file is read by; and a twin is pointed out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Run

WAYS = {"add": ["contacts", "add", "--no-cycle"], "set": ["contacts", "set", "jane-smith"]}


def one(run: Run, id: str) -> dict[str, Any]:
    (item,) = json.loads(run("contacts", "show", id, "--format", "json", user="sue").stdout)["items"]
    return dict(item)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("option", "value", "said"),
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
def test_what_an_import_refuses_is_refused_when_it_is_typed(
    run: Run, way: str, option: str, value: str, said: str
) -> None:
    told = run(*WAYS[way], *(["--name", "Sue Stone"] if way == "add" and option != "--name" else []), option, value)
    assert (told.returncode, told.stdout, told.stderr) == (65, "", f"followup: {option}: {said}\n")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("option", ["--name", "--email", "--phone", "--source"])
def test_a_blank_is_no_value(run: Run, way: str, option: str) -> None:
    told = run(*WAYS[way], option, " \u00a0")
    assert (told.returncode, told.stderr) == (65, f"followup: {option} is blank: use --clear to empty a field\n")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", ["won", "nurture"])
def test_F21_only_a_lead_or_a_prospect_is_typed(run: Run, way: str, stage: str) -> None:
    told = run(*WAYS[way], "--name", "Sue Stone", "--stage", stage)
    assert (told.returncode, "'lead', 'prospect'" in told.stderr) == (2, True)


def test_what_is_typed_is_stored_as_an_import_would_store_it(run: Run) -> None:
    words = ["--name", " Zoe\u0308\n Stone ", "--email", "Zoe@Stone.EXAMPLE", "--stage", "prospect"]
    assert run(*WAYS["add"], "--id", "zoe", *words).returncode == 0
    assert run("contacts", "set", "zoe", "--phone", "'+1\t604").returncode == 0
    zoe = one(run, "zoe")
    assert (zoe["name"], zoe["email"], zoe["phone"]) == ("Zo\u00eb Stone", "Zoe@stone.example", "+1 604")
    assert zoe["stage"] == "prospect"
    # Only a file can have been guarded against spreadsheets.
    assert run(*WAYS["add"], "--id", "apostrophe", "--name", "'=1+1").returncode == 0
    assert one(run, "apostrophe")["name"] == "'=1+1"


@pytest.mark.parametrize("id", ["a b", "-x", "1.01E+11", "x" * 65])
def test_an_id_is_held_to_the_same_rule(run: Run, id: str) -> None:
    told = run(*WAYS["add"], "--name", "Sue Stone", f"--id={id}")
    assert told.returncode == 65 and told.stderr.startswith("followup: --id: ")
    assert f" id {id[:57]!r}"[:-1] in told.stderr


@pytest.mark.parametrize(
    ("text", "channels"), [("Phone, e-mail", ["call", "email"]), ("do not text", ["sms"]), ("yes", 4), ("none", [])]
)
def test_E12_channels_are_typed_as_a_file_may_name_them(run: Run, text: str, channels: Any) -> None:
    assert run("contacts", "set", "jane-smith", "--do-not-contact", "sms").returncode == 0
    assert run("contacts", "set", "jane-smith", "--do-not-contact", text).returncode == 0
    kept = one(run, "jane-smith")["do_not_contact"]
    assert kept == channels or len(kept) == channels


@pytest.mark.parametrize("text", ["pigeon", "sms pigeon", " ", ","])
def test_E12_a_channel_that_nobody_declared_is_refused(run: Run, text: str) -> None:
    told = run("contacts", "set", "jane-smith", "--do-not-contact", text)
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (65, "", 1)
    assert "followup: --do-not-contact" in told.stderr


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (["--name", "JANE  smith"], "name"),
        (["--name", "J. S.", "--email", "Jane.Smith@Example.com"], "e-mail"),
        (["--name", "J. S.", "--phone", "1 (604) 555-0101"], "phone"),
        (["--first-name", "Jane", "--last-name", "Smith", "--phone", "16045550101"], "name and phone"),
    ],
)
def test_a_twin_is_pointed_out_and_added_all_the_same(run: Run, words: list[str], same: str) -> None:
    told = run(*WAYS["add"], "--id", "new", *words)
    assert (told.returncode, told.stdout.startswith("added ")) == (0, True)
    assert told.stderr == f"followup: new may be Jane Smith (jane-smith), who has the same {same}\n"


def test_a_twin_of_an_accented_name_is_found(run: Run) -> None:
    told = run(*WAYS["add"], "--name", "renee cote")
    assert told.stderr == "followup: renee-cote-2 may be Renée Côté (renee-cote), who has the same name\n"


def test_F20_a_twin_that_the_user_may_not_see_is_not_told(run: Run) -> None:
    for user, seen in (("tom", False), ("anne", True), ("max", True)):
        told = run(*WAYS["add"], "--name", "Brian Jones", "--dry-run", user=user)
        assert ("brian-jones)" in told.stderr) is seen


def test_who_is_like_nobody_is_added_without_a_word(run: Run) -> None:
    assert run("contacts", "add", "--name", "Sue Stone", "--no-cycle").stderr == ""
    assert run("contacts", "remove", "jane-smith", "--yes", user="sue").returncode == 0
    assert run("contacts", "add", "--name", "Jane Smith", "--id", "other", "--no-cycle").stderr == ""
