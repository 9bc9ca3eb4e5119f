"""What the rules make a command say: what became of a choice, what has passed, whom not to write to, what isn't done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run


def actions_of(run: Run, contact: str, **fields: str) -> list[int]:
    """The ids of a contact's open actions that have these fields, in the order of the list."""
    told = run("search", "--contact", contact, "--status", "scheduled", "--format", "json", user="sue")
    return [x["id"] for x in json.loads(told.stdout)["items"] if all(x[key] == fields[key] for key in fields)]


def scheduled(run: Run, *words: str, user: str = "tom") -> int:
    told = run("schedule", *words, "--title", "By hand", "--format", "json", user=user)
    assert told.returncode == 0, told.stderr
    return int(json.loads(told.stdout)["scheduled"][0]["id"])


def test_F10_the_answer_says_what_became_of_the_choice(run: Run) -> None:
    first = run("assign", "jane-smith", "not-interested").stdout
    assert first.startswith("placed on not-interested: Jane Smith (jane-smith); cancelled ")
    assert run("assign", "jane-smith", "not-interested").stdout == (
        "stays on not-interested: Jane Smith (jane-smith)\n"
    )
    assert run("assign", "jane-smith", "just-looking").stdout == (
        "categorised as just-looking: Jane Smith (jane-smith)\n"
    )
    assert run("assign", "jane-smith", "not-interested", "--restart").stdout.startswith(
        "placed on not-interested: Jane"
    )


def test_F10_of_several_contacts_each_choice_is_said(run: Run) -> None:
    run("assign", "jane-smith", "not-interested", user="sue")
    words = ("assign", "jane-smith", "marco-rossi", "not-interested")
    dry = run(*words, "--dry-run", user="sue").stdout
    assert dry.startswith(
        "stays on not-interested: Jane Smith (jane-smith); would have placed on not-interested: Marco"
    )
    assert run(*words, user="sue").stdout == dry.replace("would have ", "")


def test_F10_completing_says_it_too(run: Run) -> None:
    assert "(Jane Smith); categorised as just-looking" in run("complete", "2", "--cycle", "just-looking").stdout
    log = ("log", "jane-smith", "inbound", "--cycle")
    assert "; placed on not-interested; " in run(*log, "not-interested").stdout
    assert run(*log, "not-interested").stdout == "logged inbound of Jane Smith (jane-smith); stays on not-interested\n"


def test_a_restart_without_a_cycle_is_no_choice(run: Run) -> None:
    for words in (["complete", "2"], ["log", "jane-smith", "call"]):
        told = run(*words, "--restart")
        assert (told.returncode, told.stdout) == (2, "")
        assert "--restart needs --cycle ALIAS" in told.stderr


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-05-01", "is due 2026-05-01, which was 3 days ago"),
        ("2026-05-04T08:00", "is due 2026-05-04 08:00, which was 1 hour ago"),
        ("2026-05-04", ""),
        ("2026-05-04T10:00", ""),
    ],
)
def test_C5_a_time_that_has_passed_is_taken_and_said(run: Run, when: str, said: str) -> None:
    """However it is typed: moved, booked again, or made by hand."""
    for words in (["reschedule", "2", when], ["no-show", "2", "--reason", "unknown", "--rebook", when]):
        told = run(*words)
        assert told.returncode == 0 and said in told.stderr and bool(said) is bool(told.stderr)
    told = run("schedule", "jane-smith", "call", when, "--title", "Ring")
    assert told.returncode == 0 and said in told.stderr and bool(said) is bool(told.stderr)


def test_C5_what_is_logged_of_the_past_is_no_such_thing(run: Run) -> None:
    assert run("log", "jane-smith", "call", "--on", "2026-05-01").stderr == ""


def test_E12_a_closed_channel_is_seen_wherever_an_action_of_it_is_listed(run: Run) -> None:
    assert "flag" not in run("due").stdout
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    for words in (["due"], ["agenda"], ["agenda", "--format", "md"], ["show", "jane-smith"], ["next", "jane-smith"]):
        text = run(*words).stdout
        assert "do not call" in text.replace("\\", ""), words
    assert "do not email" not in run("due").stdout
    listed = run("contacts", "list", "--owner", "tom").stdout
    assert "do not contact" in listed and "  call  " in listed


def test_E12_what_is_listed_for_scripts_keeps_its_keys(run: Run) -> None:
    keys = json.loads(run("due", "--format", "json").stdout)["items"][0].keys()
    assert "do_not_contact" not in keys and "at" not in keys


def test_E12_completing_by_hand_says_so_and_nothing_else_does(run: Run) -> None:
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    told = run("complete", "2")
    assert told.returncode == 0
    assert told.stderr == "followup: Jane Smith is marked 'do not call'. Action 2 was completed anyway\n"
    assert run("skip", str(actions_of(run, "jane-smith")[0])).stderr == ""
    run("contacts", "set", "jane-smith", "--do-not-contact", "email", user="sue")
    assert run("log", "jane-smith", "call").stderr == ""


def test_what_was_closed_first_is_named_once_and_the_others_by_it(run: Run) -> None:
    """Those of one contact are completed together, with one choice."""
    id = scheduled(run, "jane-smith", "call")
    assert run("complete", "2").returncode == 0
    told = run("complete", "2", str(id), "--cycle", "not-interested")
    assert told.returncode == 5
    first, second = told.stderr.splitlines()
    assert first.startswith("followup: 2: action 2 is already completed by tom")
    assert second == f"followup: {id}: not changed, because action 2 can't be completed with it"
    assert id in actions_of(run, "jane-smith")


def test_what_is_cancelled_is_named_once(run: Run) -> None:
    id = scheduled(run, "jane-smith", "call")
    assert run("cancel", str(id)).stdout == f"cancelled {id} By hand (Jane Smith)\n"


def test_F1_F19_what_is_not_scheduled_or_logged_says_what_does_it(run: Run) -> None:
    told = run("schedule", "jane-smith", "inbound", "+1d", "--title", "Will ring")
    assert (told.returncode, "`followup log jane-smith inbound`" in told.stderr) == (4, True)
    for words in (["log", "jane-smith", "transfer"], ["schedule", "jane-smith", "transfer", "+1d", "--title", "Away"]):
        told = run(*words)
        assert (told.returncode, "`followup contacts transfer jane-smith`" in told.stderr) == (4, True)
    told = run("complete", "2", "--then", "inbound", "+1d")
    assert told.returncode == 4 and 2 in actions_of(run, "jane-smith")


def test_E11_a_partial_undo_that_undoes_nothing_says_so(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    assert run("contacts", "set", "jane-smith", "--phone", "2", user="sue").returncode == 0
    for words in (["undo"], ["undo", "--partial"]):
        told = run(*words)
        assert (told.returncode, told.stdout) == (4, "")
        assert "can't be undone: phone of contact jane-smith has changed since: by sue" in told.stderr
        assert "--partial" not in told.stderr, "there is no rest"


def test_E11_a_change_of_something_else_does_not_stand_in_the_way(run: Run) -> None:
    assert run("complete", "2").returncode == 0
    assert run("contacts", "set", "jane-smith", "--phone", "604 555 0000", user="sue").returncode == 0
    assert run("undo").returncode == 0
    assert 2 in actions_of(run, "jane-smith")
    assert "604 555 0000" in run("show", "jane-smith").stdout
    assert run("undo", user="sue").returncode == 0
    assert "604 555 0000" not in run("show", "jane-smith").stdout.splitlines()[1]
    assert run("doctor", user="sue").returncode == 0


def test_E11_of_many_the_rest_is_undone(run: Run) -> None:
    words = ("contacts", "set", "jane-smith", "marco-rossi", "--source", "phone")
    assert run(*words, user="sue").returncode == 0
    assert run("contacts", "set", "jane-smith", "--source", "walk-in").returncode == 0
    told = run("undo", user="sue")
    assert told.returncode == 4 and "source of contact jane-smith has changed since" in told.stderr
    assert "use --partial to undo the rest" in told.stderr
    told = run("undo", "--partial", user="sue")
    assert told.returncode == 0 and "contact marco-rossi" in told.stdout
    assert "not undone: contact:jane-smith: source of contact jane-smith has changed since" in told.stderr


def test_F10_what_was_closed_under_an_alias_stays_reported_under_it(run: Run, office: Path) -> None:
    (office / "cycles" / "twice.yaml").write_text(
        "aliases:\n  cold: {name: Cold, cycle: future-prospect}\n  colder: {name: Colder, cycle: future-prospect}\n"
    )
    assert run("apply", "--yes", user="sue").returncode == 0
    run("assign", "jane-smith", "cold")
    (first,) = actions_of(run, "jane-smith", cycle="future-prospect")
    assert run("skip", str(first)).returncode == 0
    run("assign", "jane-smith", "colder")
    told = run("search", "--contact", "jane-smith", "--format", "json", user="sue")
    rows = [row for row in json.loads(told.stdout)["items"] if row["cycle"] == "future-prospect"]
    assert [(row["id"] == first, row["alias"]) for row in rows] == [(True, "cold"), (False, "colder")]
    assert run("doctor", user="sue").returncode == 0
