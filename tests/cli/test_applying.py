"""`apply`: what it makes live, what it rewrites, and what it refuses because contacts are on the cycle."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

SHORT = """\
cycles:
  short:
    name: Short
    steps:
      - {id: one, name: One, type: task, offset: 2 hours}
      - {id: two, name: Two, type: call, offset: 1 day, loop_to: one}
aliases:
  short: {name: Short, cycle: short}
"""


def edit(office: Path, file: str, old: str, new: str) -> None:
    path = office / "cycles" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def apply(run: Run, *words: str) -> str:
    """What it prints. The sample office's own tests would fail after most edits; tests/test_proving.py covers them."""
    result = run("apply", "--yes", "--no-test", *words, user="sue")
    assert result.returncode == 0, result.stderr
    return result.stdout


def apply_error(run: Run) -> str:
    result = run("apply", "--yes", "--no-test", user="sue")
    assert result.returncode == 4, result.stdout
    assert "No changes." not in run("apply", "--dry-run", "--no-test", user="sue").stdout  # the edit is still pending
    return result.stderr


def open_actions(office: Path, contact: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    sql = "SELECT step, due, at, owner FROM action WHERE contact = ? AND status = 'scheduled' ORDER BY id"
    actions = connection.execute(sql, [contact]).fetchall()
    connection.close()
    return actions


@pytest.fixture
def short(office: Path, run: Run) -> Path:
    """The sample office, with Li Wei on a cycle of two steps whose first is timed."""
    (office / "cycles" / "short.yaml").write_text(SHORT)
    apply(run)
    assert run("assign", "li-wei", "short").returncode == 0
    return office


def test_E1_an_edit_changes_nothing_until_it_is_applied(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    assert "30 days" in run("cycles", "show", "future-prospect").stdout
    assert apply(run).endswith("Version 2 is live.\n")
    assert "20 days" in run("cycles", "show", "future-prospect").stdout
    assert apply(run) == "No changes. Version 2 is live.\n"


def test_a_dry_run_of_apply_shows_the_effect_and_changes_nothing(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    before = (office / "followup.db").read_bytes()
    assert "Version 2 would be live" in apply(run, "--dry-run")
    assert (office / "followup.db").read_bytes() == before


def test_a_version_records_its_commit_and_who_applied_it(run: Run, office: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    for words in (["init", "-q"], ["add", "cycles"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=office, check=True)
    edit(office, "long-term.yaml", "name: Future Prospect", "name: Later on")
    apply(run)
    (item,) = json.loads(run("history", "--change", "3", "--format", "json").stdout)["items"]
    assert item["by"] == "sue" and re.fullmatch(r"[0-9a-f]{40}-dirty", item["data"]["commit"])


def test_F17_a_user_who_may_not_apply_learns_which_permission_is_needed(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    result = run("apply", "--yes", user="tom")
    assert result.returncode == 4 and "'apply-catalog'" in result.stderr


WHO_MAY = "Users who may: Sue Reed (sue)\n"


@pytest.mark.parametrize("words", [["apply", "--yes"], ["diff"], ["backup", "copy.db"]], ids=" ".join)
@pytest.mark.parametrize(("user", "code"), [("tom", 4), pytest.param("alice", 66, id="declared but not applied")])
def test_F17_refusing_an_office_wide_command_names_the_users_who_may_run_it(
    run: Run, office: Path, words: list[str], user: str, code: int
) -> None:
    (office / "cycles" / "new.yaml").write_text("users: {alice: {name: Alice, role: administrator}}\n")
    result = run(*words, user=user)
    assert result.returncode == code and result.stderr.endswith(WHO_MAY), result.stderr


def test_F17_only_five_of_many_users_who_may_apply_are_named(run: Run, office: Path) -> None:
    more = ", ".join(f"a{n}: {{name: A{n}, role: administrator, active: {str(n != 3).lower()}}}" for n in range(7))
    (office / "cycles" / "more.yaml").write_text(f"users: {{{more}}}\n")
    apply(run)
    result = run("apply", "--yes", user="tom")
    assert result.stderr.endswith("Users who may: A0 (a0), A1 (a1), A2 (a2), A4 (a4), A5 (a5) and 2 more\n")


def steps_of(office: Path, contact: str) -> list[tuple[str, str]]:
    return [(step, due) for step, due, _, _ in open_actions(office, contact)]


@pytest.mark.parametrize("how", ["removed", "deactivated"])
def test_E4_the_next_step_replaces_one_that_is_removed_or_deactivated(run: Run, short: Path, how: str) -> None:
    if how == "deactivated":
        edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    else:
        edit(short, "short.yaml", "      - {id: one, name: One, type: task, offset: 2 hours}\n", "")
        edit(short, "short.yaml", "loop_to: one", "loop_to: two")
    diff = run("diff", user="sue").stdout
    assert "short: 1 contact is on it\n  1 lose their step; the next one is scheduled\n" in diff
    assert steps_of(short, "li-wei") == [("one", "2026-05-04T11:00")]
    assert diff.split("This would be")[0].strip() in apply(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert "No changes. Version 3 is live." in run("diff", user="sue").stdout
    assert run("doctor", user="sue").returncode == 0


def test_E4_removing_the_last_step_requires_a_choice_for_its_contacts(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(SHORT.replace(", loop_to: one", ""))
    apply(run)
    run("assign", "li-wei", "short")
    run("complete", str(next_action_id(run)))
    edit(office, "short.yaml", "      - {id: two, name: Two, type: call, offset: 1 day}\n", "")
    error = apply_error(run)
    assert "step 'short/two': it's open for li-wei and nothing comes next" in error
    (office / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/two, open: redirect, to: one}\n")
    assert "1 lose their step; the chosen one is scheduled" in apply(run)
    assert steps_of(office, "li-wei") == [("one", "2026-05-04T11:00")]


def test_E4_a_migrate_entry_runs_once_and_then_should_be_removed(run: Run, short: Path) -> None:
    """The bug: a redirect ran again with every apply."""
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/one, open: redirect, to: two}\n")
    apply(run)
    before = open_actions(short, "li-wei")
    edit(short, "short.yaml", "name: Two", "name: Second")
    diff = run("diff", user="sue").stdout
    assert "migrate {step: short/one} already ran in an earlier version: remove it" in diff
    apply(run)
    assert open_actions(short, "li-wei") == before
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/two, dates: recompute}\n")
    assert "migrate {step: short/two} has nothing left to do: no date of it changes" in apply(run)
    assert open_actions(short, "li-wei") == before


def test_F12_removing_a_looping_step_names_the_contacts_who_drop_off(run: Run, office: Path) -> None:
    """A22: they kept their date, and the diff didn't say that no step follows it."""
    callback = "      - {id: callback, name: 30 Day Callback, type: call, offset: 30 days, loop_to: callback}\n"
    edit(office, "long-term.yaml", callback, "")
    line = (
        "6 contacts leave cycle future-prospect after Keep in touch letter, with nothing next: "
        "Carmen Ortiz, Lars Eriksen, Li Wei, Noor Haddad, Peter Van Dyk and 1 more"
    )
    assert f"\n{line}\n" in run("diff", user="sue").stdout and f"\n{line}\n" in apply(run, "--dry-run")
    assert f"\n{line[:-11]}, Ruth Abrams\n" in run("diff", "--all", user="sue").stdout
    assert "**6 contacts leave cycle future\\-prospect after" in run("diff", "--format", "md", user="sue").stdout
    (drop,) = json.loads(run("diff", "--format", "json", user="sue").stdout)["drop_offs"]
    assert (drop["cycle"], drop["after"], drop["count"]) == ("future-prospect", "Keep in touch letter", 6)
    assert drop["contacts"][0] == {"id": "carmen-ortiz", "name": "Carmen Ortiz"} and len(drop["contacts"]) == 5
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    assert run("apply", "--no-test", "--expect", digest, user="sue").returncode == 0


def test_E5_a_step_renamed_by_moved_continues_under_its_new_id(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "{id: one,", "{id: uno,")
    edit(short, "short.yaml", "loop_to: one", "loop_to: uno")
    (short / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short/one, to: short/uno}\n")
    apply(run)
    (row,) = json.loads(run("search", "--contact", "li-wei", "--status", "scheduled", "--format", "json").stdout)[
        "items"
    ]
    assert row["step"] == "uno"
    assert open_actions(short, "li-wei")[0][0] == "one"  # no contact's row changes
    assert "Two (call" in run("complete", str(row["id"])).stdout


def rename_cycle(office: Path) -> None:
    edit(office, "short.yaml", "  short:\n    name", "  brief:\n    name")
    edit(office, "short.yaml", "cycle: short", "cycle: brief")
    (office / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short, to: brief}\n")


def test_E5_a_renamed_cycle_is_found_and_shown_under_its_current_id(run: Run, short: Path) -> None:
    rename_cycle(short)
    apply(run)
    for words in (
        ["due", "--cycle", "brief"],
        ["search", "--cycle", "brief"],
        ["contacts", "list", "--cycle", "brief"],
    ):
        (row,) = json.loads(run(*words, "--format", "json").stdout)["items"]
        assert (row.get("contact") or row["id"], row["cycle"]) == ("li-wei", "brief")
    assert "has finished the cycle" not in run("skip", str(next_action_id(run))).stderr


def test_E5_the_old_id_of_an_alias_is_found_and_its_current_one_is_shown(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "  short: {name: Short, cycle: short}", "  brief: {name: Brief, cycle: short}")
    with (short / "cycles" / "short.yaml").open("a") as file:
        file.write("moved:\n  - {from: quick, to: brief}\n")
    apply(run)
    for words in (["aliases", "show", "quick"], ["assign", "renee-cote", "quick"]):
        result = run(*words, user="sue")
        assert (result.returncode, result.stderr) == (0, "followup: 'quick' is called 'brief' now\n")
        assert "brief" in result.stdout.lower()


def test_E5_diff_and_apply_propose_a_moved_entry_for_a_renamed_cycle(run: Run, office: Path) -> None:
    """B5: the refusal suggested `move_to`, which would have restarted the cycle for every contact."""
    for file in (office / "cycles").glob("*.yaml"):
        file.write_text(file.read_text().replace("future-prospect", "long-game"))
    line = "moved: [{from: future-prospect, to: long-game}]"
    diff = run("diff", user="sue").stdout
    assert "Renamed? These ids are gone" in diff and f"\n  {line}\n" in diff
    assert f"```yaml\n{line}\n```" in run("diff", "--format", "md", user="sue").stdout
    renames = json.loads(run("diff", "--format", "json", user="sue").stdout)["renames"]
    assert renames == [{"kind": "cycle", "from": "future-prospect", "to": "long-game", "ties": []}]
    assert apply_error(run).endswith(f"Contacts keep their place:\n  {line}\n")
    (office / "cycles" / "moved.yaml").write_text(line + "\n")
    before = open_actions(office, "li-wei")
    output = apply(run)
    assert "Renamed?" not in output and "long-game: " not in output
    assert open_actions(office, "li-wei") == before and run("doctor", user="sue").returncode == 0


def next_action_id(run: Run) -> int:
    return int(json.loads(run("next", "li-wei", "--format", "json").stdout)["items"][0]["id"])


def test_E6_a_renamed_cycle_with_contacts_on_it_cannot_be_deactivated(run: Run, short: Path) -> None:
    rename_cycle(short)
    apply(run)
    edit(short, "short.yaml", "    name: Short\n", "    name: Short\n    active: false\n")
    edit(short, "short.yaml", "cycle: brief}", "cycle: brief, active: false}")
    assert "cycle 'brief': contacts are on it (li-wei)." in apply_error(run)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: brief, drain: true}\n")
    assert "1 finish the cycle, which takes no new contacts" in apply(run)
    assert steps_of(short, "li-wei") == [("one", "2026-05-04T11:00")]
    assert run("assign", "li-wei", "brief", user="sue").returncode != 0
    assert "next:" in run("complete", str(next_action_id(run))).stdout, "contacts on it finish"


def drain_short_cycle(run: Run, office: Path, entry: str = "{cycle: short, drain: true}") -> str:
    edit(office, "short.yaml", "    name: Short\n", "    name: Short\n    active: false\n")
    edit(office, "short.yaml", "cycle: short}", "cycle: short, active: false}")
    (office / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {entry}\n")
    return apply(run)


def test_E6_a_loop_ends_while_its_cycle_drains(run: Run, short: Path) -> None:
    drain_short_cycle(run, short)
    assert "next: " in run("complete", str(next_action_id(run))).stdout
    result = run("complete", str(next_action_id(run)))
    assert "next: " not in result.stdout and "li wei has finished the cycle" in result.stderr.lower()
    (row,) = json.loads(run("stranded", "--format", "json", user="sue").stdout)["items"]
    assert (row["contact"], row["why"]) == ("li-wei", "off cycle short: drained")


def test_E6_contacts_on_a_draining_cycle_can_be_moved_later(run: Run, short: Path) -> None:
    drain_short_cycle(run, short)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: short, move_to: not-interested}\n")
    assert "1 move to another cycle" in apply(run)
    assert steps_of(short, "li-wei")[0][0] == "intro-letter"


def test_E11_moving_contacts_off_a_draining_cycle_can_be_undone(run: Run, short: Path) -> None:
    """H4: also where the apply removed the cycle that had been draining."""
    drain_short_cycle(run, short)
    before = steps_of(short, "li-wei")
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: short, move_to: not-interested}\n")
    apply(run)
    assert run("undo", user="sue").returncode == 0
    assert steps_of(short, "li-wei") == before
    (short / "cycles" / "short.yaml").unlink()
    apply(run)
    assert run("undo", user="sue").returncode == 0
    assert steps_of(short, "li-wei") == before


def test_E3_a_step_is_backfilled_in_a_later_apply(run: Run, short: Path) -> None:
    assert run("complete", str(next_action_id(run))).returncode == 0
    edit(
        short,
        "short.yaml",
        "      - {id: two,",
        "      - {id: new, name: New, type: task, offset: 1 day}\n      - {id: two,",
    )
    assert "1 are already past a new step and skip it" in apply(run)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/new, backfill: true}\n")
    assert "1 are already past a new step and get it" in apply(run)
    assert "new" in [step for step, _ in steps_of(short, "li-wei")]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{step: short/one, dates: recompute}", "{step: short/one} has nothing left to do: no date of it changes"),
        (
            "{step: short/two, backfill: true}",
            "{step: short/two} has nothing left to do: no contact has missed this step",
        ),
        ("{cycle: short, move_to: toured}", "{cycle: short} has nothing left to do: 'short' is still active"),
        ("{step: hold/x, open: advance}", "{step: hold/x} names a step that isn't declared: check its id"),
        ("{cycle: nope, move_to: toured}", "{cycle: nope} names a cycle that isn't declared: check its id"),
    ],
)
def test_E6_a_useless_migrate_entry_says_why_and_one_for_an_undeclared_id_is_refused(
    run: Run, short: Path, entry: str, message: str
) -> None:
    (short / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {entry}\n")
    assert f"migrate {message}" in run("diff", user="sue").stdout
    result = run("apply", "--yes", user="sue")
    assert result.returncode == (4 if "isn't declared" in message else 0)


def test_E6_validate_rejects_a_migrate_entry_that_can_never_run(run: Run, short: Path) -> None:
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: nope, drain: true}\n")
    result = run("validate", user="sue")
    assert result.returncode == 3 and "unknown cycle 'nope'" in result.stdout + result.stderr


def test_E6_a_cycle_can_be_removed_when_its_contacts_move_to_another(run: Run, short: Path) -> None:
    (short / "cycles" / "short.yaml").write_text("migrate:\n  - {cycle: short, move_to: not-interested}\n")
    assert "1 move to another cycle" in apply(run)
    (row,) = json.loads(run("contacts", "show", "li-wei", "--format", "json").stdout)["items"][:1]
    assert (row["cycle"], row["alias"]) == ("future-prospect", "not-interested")


def test_E6_cycles_that_cannot_be_deactivated_are_listed_by_id(run: Run, office: Path) -> None:
    for cycle in ("introduction-referral", "after-tour"):
        path = next(path for path in (office / "cycles").glob("*.yaml") if f"\n  {cycle}:\n" in path.read_text())
        edit(office, path.name, f"\n  {cycle}:\n", f"\n  {cycle}:\n    active: false\n")
    edit(office, "aliases.yaml", "cycle: introduction-referral", "cycle: null")
    edit(office, "aliases.yaml", "cycle: after-tour", "cycle: null")
    (office / "cycles" / "cases.yaml").unlink()
    error = apply_error(run)
    assert re.findall(r"cycle '(\S+)': contacts are on it \((\S+?),", error) == [
        ("after-tour", "daniel-cohen"),
        ("introduction-referral", "aisha-khan"),  # sorts before all contacts on after-tour
    ]


def test_F12_a_hold_with_contacts_on_it_cannot_get_steps_that_would_never_start(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "    steps: []", "    steps: [{id: ring, name: Ring, type: call}]")
    error = apply_error(run)
    assert "cycle 'on-hold' is a hold: its new steps would never start for diego-fernandez" in error
    assert run("stranded", user="sue").returncode == 0
    (office / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: on-hold/ring, backfill: true}\n")
    assert "gets the step" in apply(run)
    assert steps_of(office, "diego-fernandez") == [("ring", "2026-05-04")]
    assert run("stranded", user="sue").returncode == 0


def test_a_user_who_still_has_contacts_cannot_be_removed(run: Run, office: Path) -> None:
    text = (office / "cycles" / "people.yaml").read_text()
    (office / "cycles" / "people.yaml").write_text(re.sub(r"  anne:\n(    .*\n)+?      .*\n      .*\n", "", text))
    assert re.search(r"user 'anne' still has \d+ contacts and \d+ open actions", apply_error(run))


def test_H3_a_property_that_contacts_have_cannot_be_removed(run: Run, office: Path) -> None:
    edit(office, "people.yaml", "    property: beachside\n", "")
    edit(office, "office.yaml", "  beachside:\n", "  seaside:\n")
    diff = json.loads(run("diff", "--format", "json", user="sue").stdout)
    (line,) = diff["refused"]
    assert re.match(r"property 'beachside' still has \d+ contacts and \d+ open actions: keep its id", line)
    assert line in apply_error(run)
    edit(office, "office.yaml", "  seaside:\n", "  beachside:\n    active: false\n")
    assert "Version 2 is live." in apply(run), "inactive properties keep their contacts"
    edit(office, "office.yaml", "  beachside:\n    active: false\n", "  seaside:\n")
    assert (
        run("contacts", "set", "--where", "property=beachside", "--property", "bluewater", user="sue").returncode == 0
    )
    assert "Version 3 is live." in apply(run)


def test_H3_an_apply_that_added_a_property_cannot_be_undone_while_contacts_have_it(run: Run, office: Path) -> None:
    (office / "cycles" / "new.yaml").write_text("properties: {hill: {name: Hill}}\n")
    apply(run)
    assert run("contacts", "set", "li-wei", "--property", "hill", user="max").returncode == 0
    result = run("undo", user="sue")
    assert result.returncode == 4 and "property 'hill' still has 1 contact and" in result.stderr


def test_H3_contacts_are_found_by_a_source_whose_id_was_changed(run: Run, office: Path) -> None:
    before = run("contacts", "list", "--source", "realtor", user="sue").stdout
    assert "No contacts match." not in before
    (path,) = (path for path in (office / "cycles").glob("*.yaml") if "  realtor: Realtor" in path.read_text())
    edit(office, path.name, "  realtor: Realtor", "  agent: Realtor")
    assert re.search(r"source 'realtor' is removed, but \d+ contacts? still ha(s|ve) it: to rename it,", apply(run))
    assert run("contacts", "list", "--source", "realtor", user="sue").stdout == before


def test_T1_a_zone_change_keeps_dates_and_the_instants_of_elapsed_times(run: Run, short: Path) -> None:
    (before,) = open_actions(short, "li-wei")
    dates_before = open_actions(short, "jack-robertson")
    edit(short, "people.yaml", "    name: Tom Brown\n", "    name: Tom Brown\n    zone: America/Toronto\n")
    assert "1 show another time in the new zone" in apply(run)
    (after,) = open_actions(short, "li-wei")
    assert (before[1], after[1]) == ("2026-05-04T11:00", "2026-05-04T14:00") and before[2] == after[2]
    dates_after = open_actions(short, "jack-robertson")
    assert [row[:2] for row in dates_after] == [row[:2] for row in dates_before]
    assert [row[2] - was[2] for row, was in zip(dates_after, dates_before, strict=True)] == [-3 * 3600] * len(
        dates_before
    )
    line = run("history", "li-wei", "--format", "jsonl").stdout.splitlines()[-1]
    assert json.loads(line)["kind"] == "reassigned" and json.loads(line)["by"] == "sue"
    assert run("doctor", user="sue").returncode == 0


def test_F20_a_user_who_still_has_contacts_cannot_be_deactivated(run: Run, office: Path) -> None:
    edit(office, "people.yaml", "    name: Anne Green\n", "    name: Anne Green\n    active: false\n")
    assert "user 'anne' still has" in apply_error(run)


def test_F20_an_inactive_user_cannot_act_or_receive_contacts(run: Run, office: Path) -> None:
    (office / "cycles" / "left.yaml").write_text("users: {lee: {name: Lee, role: sales-exec, active: false}}\n")
    apply(run)
    for words, user in ((["due"], "lee"), (["contacts", "set", "li-wei", "--owner", "lee"], "sue")):
        result = run(*words, user=user)
        assert result.returncode == 4 and "Lee (lee) is no longer active" in result.stderr


def test_E5_removing_a_moved_entry_is_refused_while_contacts_depend_on_it(run: Run, short: Path) -> None:
    rename_cycle(short)
    apply(run)
    (short / "cycles" / "moved.yaml").unlink()
    assert "cycle 'short': contacts are on it (li-wei)." in apply_error(run)


def test_E5_a_step_of_a_renamed_cycle_is_migrated_by_its_current_id(run: Run, short: Path) -> None:
    rename_cycle(short)
    apply(run)
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: brief/one, open: redirect, to: two}\n")
    assert "1 lose their step; the chosen one is scheduled" in apply(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]


RECOMPUTE = "migrate:\n  - {step: short/two, dates: recompute}\n"


@pytest.fixture
def waiting(run: Run, short: Path) -> Path:
    """Li Wei waits for the second step, and its offset has been edited."""
    run("complete", str(next_action_id(run)))
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    edit(short, "short.yaml", "offset: 1 day", "offset: 4 days")
    return short


def test_E2_a_scheduled_date_moves_only_if_the_catalog_says_recompute(run: Run, waiting: Path) -> None:
    assert "1 keep their current date (the new rule gives another" in apply(run)
    assert steps_of(waiting, "li-wei") == [("two", "2026-05-05")]
    edit(waiting, "short.yaml", "offset: 4 days", "offset: 5 days")
    (waiting / "cycles" / "choices.yaml").write_text(RECOMPUTE)
    assert "1 move later" in apply(run)
    assert steps_of(waiting, "li-wei") == [("two", "2026-05-09")]
    event = json.loads(run("history", "li-wei", "--format", "jsonl").stdout.splitlines()[-1])
    assert (event["kind"], event["data"]["before"], event["data"]["why"]["offset"]) == (
        "redated",
        "2026-05-05",
        "5 days",
    )
    assert run("doctor", user="sue").returncode == 0


def test_E2_a_shortened_wait_is_reported_and_can_be_staggered(run: Run, office: Path) -> None:
    """The bug: all contacts became due at once. The diff warns, and `stagger: N` spreads them, N per owner and day."""
    (office / "cycles" / "short.yaml").write_text(SHORT.replace("offset: 2 hours", "offset: 60 days"))
    apply(run)
    run("assign", "--where", "stage=lead", "short", user="sue")
    edit(office, "short.yaml", "offset: 60 days", "offset: 1 day")
    choices = office / "cycles" / "choices.yaml"
    later = "2026-05-20T09:00"
    diff = run("diff", user="sue", now=later).stdout
    assert "of these would be in the past" in diff and " keep their current date (the new rule gives another" in diff
    choices.write_text("migrate:\n  - {step: short/one, dates: recompute, stagger: 2}\n")
    assert run("apply", "--yes", user="sue", now=later).returncode == 0
    items = json.loads(run("search", "--cycle", "short", "--format", "json", user="sue").stdout)["items"]
    by_day: dict[tuple[str, str], int] = {}
    for row in items:
        by_day[row["owner"], row["due"]] = by_day.get((row["owner"], row["due"]), 0) + 1
    assert set(by_day.values()) <= {1, 2} and min(day for _, day in by_day) == "2026-05-20"
    toms = [date.fromisoformat(day) for owner, day in by_day if owner == "tom"]
    assert toms and all(day.weekday() < 5 for day in toms)


def test_E1_apply_with_expect_does_what_the_diff_showed_or_nothing(run: Run, waiting: Path) -> None:
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    run("assign", "jack-robertson", "short", user="sue")
    result = run("apply", "--expect", digest, user="sue")
    assert result.returncode == 5 and "changed after that diff" in result.stderr
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    edit(waiting, "short.yaml", "offset: 4 days", "offset: 3 days")
    assert run("apply", "--expect", digest, user="sue").returncode == 5
    edit(waiting, "short.yaml", "offset: 3 days", "offset: 4 days")
    assert run("apply", "--expect", digest, user="sue").returncode == 0


def test_G1_the_diff_has_formats_for_people_pull_requests_and_scripts(run: Run, waiting: Path) -> None:
    result = run("diff", "--exit-code", user="sue")
    assert result.returncode == 1
    assert "change cycle short\n  step two offset: 1 day -> 4 days\n" in result.stdout
    assert "li-wei     Li Wei  tom      two     keeps its date  2026-05-05  (2026-05-08)" in result.stdout
    diff = json.loads(run("diff", "--format", "json", user="sue").stdout)
    assert diff["cycles"] == [{"cycle": "short", "contacts": 1, "past": 0, "counts": {"keeps": 1}}]
    (effect,) = diff["effects"]
    assert (effect["contact"], effect["was"], effect["would"], effect["becomes"]) == (
        "li-wei",
        "2026-05-05",
        "2026-05-08",
        None,
    )
    text = run("diff", "--format", "md", user="sue").stdout
    assert "| li\\-wei | Li Wei | tom | two | keeps its date | 2026\\-05\\-05 |" in text
    apply(run)
    assert run("diff", "--exit-code", user="sue").returncode == 0


def test_P6_contact_names_never_become_markup_in_a_pull_request(run: Run, waiting: Path) -> None:
    run("contacts", "set", "li-wei", "--name", "<img src=x> | `rm` @all\u202e", user="sue")
    text = run("diff", "--format", "md", user="sue").stdout
    assert "\\<img src=x\\> \\|" in text and "\u202e" not in text


def rows(office: Path) -> list[Any]:
    """Every current row, and the live catalog: what an undo restores."""
    connection = sqlite3.connect(office / "followup.db")
    tables = [
        connection.execute(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1, 2").fetchall()
        for table, columns, where in (
            ("contact", "id, name, owner, updated_at, next_action, gone", "1"),
            ("enrolment", "*", "reason IS NOT 'undone'"),
            ("action", "*", "reason IS NOT 'undone'"),
            ("catalog_item", "kind, id, document", "until IS NULL"),
        )
    ]
    connection.close()
    return tables


@pytest.mark.parametrize("choice", ["open: advance", "open: redirect, to: two"])
def test_E11_undoing_an_apply_reverts_everything_it_did(run: Run, short: Path, choice: str) -> None:
    before = rows(short)
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {{step: short/one, {choice}}}\n")
    apply(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert "would undo:" in run("undo", "--dry-run", user="sue").stdout
    result = run("undo", user="sue")
    assert result.returncode == 0 and "(apply" in result.stdout, result.stderr
    assert rows(short) == before
    assert run("doctor", user="sue").stdout == "The store is healthy.\n"
    assert "lose their step" in run("diff", user="sue").stdout, "the files still say so, and the entry runs again"
    apply(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]


def test_E11_contacts_changed_since_are_named_and_partial_undoes_the_rest(run: Run, short: Path) -> None:
    run("assign", "jack-robertson", "short", user="sue")
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    apply(run)
    run("complete", str(next_action_id(run)))
    result = run("undo", user="sue")
    assert result.returncode == 4 and "contact li-wei has changed since: by tom" in result.stderr
    assert steps_of(short, "jack-robertson")[-1][0] == "two"
    assert "not undone: contact li-wei" in run("undo", "--partial", user="sue").stderr
    assert ("one", "2026-05-04T11:00") in steps_of(short, "jack-robertson")
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert run("doctor", user="sue").returncode == 0


def test_E11_a_version_followed_by_another_users_version_cannot_be_undone(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "name: Future Prospect", "name: Later on")
    apply(run)
    (office / "cycles" / "boss.yaml").write_text("users: {boss: {name: Boss, role: administrator}}\n")
    apply(run)
    edit(office, "long-term.yaml", "name: Later on", "name: Later")
    assert run("apply", "--yes", user="boss").returncode == 0
    result = run("undo", user="sue")
    assert result.returncode == 4 and "version 3 isn't the live one any more (that is 4)" in result.stderr
    assert [run("undo", user=who).returncode for who in ("boss", "sue", "sue")] == [0, 0, 0], "in reverse order"


def test_E11_the_first_version_cannot_be_undone(run: Run, office: Path) -> None:
    assert ": 40 contacts: Aisha" in run("undo", user="sue").stdout  # the sample contacts
    result = run("undo", user="sue")
    assert result.returncode == 4 and "the first version can't be undone" in result.stderr


def test_E11_contacts_who_progressed_since_are_migrated_to_the_restored_version(run: Run, short: Path) -> None:
    edit(
        short,
        "short.yaml",
        "offset: 1 day,",
        "offset: 1 day}\n      - {id: three, name: Three, type: call, offset: 1 day,",
    )
    apply(run)
    run("complete", str(next_action_id(run)))
    run("complete", str(next_action_id(run)))
    assert steps_of(short, "li-wei") == [("three", "2026-05-05")]
    result = run("undo", user="sue")
    assert result.returncode == 0, result.stderr
    assert "already migrated to that version: Li Wei (li-wei);" in result.stdout
    assert [step for step, _ in steps_of(short, "li-wei")] == ["one"], "the removed step was the last one: round two"
    assert run("doctor", user="sue").returncode == 0


def test_E11_an_apply_cannot_be_undone_while_contacts_are_on_its_new_cycle(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(SHORT)
    apply(run)
    run("assign", "li-wei", "short")
    assert run("undo", user="sue").returncode == 4
    result = run("undo", "--partial", user="sue")
    assert result.returncode == 4 and "cycle 'short': contacts are on it (li-wei" in result.stderr
    assert "No changes. Version 2 is live." in run("apply", "--yes", user="sue").stdout, "the version is live as it was"


def test_F20_an_apply_that_added_a_user_cannot_be_undone_while_they_have_contacts(run: Run, office: Path) -> None:
    (office / "cycles" / "new.yaml").write_text("users: {lee: {name: Lee, role: sales-exec}}\n")
    apply(run)
    assert run("contacts", "set", "li-wei", "--owner", "lee").returncode == 0
    result = run("undo", user="sue")
    assert result.returncode == 4 and "user 'lee' still has" in result.stderr
    assert run("contacts", "set", "li-wei", "--owner", "tom", user="lee").returncode == 0
    assert run("undo", user="sue").returncode == 0, "after the contact is handed over"


STILL = "followup: the files in cycles/ still hold that edit: "
AGAIN = ", or apply it again with `followup apply`\n"


def test_E11_undo_of_an_apply_says_that_the_files_still_contain_the_edit(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "name: Future Prospect\n", "name: Later\n")
    apply(run)
    for words in (["--dry-run"], ["--format", "json", "--dry-run"], []):
        assert run("undo", *words, user="sue").stderr == STILL + "take it out there too" + AGAIN
    assert "Version 4" in apply(run), "as the note said"
    edit(office, "long-term.yaml", "name: Later\n", "name: Future Prospect\n")
    assert run("undo", user="sue").stderr == "", "the files are as they were before it"
    assert run("-q", "undo", user="sue").returncode == 0


def test_E11_undo_of_an_apply_suggests_a_git_command_that_reverts_the_edit(run: Run, office: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]

    def commit(new: str) -> str:
        edit(office, "long-term.yaml", *names, new)
        names[:] = [new]
        subprocess.run([*git, "commit", "-qam", new], cwd=office, check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=office, capture_output=True, text=True, check=True)
        return head.stdout[:8]

    names = ["name: Future Prospect\n"]
    for words in (["init", "-q"], ["add", "cycles"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=office, check=True)
    first = commit("name: Later\n")
    apply(run)
    assert run("undo", "--dry-run", user="sue").stderr == STILL + f"take it out with `git revert {first}`" + AGAIN
    commit("name: Later on\n")
    apply(run)
    way = f"take it out with `git checkout {first} -- cycles`"
    assert run("undo", "--dry-run", user="sue").stderr == STILL + way + AGAIN
    edit(office, "long-term.yaml", *names, "name: Soon\n")
    apply(run)
    edit(office, "long-term.yaml", "name: Soon\n", "name: Sooner\n")
    apply(run)
    way = "take it out too (in git: `git checkout -- cycles`)"
    assert run("undo", "--dry-run", user="sue").stderr == STILL + way + AGAIN


def test_E11_applies_are_undone_one_at_a_time(run: Run, office: Path) -> None:
    names = ["Future Prospect", "Later", "Later on"]
    for old, new in pairwise(names):
        edit(office, "long-term.yaml", f"name: {old}\n", f"name: {new}\n")
        apply(run)
    for name in ("Later", "Future Prospect"):
        assert run("undo", user="sue").returncode == 0
        assert f" {name}  " in run("cycles", "list").stdout
