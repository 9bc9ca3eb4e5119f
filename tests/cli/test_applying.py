"""`apply`: what it puts in force, what it rewrites, and what it refuses because people are in the middle of it."""

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


def applied(run: Run, *words: str) -> str:
    """What is printed. The sample office's own tests notice most edits; tests/test_proving.py is about them."""
    told = run("apply", "--yes", "--no-test", *words, user="sue")
    assert told.returncode == 0, told.stderr
    return told.stdout


def refused(run: Run) -> str:
    told = run("apply", "--yes", "--no-test", user="sue")
    assert told.returncode == 4, told.stdout
    assert "No changes." not in run("apply", "--dry-run", "--no-test", user="sue").stdout  # the edit is still to come
    return told.stderr


def open_of(office: Path, contact: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    sql = "SELECT step, due, at, owner FROM action WHERE contact = ? AND status = 'scheduled' ORDER BY id"
    found = connection.execute(sql, [contact]).fetchall()
    connection.close()
    return found


@pytest.fixture
def short(office: Path, run: Run) -> Path:
    """The sample office, with Li Wei on a cycle of two steps whose first is timed."""
    (office / "cycles" / "short.yaml").write_text(SHORT)
    applied(run)
    assert run("assign", "li-wei", "short").returncode == 0
    return office


def test_E1_an_edit_changes_nothing_until_it_is_applied(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    assert "30 days" in run("cycles", "show", "future-prospect").stdout
    assert applied(run).endswith("Version 2 is live.\n")
    assert "20 days" in run("cycles", "show", "future-prospect").stdout
    assert applied(run) == "No changes. Version 2 is live.\n"


def test_a_dry_run_of_apply_says_what_would_be_and_changes_nothing(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    before = (office / "followup.db").read_bytes()
    assert "Version 2 would be live" in applied(run, "--dry-run")
    assert (office / "followup.db").read_bytes() == before


def test_a_version_knows_its_commit_who_and_when(run: Run, office: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    for words in (["init", "-q"], ["add", "cycles"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=office, check=True)
    edit(office, "long-term.yaml", "name: Future Prospect", "name: Later on")
    applied(run)
    (item,) = json.loads(run("history", "--change", "3", "--format", "json").stdout)["items"]
    assert item["by"] == "sue" and re.fullmatch(r"[0-9a-f]{40}-dirty", item["data"]["commit"])


def test_F17_whoever_may_not_apply_is_told_which_permission_it_takes(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    told = run("apply", "--yes", user="tom")
    assert told.returncode == 4 and "'apply-catalog'" in told.stderr


WHO_MAY = "Users who may: Sue Reed (sue)\n"


@pytest.mark.parametrize("words", [["apply", "--yes"], ["diff"], ["backup", "copy.db"]], ids=" ".join)
@pytest.mark.parametrize(("user", "code"), [("tom", 4), pytest.param("alice", 66, id="declared but not applied")])
def test_F17_a_refusal_of_what_is_about_everybody_names_the_users_who_may(
    run: Run, office: Path, words: list[str], user: str, code: int
) -> None:
    (office / "cycles" / "new.yaml").write_text("users: {alice: {name: Alice, role: administrator}}\n")
    told = run(*words, user=user)
    assert told.returncode == code and told.stderr.endswith(WHO_MAY), told.stderr


def test_F17_of_many_users_who_may_apply_five_are_named(run: Run, office: Path) -> None:
    more = ", ".join(f"a{n}: {{name: A{n}, role: administrator, active: {str(n != 3).lower()}}}" for n in range(7))
    (office / "cycles" / "more.yaml").write_text(f"users: {{{more}}}\n")
    applied(run)
    told = run("apply", "--yes", user="tom")
    assert told.stderr.endswith("Users who may: A0 (a0), A1 (a1), A2 (a2), A4 (a4), A5 (a5) and 2 more\n")


def steps_of(office: Path, contact: str) -> list[tuple[str, str]]:
    return [(step, due) for step, due, _, _ in open_of(office, contact)]


@pytest.mark.parametrize("how", ["taken out", "turned off"])
def test_E4_a_step_that_goes_is_followed_by_the_next(run: Run, short: Path, how: str) -> None:
    if how == "turned off":
        edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    else:
        edit(short, "short.yaml", "      - {id: one, name: One, type: task, offset: 2 hours}\n", "")
        edit(short, "short.yaml", "loop_to: one", "loop_to: two")
    shown = run("diff", user="sue").stdout
    assert "short: 1 contact is on it\n  1 lose their step; the next one is scheduled\n" in shown
    assert steps_of(short, "li-wei") == [("one", "2026-05-04T11:00")]
    assert shown.split("This would be")[0].strip() in applied(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert "No changes. Version 3 is live." in run("diff", user="sue").stdout
    assert run("doctor", user="sue").returncode == 0


def test_E4_the_last_step_goes_only_if_it_is_said_what_becomes_of_those_on_it(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(SHORT.replace(", loop_to: one", ""))
    applied(run)
    run("assign", "li-wei", "short")
    run("complete", str(row_id(run)))
    edit(office, "short.yaml", "      - {id: two, name: Two, type: call, offset: 1 day}\n", "")
    told = refused(run)
    assert "step 'short/two': it's open for li-wei and nothing comes next" in told
    (office / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/two, open: redirect, to: one}\n")
    assert "1 lose their step; the chosen one is scheduled" in applied(run)
    assert steps_of(office, "li-wei") == [("one", "2026-05-04T11:00")]


def test_E4_an_entry_acts_once_and_then_is_to_be_taken_out(run: Run, short: Path) -> None:
    """The accident: a redirect that fires again and again."""
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/one, open: redirect, to: two}\n")
    applied(run)
    stood = open_of(short, "li-wei")
    edit(short, "short.yaml", "name: Two", "name: Second")
    told = run("diff", user="sue").stdout
    assert "migrate {step: short/one} already ran in an earlier version: remove it" in told
    applied(run)
    assert open_of(short, "li-wei") == stood
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/two, dates: recompute}\n")
    assert "migrate {step: short/two} has nothing left to do: no date of it changes" in applied(run)
    assert open_of(short, "li-wei") == stood


def test_F12_a_step_that_fed_people_on_is_not_taken_out_without_naming_who_drops_off(run: Run, office: Path) -> None:
    """A22: they keep their date, and nothing said that nothing follows it."""
    callback = "      - {id: callback, name: 30 Day Callback, type: call, offset: 30 days, loop_to: callback}\n"
    edit(office, "long-term.yaml", callback, "")
    line = (
        "6 contacts leave cycle future-prospect after Keep in touch letter, with nothing next: "
        "Carmen Ortiz, Lars Eriksen, Li Wei, Noor Haddad, Peter Van Dyk and 1 more"
    )
    assert f"\n{line}\n" in run("diff", user="sue").stdout and f"\n{line}\n" in applied(run, "--dry-run")
    assert f"\n{line[:-11]}, Ruth Abrams\n" in run("diff", "--all", user="sue").stdout
    assert "**6 contacts leave cycle future\\-prospect after" in run("diff", "--format", "md", user="sue").stdout
    (drop,) = json.loads(run("diff", "--format", "json", user="sue").stdout)["drop_offs"]
    assert (drop["cycle"], drop["after"], drop["count"]) == ("future-prospect", "Keep in touch letter", 6)
    assert drop["contacts"][0] == {"id": "carmen-ortiz", "name": "Carmen Ortiz"} and len(drop["contacts"]) == 5
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    assert run("apply", "--no-test", "--expect", digest, user="sue").returncode == 0


def test_E5_a_step_that_is_renamed_by_moved_goes_on_under_its_new_id(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "{id: one,", "{id: uno,")
    edit(short, "short.yaml", "loop_to: one", "loop_to: uno")
    (short / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short/one, to: short/uno}\n")
    applied(run)
    (row,) = json.loads(run("search", "--contact", "li-wei", "--status", "scheduled", "--format", "json").stdout)[
        "items"
    ]
    assert row["step"] == "uno"
    assert open_of(short, "li-wei")[0][0] == "one"  # no contact's row is touched
    assert "Two (call" in run("complete", str(row["id"])).stdout


def rename(office: Path) -> None:
    edit(office, "short.yaml", "  short:\n    name", "  brief:\n    name")
    edit(office, "short.yaml", "cycle: short", "cycle: brief")
    (office / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short, to: brief}\n")


def test_E5_a_renamed_cycle_is_found_and_shown_under_its_id_of_today(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    for words in (
        ["due", "--cycle", "brief"],
        ["search", "--cycle", "brief"],
        ["contacts", "list", "--cycle", "brief"],
    ):
        (row,) = json.loads(run(*words, "--format", "json").stdout)["items"]
        assert (row.get("contact") or row["id"], row["cycle"]) == ("li-wei", "brief")
    assert "has finished the cycle" not in run("skip", str(row_id(run))).stderr


def test_E5_a_renamed_cycle_is_proposed_where_it_would_be_refused(run: Run, office: Path) -> None:
    """B5: the refusal said `move_to`, which would have begun everybody anew."""
    for file in (office / "cycles").glob("*.yaml"):
        file.write_text(file.read_text().replace("future-prospect", "long-game"))
    line = "moved: [{from: future-prospect, to: long-game}]"
    shown = run("diff", user="sue").stdout
    assert "Renamed? These ids are gone" in shown and f"\n  {line}\n" in shown
    assert f"```yaml\n{line}\n```" in run("diff", "--format", "md", user="sue").stdout
    found = json.loads(run("diff", "--format", "json", user="sue").stdout)["renames"]
    assert found == [{"kind": "cycle", "from": "future-prospect", "to": "long-game", "ties": []}]
    assert refused(run).endswith(f"Contacts keep their place:\n  {line}\n")
    (office / "cycles" / "moved.yaml").write_text(line + "\n")
    stood = open_of(office, "li-wei")
    told = applied(run)
    assert "Renamed?" not in told and "long-game: " not in told
    assert open_of(office, "li-wei") == stood and run("doctor", user="sue").returncode == 0


def row_id(run: Run) -> int:
    return int(json.loads(run("next", "li-wei", "--format", "json").stdout)["items"][0]["id"])


def test_E6_a_renamed_cycle_is_not_taken_from_under_those_who_came_before(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    edit(short, "short.yaml", "    name: Short\n", "    name: Short\n    active: false\n")
    edit(short, "short.yaml", "cycle: brief}", "cycle: brief, active: false}")
    assert "cycle 'brief': contacts are on it (li-wei)." in refused(run)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: brief, drain: true}\n")
    assert "1 finish the cycle, which takes no new contacts" in applied(run)
    assert steps_of(short, "li-wei") == [("one", "2026-05-04T11:00")]
    assert run("assign", "li-wei", "brief", user="sue").returncode != 0
    assert "next:" in run("complete", str(row_id(run))).stdout, "whoever is on it finishes"


def drained(run: Run, office: Path, entry: str = "{cycle: short, drain: true}") -> str:
    edit(office, "short.yaml", "    name: Short\n", "    name: Short\n    active: false\n")
    edit(office, "short.yaml", "cycle: short}", "cycle: short, active: false}")
    (office / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {entry}\n")
    return applied(run)


def test_E6_a_loop_ends_while_its_cycle_drains(run: Run, short: Path) -> None:
    drained(run, short)
    assert "next: " in run("complete", str(row_id(run))).stdout
    told = run("complete", str(row_id(run)))
    assert "next: " not in told.stdout and "li wei has finished the cycle" in told.stderr.lower()
    (row,) = json.loads(run("stranded", "--format", "json", user="sue").stdout)["items"]
    assert (row["contact"], row["why"]) == ("li-wei", "off cycle short: drained")


def test_E6_who_is_on_a_drained_cycle_can_be_moved_later(run: Run, short: Path) -> None:
    drained(run, short)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: short, move_to: not-interested}\n")
    assert "1 move to another cycle" in applied(run)
    assert steps_of(short, "li-wei")[0][0] == "intro-letter"


def test_E3_a_step_is_backfilled_in_a_later_apply(run: Run, short: Path) -> None:
    assert run("complete", str(row_id(run))).returncode == 0
    edit(
        short,
        "short.yaml",
        "      - {id: two,",
        "      - {id: new, name: New, type: task, offset: 1 day}\n      - {id: two,",
    )
    assert "1 are already past a new step and skip it" in applied(run)
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: short/new, backfill: true}\n")
    assert "1 are already past a new step and get it" in applied(run)
    assert "new" in [step for step, _ in steps_of(short, "li-wei")]


@pytest.mark.parametrize(
    ("entry", "said"),
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
def test_E6_an_entry_that_does_nothing_says_why_and_one_about_nothing_is_refused(
    run: Run, short: Path, entry: str, said: str
) -> None:
    (short / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {entry}\n")
    assert f"migrate {said}" in run("diff", user="sue").stdout
    told = run("apply", "--yes", user="sue")
    assert told.returncode == (4 if "isn't declared" in said else 0)


def test_E6_an_entry_that_can_never_act_is_an_error_of_the_files(run: Run, short: Path) -> None:
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {cycle: nope, drain: true}\n")
    told = run("validate", user="sue")
    assert told.returncode == 3 and "unknown cycle 'nope'" in told.stdout + told.stderr


def test_E6_a_cycle_goes_when_it_is_said_where_its_contacts_go(run: Run, short: Path) -> None:
    (short / "cycles" / "short.yaml").write_text("migrate:\n  - {cycle: short, move_to: not-interested}\n")
    assert "1 move to another cycle" in applied(run)
    (row,) = json.loads(run("contacts", "show", "li-wei", "--format", "json").stdout)["items"][:1]
    assert (row["cycle"], row["alias"]) == ("future-prospect", "not-interested")


def test_E6_cycles_that_may_not_go_are_told_in_the_order_of_their_ids(run: Run, office: Path) -> None:
    for cycle in ("introduction-referral", "after-tour"):
        path = next(path for path in (office / "cycles").glob("*.yaml") if f"\n  {cycle}:\n" in path.read_text())
        edit(office, path.name, f"\n  {cycle}:\n", f"\n  {cycle}:\n    active: false\n")
    edit(office, "aliases.yaml", "cycle: introduction-referral", "cycle: null")
    edit(office, "aliases.yaml", "cycle: after-tour", "cycle: null")
    (office / "cycles" / "cases.yaml").unlink()
    told = refused(run)
    assert re.findall(r"cycle '(\S+)': contacts are on it \((\S+?),", told) == [
        ("after-tour", "daniel-cohen"),
        ("introduction-referral", "aisha-khan"),  # who comes before all who have toured
    ]


def test_F12_a_hold_that_people_are_on_gets_no_steps_that_would_never_start(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "    steps: []", "    steps: [{id: ring, name: Ring, type: call}]")
    told = refused(run)
    assert "cycle 'on-hold' is a hold: its new steps would never start for diego-fernandez" in told
    assert run("stranded", user="sue").returncode == 0
    (office / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: on-hold/ring, backfill: true}\n")
    assert "gets the step" in applied(run)
    assert steps_of(office, "diego-fernandez") == [("ring", "2026-05-04")]
    assert run("stranded", user="sue").returncode == 0


def test_a_user_who_still_holds_contacts_is_not_removed(run: Run, office: Path) -> None:
    text = (office / "cycles" / "people.yaml").read_text()
    (office / "cycles" / "people.yaml").write_text(re.sub(r"  anne:\n(    .*\n)+?      .*\n      .*\n", "", text))
    assert re.search(r"user 'anne' still has \d+ contacts and \d+ open actions", refused(run))


def test_T1_when_a_zone_changes_dates_stay_and_elapsed_times_keep_their_instant(run: Run, short: Path) -> None:
    (before,) = open_of(short, "li-wei")
    dated = open_of(short, "jack-robertson")
    edit(short, "people.yaml", "    name: Tom Brown\n", "    name: Tom Brown\n    zone: America/Toronto\n")
    assert "1 show another time in the new zone" in applied(run)
    (after,) = open_of(short, "li-wei")
    assert (before[1], after[1]) == ("2026-05-04T11:00", "2026-05-04T14:00") and before[2] == after[2]
    moved = open_of(short, "jack-robertson")
    assert [row[:2] for row in moved] == [row[:2] for row in dated]
    assert [row[2] - was[2] for row, was in zip(moved, dated, strict=True)] == [-3 * 3600] * len(dated)
    told = run("history", "li-wei", "--format", "jsonl").stdout.splitlines()[-1]
    assert json.loads(told)["kind"] == "reassigned" and json.loads(told)["by"] == "sue"
    assert run("doctor", user="sue").returncode == 0


def test_F20_nor_is_one_made_inactive(run: Run, office: Path) -> None:
    edit(office, "people.yaml", "    name: Anne Green\n", "    name: Anne Green\n    active: false\n")
    assert "user 'anne' still has" in refused(run)


def test_F20_who_works_here_no_more_does_nothing_and_is_given_nothing(run: Run, office: Path) -> None:
    (office / "cycles" / "left.yaml").write_text("users: {lee: {name: Lee, role: sales-exec, active: false}}\n")
    applied(run)
    for words, user in ((["due"], "lee"), (["contacts", "set", "li-wei", "--owner", "lee"], "sue")):
        told = run(*words, user=user)
        assert told.returncode == 4 and "Lee (lee) is no longer active" in told.stderr


def test_E5_a_move_that_is_taken_out_again_is_refused_while_somebody_came_by_it(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    (short / "cycles" / "moved.yaml").unlink()
    assert "cycle 'short': contacts are on it (li-wei)." in refused(run)


def test_E5_a_step_goes_under_its_id_of_today_after_its_cycle_was_renamed(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text("migrate:\n  - {step: brief/one, open: redirect, to: two}\n")
    assert "1 lose their step; the chosen one is scheduled" in applied(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]


RECOMPUTE = "migrate:\n  - {step: short/two, dates: recompute}\n"


@pytest.fixture
def waiting(run: Run, short: Path) -> Path:
    """Li Wei waits for the second step, and its offset is edited."""
    run("complete", str(row_id(run)))
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    edit(short, "short.yaml", "offset: 1 day", "offset: 4 days")
    return short


def test_E2_a_date_that_a_rep_has_seen_moves_only_when_it_is_said(run: Run, waiting: Path) -> None:
    assert "1 keep their current date (the new rule gives another" in applied(run)
    assert steps_of(waiting, "li-wei") == [("two", "2026-05-05")]
    edit(waiting, "short.yaml", "offset: 4 days", "offset: 5 days")
    (waiting / "cycles" / "choices.yaml").write_text(RECOMPUTE)
    assert "1 move later" in applied(run)
    assert steps_of(waiting, "li-wei") == [("two", "2026-05-09")]
    told = json.loads(run("history", "li-wei", "--format", "jsonl").stdout.splitlines()[-1])
    assert (told["kind"], told["data"]["before"], told["data"]["why"]["offset"]) == ("redated", "2026-05-05", "5 days")
    assert run("doctor", user="sue").returncode == 0


def test_E2_a_shortened_wait_does_not_release_everybody_at_once_without_a_word(run: Run, office: Path) -> None:
    """The accident. Told in the diff; and spread over the working days, so many a day for each of those who do it."""
    (office / "cycles" / "short.yaml").write_text(SHORT.replace("offset: 2 hours", "offset: 60 days"))
    applied(run)
    run("assign", "--where", "stage=lead", "short", user="sue")
    edit(office, "short.yaml", "offset: 60 days", "offset: 1 day")
    choices = office / "cycles" / "choices.yaml"
    later = "2026-05-20T09:00"
    shown = run("diff", user="sue", now=later).stdout
    assert "of these would be in the past" in shown and " keep their current date (the new rule gives another" in shown
    choices.write_text("migrate:\n  - {step: short/one, dates: recompute, stagger: 2}\n")
    assert run("apply", "--yes", user="sue", now=later).returncode == 0
    items = json.loads(run("search", "--cycle", "short", "--format", "json", user="sue").stdout)["items"]
    by_day: dict[tuple[str, str], int] = {}
    for row in items:
        by_day[row["owner"], row["due"]] = by_day.get((row["owner"], row["due"]), 0) + 1
    assert set(by_day.values()) <= {1, 2} and min(day for _, day in by_day) == "2026-05-20"
    toms = [date.fromisoformat(day) for owner, day in by_day if owner == "tom"]
    assert toms and all(day.weekday() < 5 for day in toms)


def test_E1_an_apply_that_was_shown_does_that_or_nothing(run: Run, waiting: Path) -> None:
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    run("assign", "jack-robertson", "short", user="sue")
    told = run("apply", "--expect", digest, user="sue")
    assert told.returncode == 5 and "changed after that diff" in told.stderr
    digest = json.loads(run("diff", "--format", "json", user="sue").stdout)["digest"]
    edit(waiting, "short.yaml", "offset: 4 days", "offset: 3 days")
    assert run("apply", "--expect", digest, user="sue").returncode == 5
    edit(waiting, "short.yaml", "offset: 3 days", "offset: 4 days")
    assert run("apply", "--expect", digest, user="sue").returncode == 0


def test_G1_the_diff_is_for_people_for_pull_requests_and_for_scripts(run: Run, waiting: Path) -> None:
    told = run("diff", "--exit-code", user="sue")
    assert told.returncode == 1
    assert "change cycle short\n  step two offset: 1 day -> 4 days\n" in told.stdout
    assert "li-wei     Li Wei  tom      two     keeps its date  2026-05-05  (2026-05-08)" in told.stdout
    found = json.loads(run("diff", "--format", "json", user="sue").stdout)
    assert found["cycles"] == [{"cycle": "short", "contacts": 1, "past": 0, "counts": {"keeps": 1}}]
    (effect,) = found["effects"]
    assert (effect["contact"], effect["was"], effect["would"], effect["becomes"]) == (
        "li-wei",
        "2026-05-05",
        "2026-05-08",
        None,
    )
    text = run("diff", "--format", "md", user="sue").stdout
    assert "| li\\-wei | Li Wei | tom | two | keeps its date | 2026\\-05\\-05 |" in text
    applied(run)
    assert run("diff", "--exit-code", user="sue").returncode == 0


def test_P6_no_name_of_a_contact_becomes_markup_in_a_pull_request(run: Run, waiting: Path) -> None:
    run("contacts", "set", "li-wei", "--name", "<img src=x> | `rm` @all\u202e", user="sue")
    text = run("diff", "--format", "md", user="sue").stdout
    assert "\\<img src=x\\> \\|" in text and "\u202e" not in text


def rows(office: Path) -> list[Any]:
    """Every current row, and the catalog in force: what an undo brings back."""
    connection = sqlite3.connect(office / "followup.db")
    found = [
        connection.execute(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1, 2").fetchall()
        for table, columns, where in (
            ("contact", "id, name, owner, updated_at, next_action, gone", "1"),
            ("enrolment", "*", "reason IS NOT 'undone'"),
            ("action", "*", "reason IS NOT 'undone'"),
            ("catalog_item", "kind, id, document", "until IS NULL"),
        )
    ]
    connection.close()
    return found


@pytest.mark.parametrize("choice", ["open: advance", "open: redirect, to: two"])
def test_E11_an_apply_is_undone_with_all_that_it_did(run: Run, short: Path, choice: str) -> None:
    before = rows(short)
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    (short / "cycles" / "choices.yaml").write_text(f"migrate:\n  - {{step: short/one, {choice}}}\n")
    applied(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert "would undo:" in run("undo", "--dry-run", user="sue").stdout
    told = run("undo", user="sue")
    assert told.returncode == 0 and "(apply" in told.stdout, told.stderr
    assert rows(short) == before
    assert run("doctor", user="sue").stdout == "The store is healthy.\n"
    assert "lose their step" in run("diff", user="sue").stdout, "the files still say so, and the entry acts anew"
    applied(run)
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]


def test_E11_whoever_was_worked_on_since_is_named_and_the_rest_is_undone_with_partial(run: Run, short: Path) -> None:
    run("assign", "jack-robertson", "short", user="sue")
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    applied(run)
    run("complete", str(row_id(run)))
    told = run("undo", user="sue")
    assert told.returncode == 4 and "contact li-wei has changed since: by tom" in told.stderr
    assert steps_of(short, "jack-robertson")[-1][0] == "two"
    assert "not undone: contact:li-wei" in run("undo", "--partial", user="sue").stderr
    assert ("one", "2026-05-04T11:00") in steps_of(short, "jack-robertson")
    assert steps_of(short, "li-wei") == [("two", "2026-05-05")]
    assert run("doctor", user="sue").returncode == 0


def test_E11_a_version_that_others_followed_is_not_taken_back(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "name: Future Prospect", "name: Later on")
    applied(run)
    (office / "cycles" / "boss.yaml").write_text("users: {boss: {name: Boss, role: administrator}}\n")
    applied(run)
    edit(office, "long-term.yaml", "name: Later on", "name: Later")
    assert run("apply", "--yes", user="boss").returncode == 0
    told = run("undo", user="sue")
    assert told.returncode == 4 and "version 3 isn't the live one any more (that is 4)" in told.stderr
    assert [run("undo", user=who).returncode for who in ("boss", "sue", "sue")] == [0, 0, 0], "each after the other"


def test_E11_the_first_version_is_not_taken_back(run: Run, office: Path) -> None:
    assert "40 subjects" in run("undo", user="sue").stdout  # the sample contacts
    told = run("undo", user="sue")
    assert told.returncode == 4 and "the first version can't be undone" in told.stderr


def test_E11_whoever_came_since_meets_the_version_that_comes_back_as_any_other(run: Run, short: Path) -> None:
    edit(
        short,
        "short.yaml",
        "offset: 1 day,",
        "offset: 1 day}\n      - {id: three, name: Three, type: call, offset: 1 day,",
    )
    applied(run)
    run("complete", str(row_id(run)))
    run("complete", str(row_id(run)))
    assert steps_of(short, "li-wei") == [("three", "2026-05-05")]
    told = run("undo", user="sue")
    assert told.returncode == 0, told.stderr
    assert "already migrated to that version: contact li-wei;" in told.stdout
    assert [step for step, _ in steps_of(short, "li-wei")] == ["one"], "a step that is gone was the last: round two"
    assert run("doctor", user="sue").returncode == 0


def test_E11_no_apply_is_taken_back_under_those_who_were_placed_since(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(SHORT)
    applied(run)
    run("assign", "li-wei", "short")
    assert run("undo", user="sue").returncode == 4
    told = run("undo", "--partial", user="sue")
    assert told.returncode == 4 and "cycle 'short': contacts are on it (li-wei" in told.stderr
    assert "No changes. Version 2 is live." in run("apply", "--yes", user="sue").stdout, "the version is live as it was"


def test_F20_no_apply_is_taken_back_that_brought_somebody_who_holds_work_by_now(run: Run, office: Path) -> None:
    (office / "cycles" / "new.yaml").write_text("users: {lee: {name: Lee, role: sales-exec}}\n")
    applied(run)
    assert run("contacts", "set", "li-wei", "--owner", "lee").returncode == 0
    told = run("undo", user="sue")
    assert told.returncode == 4 and "user 'lee' still has" in told.stderr
    assert run("contacts", "set", "li-wei", "--owner", "tom", user="lee").returncode == 0
    assert run("undo", user="sue").returncode == 0, "once it is handed on"


STILL = "followup: the files in cycles/ still hold that edit: "
AGAIN = ", or apply it again with `followup apply`\n"


def test_E11_undo_of_an_apply_says_that_the_files_still_hold_the_edit(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "name: Future Prospect\n", "name: Later\n")
    applied(run)
    for words in (["--dry-run"], ["--format", "json", "--dry-run"], []):
        assert run("undo", *words, user="sue").stderr == STILL + "take it out there too" + AGAIN
    assert "Version 4" in applied(run), "which is what was said"
    edit(office, "long-term.yaml", "name: Later\n", "name: Future Prospect\n")
    assert run("undo", user="sue").stderr == "", "the files are as they were before it"
    assert run("-q", "undo", user="sue").returncode == 0


def test_E11_undo_of_an_apply_names_the_way_back_in_git(run: Run, office: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]

    def committed(new: str) -> str:
        edit(office, "long-term.yaml", *names, new)
        names[:] = [new]
        subprocess.run([*git, "commit", "-qam", new], cwd=office, check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=office, capture_output=True, text=True, check=True)
        return head.stdout[:8]

    names = ["name: Future Prospect\n"]
    for words in (["init", "-q"], ["add", "cycles"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=office, check=True)
    first = committed("name: Later\n")
    applied(run)
    assert run("undo", "--dry-run", user="sue").stderr == STILL + f"take it out with `git revert {first}`" + AGAIN
    committed("name: Later on\n")
    applied(run)
    way = f"take it out with `git checkout {first} -- cycles`"
    assert run("undo", "--dry-run", user="sue").stderr == STILL + way + AGAIN
    edit(office, "long-term.yaml", *names, "name: Soon\n")
    applied(run)
    edit(office, "long-term.yaml", "name: Soon\n", "name: Sooner\n")
    applied(run)
    way = "take it out too (in git: `git checkout -- cycles`)"
    assert run("undo", "--dry-run", user="sue").stderr == STILL + way + AGAIN


def test_E11_applies_are_taken_back_one_after_the_other(run: Run, office: Path) -> None:
    names = ["Future Prospect", "Later", "Later on"]
    for old, new in pairwise(names):
        edit(office, "long-term.yaml", f"name: {old}\n", f"name: {new}\n")
        applied(run)
    for name in ("Later", "Future Prospect"):
        assert run("undo", user="sue").returncode == 0
        assert f" {name}  " in run("cycles", "list").stdout
