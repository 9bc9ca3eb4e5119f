"""What the rules make commands report: what a choice did, times in the past, channels not to use, what wasn't done."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import Run


def actions_of(run: Run, contact: str, **fields: str) -> list[int]:
    """The ids of a contact's open actions with these fields, in list order."""
    result = run("search", "--contact", contact, "--status", "scheduled", "--format", "json", user="sue")
    return [x["id"] for x in json.loads(result.stdout)["items"] if all(x[key] == fields[key] for key in fields)]


def schedule_by_hand(run: Run, *words: str, user: str = "tom") -> int:
    result = run("schedule", *words, "--title", "By hand", "--format", "json", user=user)
    assert result.returncode == 0, result.stderr
    return int(json.loads(result.stdout)["scheduled"][0]["id"])


def test_F10_the_answer_reports_what_the_choice_did(run: Run) -> None:
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


def test_F10_with_several_contacts_each_choice_is_reported(run: Run) -> None:
    run("assign", "jane-smith", "not-interested", user="sue")
    words = ("assign", "jane-smith", "marco-rossi", "not-interested")
    dry = run(*words, "--dry-run", user="sue").stdout
    assert dry.startswith(
        "stays on not-interested: Jane Smith (jane-smith); would have placed on not-interested: Marco"
    )
    assert run(*words, user="sue").stdout == dry.replace("would have ", "")


def test_F10_complete_and_log_report_the_choice_too(run: Run) -> None:
    assert "(Jane Smith); categorised as just-looking" in run("complete", "2", "--cycle", "just-looking").stdout
    log = ("log", "jane-smith", "inbound", "--cycle")
    assert "; placed on not-interested; " in run(*log, "not-interested").stdout
    assert run(*log, "not-interested").stdout == "logged inbound of Jane Smith (jane-smith); stays on not-interested\n"


def test_restart_without_a_cycle_is_an_error(run: Run) -> None:
    for words in (["complete", "2"], ["log", "jane-smith", "call"]):
        result = run(*words, "--restart")
        assert (result.returncode, result.stdout) == (2, "")
        assert "--restart needs --cycle ALIAS" in result.stderr


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("2026-05-01", "is due 2026-05-01, which was 3 days ago"),
        ("2026-05-04T08:00", "is due 2026-05-04 08:00, which was 1 hour ago"),
        ("2026-05-04", ""),
        ("2026-05-04T10:00", ""),
    ],
)
def test_C5_a_time_in_the_past_is_accepted_with_a_warning(run: Run, when: str, message: str) -> None:
    """Whether the action is rescheduled, rebooked or scheduled by hand."""
    for words in (["reschedule", "2", when], ["no-show", "2", "--reason", "unknown", "--rebook", when]):
        result = run(*words)
        assert result.returncode == 0 and message in result.stderr and bool(message) is bool(result.stderr)
    result = run("schedule", "jane-smith", "call", when, "--title", "Ring")
    assert result.returncode == 0 and message in result.stderr and bool(message) is bool(result.stderr)


def test_C5_logging_a_past_date_gives_no_warning(run: Run) -> None:
    assert run("log", "jane-smith", "call", "--on", "2026-05-01").stderr == ""


def test_E12_every_list_flags_actions_on_a_do_not_contact_channel(run: Run) -> None:
    assert "flag" not in run("due").stdout
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    for words in (["due"], ["agenda"], ["agenda", "--format", "md"], ["show", "jane-smith"], ["next", "jane-smith"]):
        text = run(*words).stdout
        assert "do not call" in text.replace("\\", ""), words
    assert "do not email" not in run("due").stdout
    contacts = run("contacts", "list", "--owner", "tom").stdout
    assert "do not contact" in contacts and "  call  " in contacts


@pytest.mark.parametrize(
    ("command", "format"),
    [
        *product(("due", "search", "show jane-smith", "next jane-smith"), ("json", "csv")),
        ("agenda", "json"),
    ],
)
def test_M3_E12_items_say_which_open_actions_are_on_a_do_not_contact_channel(
    run: Run, command: str, format: str
) -> None:
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    text = run(*command.split(), "--format", format).stdout
    items = json.loads(text)["items"] if format == "json" else list(csv.DictReader(text.splitlines()))
    actions = items[0]["actions"] if command == "agenda" else items
    flagged = {str(item["id"]) for item in actions if str(item["do_not_contact"]).casefold() == "true"}
    open_calls = {
        str(item["id"])
        for item in actions
        if (item["contact"], item["type"], item["status"]) == ("jane-smith", "call", "scheduled")
    }
    assert flagged == open_calls and open_calls and "at" not in actions[0]


@pytest.mark.parametrize(
    ("words", "done"),
    [
        (["complete", "2"], "completed"),
        (["attempt", "2"], "attempted"),
        (["schedule", "jane-smith", "call", "+1d", "--title", "Ring"], "scheduled"),
        (["no-show", "2", "--reason", "unknown", "--rebook", "+1d"], "scheduled"),
    ],
)
def test_E12_what_is_done_about_a_flagged_channel_is_reported_as_it_happened(
    run: Run, words: list[str], done: str
) -> None:
    """LOW: `schedule` and `attempt` said nothing, and a dry run said that it was completed."""
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    assert run(*words, "--dry-run").stderr.endswith(f" would be {done} anyway\n")
    result = run(*words)
    assert "Jane Smith is marked 'do not call'. Action " in result.stderr
    assert result.stderr.endswith(f" was {done} anyway\n")


def test_E12_skipping_or_logging_gives_no_warning_about_a_do_not_contact_channel(run: Run) -> None:
    run("contacts", "set", "jane-smith", "--do-not-contact", "call", user="sue")
    result = run("complete", "2")
    assert result.returncode == 0
    assert result.stderr == "followup: Jane Smith is marked 'do not call'. Action 2 was completed anyway\n"
    assert run("skip", str(actions_of(run, "jane-smith")[0])).stderr == ""
    run("contacts", "set", "jane-smith", "--do-not-contact", "email", user="sue")
    assert run("log", "jane-smith", "call").stderr == ""


def test_a_closed_action_is_explained_once_and_the_others_refer_to_it(run: Run) -> None:
    """Actions of one contact are completed together, with one choice."""
    id = schedule_by_hand(run, "jane-smith", "call")
    assert run("complete", "2").returncode == 0
    result = run("complete", "2", str(id), "--cycle", "not-interested")
    assert result.returncode == 5
    first, second = result.stderr.splitlines()
    assert first.startswith("followup: 2: action 2 is already completed by tom")
    assert second == f"followup: {id}: not changed, because action 2 can't be completed with it"
    assert id in actions_of(run, "jane-smith")


def test_a_cancelled_action_is_named_once(run: Run) -> None:
    id = schedule_by_hand(run, "jane-smith", "call")
    assert run("cancel", str(id)).stdout == f"cancelled {id} By hand (Jane Smith)\n"


def test_F1_F19_types_that_cannot_be_scheduled_or_logged_name_the_right_command(run: Run) -> None:
    result = run("schedule", "jane-smith", "inbound", "+1d", "--title", "Will ring")
    assert (result.returncode, "`followup log jane-smith inbound`" in result.stderr) == (4, True)
    for words in (["log", "jane-smith", "transfer"], ["schedule", "jane-smith", "transfer", "+1d", "--title", "Away"]):
        result = run(*words)
        assert (result.returncode, "`followup contacts transfer jane-smith`" in result.stderr) == (4, True)
    result = run("complete", "2", "--then", "inbound", "+1d")
    assert result.returncode == 4 and 2 in actions_of(run, "jane-smith")


def test_E11_a_partial_undo_that_undoes_nothing_says_so(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    assert run("contacts", "set", "jane-smith", "--phone", "2", user="sue").returncode == 0
    for words in (["undo"], ["undo", "--partial"]):
        result = run(*words)
        assert (result.returncode, result.stdout) == (4, "")
        assert "can't be undone: phone of contact jane-smith has changed since: by sue" in result.stderr
        assert "--partial" not in result.stderr, "nothing else could be undone"


def test_E11_unrelated_changes_do_not_block_an_undo(run: Run) -> None:
    assert run("complete", "2").returncode == 0
    assert run("contacts", "set", "jane-smith", "--phone", "604 555 0000", user="sue").returncode == 0
    assert run("undo").returncode == 0
    assert 2 in actions_of(run, "jane-smith")
    assert "604 555 0000" in run("show", "jane-smith").stdout
    assert run("undo", user="sue").returncode == 0
    assert "604 555 0000" not in run("show", "jane-smith").stdout.splitlines()[1]
    assert run("doctor", user="sue").returncode == 0


def test_E11_a_partial_undo_skips_contacts_that_changed_since(run: Run) -> None:
    words = ("contacts", "set", "jane-smith", "marco-rossi", "--source", "phone")
    assert run(*words, user="sue").returncode == 0
    assert run("contacts", "set", "jane-smith", "--source", "walk-in").returncode == 0
    result = run("undo", user="sue")
    assert result.returncode == 4 and "source of contact jane-smith has changed since" in result.stderr
    assert "use --partial to undo the rest" in result.stderr
    result = run("undo", "--partial", user="sue")
    assert result.returncode == 0 and "Marco Rossi (marco-rossi)" in result.stdout
    assert "not undone: contact jane-smith: source of contact jane-smith has changed since" in result.stderr


def test_F10_an_action_closed_under_an_alias_keeps_that_alias_in_reports(run: Run, office: Path) -> None:
    (office / "cycles" / "twice.yaml").write_text(
        "aliases:\n  cold: {name: Cold, cycle: future-prospect}\n  colder: {name: Colder, cycle: future-prospect}\n"
    )
    assert run("apply", "--yes", user="sue").returncode == 0
    run("assign", "jane-smith", "cold")
    (first,) = actions_of(run, "jane-smith", cycle="future-prospect")
    assert run("skip", str(first)).returncode == 0
    run("assign", "jane-smith", "colder")
    result = run("search", "--contact", "jane-smith", "--format", "json", user="sue")
    rows = [row for row in json.loads(result.stdout)["items"] if row["cycle"] == "future-prospect"]
    assert [(row["id"] == first, row["alias"]) for row in rows] == [(True, "cold"), (False, "colder")]
    assert run("doctor", user="sue").returncode == 0
