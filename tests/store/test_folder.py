"""The store in a folder of CSV files: edits by hand, git, and a kill at every write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followup.app.deciding import for_contacts
from followup.app.office_store import open_office
from followup.core import wishes as w
from followup.errors import BadInput, Busy, NoProject
from followup.store.folder.fields import lines, value_of
from followup.store.folder.places import locked
from followup.store.heads import Head
from followup.store.opening import open_store
from followup.store.sqlite.version import SCHEMA_VERSION
from followup.store.tables import HISTORY
from tests.conftest import NOW, command
from tests.sessions import session_in
from tests.store.faults import (
    OBEYING_MODES,
    failing,
    kill_points,
    needs_modes,
    needs_strace,
    one_line,
    people,
    run_command,
)

STORE = {"FOLLOWUP_STORE": "csv:office"}


@pytest.fixture(scope="session")
def csv_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "demo"
    result = command("init", "demo", cwd=folder.parent, FOLLOWUP_STORE=f"csv:{folder}/office")
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def office(csv_sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(csv_sample, tmp_path / "demo"))


def run(office: Path, *words: str, user: str = "tom") -> subprocess.CompletedProcess[str]:
    return command(*words, cwd=office, user=user, **STORE)


def run_ok(office: Path, *words: str, user: str = "sue") -> str:
    result = run(office, *words, user=user)
    assert result.returncode == 0, result.stderr
    return result.stdout


def replace_text(office: Path, file: str, old: str, new: str) -> None:
    path = office / "office" / file
    text = path.read_text()
    assert text.count(old) == 1, f"{old} is in it {text.count(old)} times"
    path.write_text(text.replace(old, new))


def row(office: Path, file: str, id: str) -> str:
    return next(line for line in (office / "office" / file).read_text().splitlines() if line.startswith(id + ","))


def _place(office: Path, column: str) -> int:
    return (office / "office" / "contacts.csv").read_text().partition("\n")[0].split(",").index(column)


def cell(office: Path, contact: str, column: str) -> str:
    return row(office, "contacts.csv", contact).split(",")[_place(office, column)]


def edit_cell(office: Path, contact: str, column: str, text: str) -> None:
    """`text`: as in the file, with the quotes that it needs."""
    line = row(office, "contacts.csv", contact)
    cells = line.split(",")
    cells[_place(office, column)] = text
    replace_text(office, "contacts.csv", line, ",".join(cells))


def files(office: Path) -> dict[str, bytes]:
    """The files that git tracks."""
    return {
        path.name: path.read_bytes()
        for path in (office / "office").glob("*.*")
        if path.is_file() and path.name != ".seen"
    }


# Values


@given(st.one_of(st.none(), st.text()))
@example("=1+1")
@example("'=1+1")
def test_P6_any_text_is_written_as_one_line_and_read_back_unchanged(text: str | None) -> None:
    line = lines([["before", text, "after"]]).decode("utf-8", "surrogatepass")
    assert line.count("\n") == 1 and len(line.splitlines()) == 1
    import csv

    (cells,) = csv.reader([line])
    assert value_of(cells[1], None) == text
    assert not cells[1].startswith(("=", "@", "\t"))


def test_every_file_is_sorted_by_key_with_one_line_per_row(office: Path) -> None:
    run_ok(
        office, "contacts", "add", "--id", "aa", "--name", "Line\u2028End =1+1", "--cycle", "referral", "--owner", "tom"
    )
    ids = [line.split(",")[0] for line in (office / "office" / "contacts.csv").read_text().split("\n")[1:-1]]
    assert ids == sorted(ids) and ids[0] == "aa" and len(ids) == 41
    numbers = [int(line.split(",")[0]) for line in (office / "office" / "actions.csv").read_text().split("\n")[1:-1]]
    assert numbers == sorted(numbers)


def test_a_change_touches_only_its_own_lines(office: Path) -> None:
    before = files(office)
    run_ok(office, "complete", "2")
    after = files(office)
    assert {name for name in before if before[name] != after[name]} == {
        "actions.csv", "changes.csv", "contacts.csv", "history.csv",
    }  # fmt: skip
    assert after["history.csv"].startswith(before["history.csv"]) and b"\n\n" not in after["history.csv"]
    old, new = before["contacts.csv"].split(b"\n"), after["contacts.csv"].split(b"\n")
    assert sum(one != other for one, other in zip(old, new, strict=True)) == 1


def test_an_unchanged_file_is_not_written(office: Path) -> None:
    untouched = [office / "office" / name for name in ("catalog.csv", "versions.csv", "enrolments.csv", "office.json")]
    before = [path.stat().st_ino for path in untouched]
    run_ok(office, "complete", "2")
    assert [path.stat().st_ino for path in untouched] == before


def test_the_history_matches_the_other_rows_even_if_others_write_meanwhile(office: Path) -> None:
    run_ok(office, "attempt", "3")  # from here on the history isn't read
    with closing(open_store(f"csv:{office}/office")) as store:
        run_ok(office, "complete", "2")
        rows = list(store.rows_of(HISTORY))
        assert {row[2] for row in rows} == {1, 2, 3}
    with closing(open_store(f"csv:{office}/office")) as store:
        session = session_in(store, 1_777_910_400, "sue", "test")
        for_contacts(session, [("li-wei", w.Stop())])
        events = list(store.rows_of(HISTORY))
        with closing(open_store(f"csv:{office}/office")) as second_store:
            assert events == list(second_store.rows_of(HISTORY))


# Edits by hand


def test_an_edit_by_hand_with_the_same_meaning_is_not_recorded_and_is_normalized(office: Path) -> None:
    before = files(office)
    replace_text(office, "contacts.csv", "+1 604 555 0101", " +1 604 555 0101 ")
    run_ok(office, "due", user="tom")
    run_ok(office, "attempt", "3")
    assert "edited-by-hand" not in files(office)["changes.csv"].decode()
    assert (
        row(office, "contacts.csv", "jane-smith").split(",")[5]
        == before["contacts.csv"].decode().partition("jane-smith")[2].split(",")[5]
    )


def test_a_value_edited_by_hand_is_used_at_once_and_recorded_with_the_next_change(office: Path) -> None:
    replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    assert "+1 604 555 9999" in run_ok(office, "due", user="tom")
    assert files(office) == before, "reading writes nothing"
    run_ok(office, "complete", "10")
    changes = (office / "office" / "changes.csv").read_text().splitlines()
    assert [line.split(",")[2:4] for line in changes[-2:]] == [["office", "edited-by-hand"], ["sue", "complete"]]
    events = json.loads(run_ok(office, "history", "jane-smith", "--format", "json"))
    assert "+1 604 555 9999" in json.dumps(events)
    assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_a_refused_change_still_records_edits_by_hand(office: Path) -> None:
    replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    assert run(office, "complete", "999").returncode == 66
    assert "edited-by-hand" in (office / "office" / "changes.csv").read_text()


def test_edits_that_no_command_has_recorded_are_neither_written_nor_lost(office: Path) -> None:
    """The store itself records nothing: a program that opens it and ignores the edits changes nothing."""
    replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    with closing(open_store(f"csv:{office}/office")) as store:
        assert [edit.id for subject in store.edited_by_hand() for edit in subject.edits] == ["jane-smith"]
        with pytest.raises(BadInput, match="run a command of followup first"), store.change(Head(0, "tom", "test", 1)):
            pass
    assert files(office) == before
    assert "+1 604 555 9999" in run_ok(office, "show", "jane-smith")


def test_a_dry_run_records_no_edits_by_hand(office: Path) -> None:
    replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    run_ok(office, "complete", "10", "--dry-run")
    assert files(office) == before


@pytest.mark.parametrize("schema", [SCHEMA_VERSION, 3])
def test_an_edit_saved_while_a_command_writes_is_not_lost(schema: int, office: Path) -> None:
    def edit(*_: object) -> None:
        replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")

    replace_text(office, "office.json", f'"schema": {SCHEMA_VERSION}', f'"schema": {schema}')
    if schema != SCHEMA_VERSION:
        drop_last_columns(office / "office" / "contacts.csv", 3)
        drop_last_columns(office / "office" / "actions.csv", 1)
    with closing(open_store(f"csv:{office}/office")) as store:
        session = session_in(store, 1_777_910_400, "sue", "test")
        with pytest.raises(Busy, match="edited at the same time"):
            for_contacts(session, [("li-wei", w.Stop())], watch=edit)
    assert "+1 604 555 9999" in run_ok(office, "show", "jane-smith")
    assert "stopped" not in files(office)["history.csv"].decode()
    run_ok(office, "complete", "2")
    assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_edits_by_hand_follow_the_rules_of_the_commands(office: Path) -> None:
    """A new owner takes over (F20), a due date gets its instant (T1), an address is normalized."""
    line = row(office, "contacts.csv", "jane-smith")
    new_line = line.replace(",tom,", ",anne,").replace("jane.smith@example.com", "jane.smith@EXAMPLE.com")
    replace_text(office, "contacts.csv", line, new_line)
    line = row(office, "actions.csv", "10")
    replace_text(office, "actions.csv", line, line.replace("2026-05-04,2026-05-04", "2026-05-06T10:30,2026-05-04"))
    run_ok(office, "skip", "18")
    assert ",anne," in row(office, "actions.csv", "2")
    assert "jane.smith@example.com" in row(office, "contacts.csv", "jane-smith")
    assert "2026-05-06T10:30,2026-05-04,1778088600" in row(office, "actions.csv", "10")
    assert run_ok(office, "doctor") == "The store is healthy.\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("contacts.csv", "jane.smith@example.com,+1 604 555 0101,tom", "jane.smith@example.com,+1 604 555 0102,nobody", "'nobody'"),
        ("contacts.csv", "jane.smith@example.com", "no address", "e-mail"),
        ("contacts.csv", "jane-smith,Jane Smith,", r"jane-smith,Jane\Smith,", r"'\S' isn't an escape"),
        ("contacts.csv", "jane-smith,Jane Smith,", "jane-smith,Jane\\,", "'\\' isn't an escape"),
        ("contacts.csv", "jane-smith,Jane Smith,", "jane-smith,,", "a contact needs a name"),
        ("contacts.csv", "jane-smith,Jane Smith,", "jane-smyth,Jane Smith,", "contact jane-smyth"),
        ("contacts.csv", "jane-smith,Jane", "jane-smith,surplus,Jane", "25 fields"),
        ("actions.csv", "\n10,", "\nten,", "id 'ten' isn't a number"),
        ("actions.csv", "\n10,renee-cote,tom,correspondence,", "\n10,renee-cote,tom,call,", "type of action 10"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,tomorrow,", "isn't a date"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,2026-05-04T10,", "isn't a date"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,9999-12-31T23:59,", "isn't a date"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,9999-12-31,", "isn't a date"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,0001-01-01,", "isn't a date"),
        ("actions.csv", "Introduction letter,scheduled,2026-05-04,", "Introduction letter,scheduled,2026-02-30,", "isn't a date"),
        ("changes.csv", ",sue,", ",max,", "changes.csv:2: this line was edited, and only commands write this file"),
        ("changes.csv", "\n1,1777", "\n1,1666", "changes.csv:2: this line was edited"),
        ("changes.csv", "\n1,1777", "\n1,-5", "changes.csv:2: this line was edited"),
        ("versions.csv", "\n1,", "\n2,", "versions.csv:2: this line was edited"),
        ("catalog.csv", '""name"": ""', '""name"": ""x', "this line was edited"),
        ("catalog.csv", ",seal\n", "\n", "fields, where the first line has"),
        ("actions.csv", "Introduction letter,scheduled,", "A letter,scheduled,", "title of action 10"),
        ("actions.csv", "\nid,", "\nID,", "first line"),
        ("actions.csv", "\nid,", "\n<<<<<<< ours\nid,", "unresolved git merge"),
        ("enrolments.csv", "\n1,jane-smith,cycle,web-registration", "\n1,jane-smith,cycle,other", "process of enrolment 1"),
        ("history.csv", 'contact:jane-smith,2,2,enrolled,,"{""enrolment""', 'contact:jane-smith,2,2,enrolled,,"{""x""', "this line was edited"),
        ("history.csv", "contact:jane-smith,2,2,", "contact:jane-smith,9,2,", "this line was edited"),
    ],
)  # fmt: skip
def test_an_invalid_edit_is_refused_with_its_line_and_nothing_is_lost(
    file: str, old: str, new: str, message: str, office: Path
) -> None:
    path = office / "office" / file
    text = "\n" + path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1)[1:])
    before = files(office)
    for words in (["due"], ["complete", "18"]):
        result = run(office, *words)
        assert result.returncode == 65 and message in result.stderr and f"{file}" in result.stderr, result.stderr
        assert "Traceback" not in result.stderr
    assert files(office) == before
    path.write_text(text[1:])
    run_ok(office, "complete", "18")


def test_an_edit_cannot_give_a_contact_to_an_inactive_user(office: Path) -> None:
    people = office / "cycles" / "people.yaml"
    people.write_text(people.read_text().replace("name: Pat Lindqvist", "name: Pat Lindqvist\n    active: false"))
    run_ok(office, "apply", "--yes")
    replace_text(office, "contacts.csv", "+1 604 555 0101,tom,", "+1 604 555 0101,pat,")
    result = run(office, "due")
    assert result.returncode == 65 and "owner: Pat Lindqvist (pat) is no longer active" in result.stderr


@pytest.mark.parametrize("property", ["seaside", "beachside"])
def test_M13_an_edit_cannot_move_a_contact_to_an_inactive_or_unknown_property(property: str, office: Path) -> None:
    sites = office / "cycles" / "office.yaml"
    sites.write_text(sites.read_text().replace("  beachside:\n", "  beachside:\n    active: false\n"))
    run_ok(office, "apply", "--yes")
    replace_text(office, "contacts.csv", "+1 604 555 0101,tom,bluewater,", f"+1 604 555 0101,tom,{property},")
    result = run(office, "due")
    reason = {"seaside": "unknown property 'seaside'", "beachside": "Beachside (beachside) is no longer active"}[
        property
    ]
    assert result.returncode == 65 and f"property: {reason}" in result.stderr


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "Jane Reed"),
        ("first_name", "Janet"),
        ("last_name", "Reed"),
        ("email", "reed@x.example"),
        ("phone", "+1 604 555 9999"),
        ("owner", "anne"),
        ("property", "beachside"),
        ("source", "referral"),
        ("type", "buyer"),
        ("sales_cycle", "offer"),
        ("groups", "vip"),
        ("do_not_contact", "sms"),
    ],
)
def test_these_columns_can_be_edited_by_hand(column: str, value: str, office: Path) -> None:
    assert cell(office, "jane-smith", column) != value
    edit_cell(office, "jane-smith", column, value)
    run_ok(office, "attempt", "10")
    assert cell(office, "jane-smith", column) == value
    assert "edited-by-hand" in files(office)["changes.csv"].decode()
    assert run_ok(office, "doctor") == "The store is healthy.\n"


@pytest.mark.parametrize(
    ("column", "value", "stored"),
    [
        ("owner", "Anne Green", "anne"),
        ("owner", "ANNE", "anne"),
        ("property", "Beachside", "beachside"),
        ("source", "Referral", "referral"),
        ("source", "Fair", "Fair"),
        ("type", "CLIENTS", "clients"),
        ("phone", '"=""0730907665"""', "0730907665"),
        ("do_not_contact", "Phone; text", "call sms"),
        ("groups", "VIP; Old Clients", "old-clients vip"),
        ("first_name", '" Zoe "', "Zoe"),
    ],
)
def test_H5_an_edit_by_hand_is_read_as_contacts_set_reads_it(
    column: str, value: str, stored: str, office: Path
) -> None:
    edit_cell(office, "jane-smith", column, value)
    run_ok(office, "attempt", "10")
    assert cell(office, "jane-smith", column) == stored
    assert run_ok(office, "doctor") == "The store is healthy.\n"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("property", "nope", "property: unknown property 'nope'"),
        ("owner", "nope", "owner: unknown user 'nope'"),
        ("phone", "N/A", "phone: 'N/A' says nothing. To empty the field, leave the cell empty"),
        ("do_not_contact", "pigeon", "do_not_contact: unknown channel 'pigeon'"),
    ],
)
def test_H5_an_edit_by_hand_that_contacts_set_refuses_is_refused(
    column: str, value: str, message: str, office: Path
) -> None:
    edit_cell(office, "jane-smith", column, value)
    result = run(office, "due")
    assert result.returncode == 65 and message in result.stderr and "contacts.csv:" in result.stderr, result.stderr


def test_a_group_can_be_added_and_removed_by_hand(office: Path) -> None:
    for old, new in ((",lead,,", ",lead,vip,"), (",lead,vip,", ",lead,,")):
        line = row(office, "contacts.csv", "jane-smith")
        replace_text(office, "contacts.csv", line, line.replace(old, new))
        run_ok(office, "attempt", "3")
        assert new in row(office, "contacts.csv", "jane-smith")
        assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_invalid_utf8_is_reported_with_its_line(office: Path) -> None:
    path = office / "office" / "contacts.csv"
    path.write_bytes(path.read_bytes().replace(b"Amrit Singh", b"Amrit \xff"))
    result = run(office, "due")
    assert result.returncode == 65 and "contacts.csv:3: not UTF-8" in result.stderr


def test_conflicting_rows_are_named(office: Path) -> None:
    path = office / "office" / "enrolments.csv"
    line = row(office, "enrolments.csv", "1")
    path.write_text(path.read_text() + line.replace("1,", "999,", 1) + "\n")
    result = run(office, "due")
    assert result.returncode == 65 and "enrolment 999 has the same contact as a line above" in result.stderr


def test_a_field_beyond_pythons_csv_limit_is_read_without_changing_the_limit(office: Path) -> None:
    import csv

    path, limit = office / "office" / "contacts.csv", 131_072
    csv.field_size_limit(limit)
    line = row(office, "contacts.csv", "jane-smith")
    replace_text(office, "contacts.csv", line, line.replace("+1 604 555 0101", "5" * 200_000))
    with pytest.raises(BadInput, match="a text has 200000 characters"), closing(open_office(f"csv:{path.parent}")):
        pass
    assert csv.field_size_limit() == limit


def test_a_missing_line_is_named(office: Path) -> None:
    line = row(office, "contacts.csv", "jane-smith")
    replace_text(office, "contacts.csv", line + "\n", "")
    result = run(office, "due")
    assert result.returncode == 65 and "the line of contact jane-smith is missing" in result.stderr


def test_a_file_saved_by_a_spreadsheet_is_accepted(office: Path) -> None:
    """With a byte order mark, other line endings and every cell in quotes."""
    import csv

    path = office / "office" / "contacts.csv"
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    run_ok(office, "complete", "2")
    assert "edited-by-hand" not in (office / "office" / "changes.csv").read_text()
    assert path.read_bytes().startswith(b"id,name,") and b"\r" not in path.read_bytes()


def test_a_missing_final_newline_and_empty_lines_are_accepted(office: Path) -> None:
    for path in (office / "office").glob("*.csv"):
        path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    contacts = office / "office" / "contacts.csv"
    contacts.write_bytes(contacts.read_bytes().replace(b"\n", b"\n\n", 3))
    run_ok(office, "complete", "2")
    run_ok(office, "complete", "3")
    assert run_ok(office, "doctor") == "The store is healthy.\n"


# Git


def git(office: Path, *words: str) -> subprocess.CompletedProcess[str]:
    identity = ("-c", "user.name=x", "-c", "user.email=x@x.example")
    return subprocess.run(["git", *identity, *words], cwd=office, capture_output=True, text=True)


@pytest.mark.parametrize("union", [True, False], ids=["union merge", "merge conflict"])
def test_conflicts_between_merged_branches_are_reported(union: bool, office: Path) -> None:
    if union:
        (office / ".gitattributes").write_text("*.csv merge=union\n")
    for words in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "start"], ["switch", "-qc", "other"]):
        assert git(office, *words).returncode == 0
    run_ok(office, "complete", "2")
    git(office, "commit", "-qam", "one")
    git(office, "switch", "-q", "main")
    assert command("complete", "10", cwd=office, now="2026-05-04T09:05", **STORE).returncode == 0
    git(office, "commit", "-qam", "two")
    merge = git(office, "merge", "other")
    assert (merge.returncode == 0) is union, merge.stdout + merge.stderr
    result = run(office, "due")
    assert result.returncode == 65 and "Traceback" not in result.stderr
    assert ("is here twice" if union else "unresolved git merge") in result.stderr
    git(office, "reset", "-q", "--hard", "HEAD~1" if union else "HEAD")
    assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_a_clone_is_the_same_office_and_git_tracks_no_local_state(office: Path, tmp_path: Path) -> None:
    run_ok(office, "complete", "2")
    for words in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "start"]):
        assert git(office, *words).returncode == 0
    assert git(tmp_path, "clone", "-q", str(office), "clone").returncode == 0
    assert not (tmp_path / "clone" / "office" / ".seen").exists()
    assert run_ok(tmp_path / "clone", "due", user="tom") == run_ok(office, "due", user="tom")
    assert run_ok(tmp_path / "clone", "doctor") == "The store is healthy.\n"


# Foreign folders and other versions


@pytest.mark.parametrize("name", ["contacts.csv", ".gitignore", "notes.txt"])
def test_a_foreign_folder_is_not_changed(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("theirs\n")
    for create in (False, True):
        with pytest.raises(NoProject):
            open_store(f"csv:{tmp_path}", create)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "theirs\n")]


@pytest.mark.parametrize(
    ("old", "new"), [(f'"schema": {SCHEMA_VERSION}', '"schema": 99'), ('"format": 2', '"format": 3')]
)
def test_a_newer_store_is_refused_and_not_changed(old: str, new: str, office: Path) -> None:
    replace_text(office, "office.json", old, new)
    before = files(office)
    result = run(office, "complete", "2")
    assert result.returncode == 78 and "newer" in result.stderr and files(office) == before


@pytest.mark.parametrize("text", [None, "{", "[]", '{"format": 1, "schema": 1}'])
def test_an_office_without_a_valid_office_json_is_not_changed(text: str | None, office: Path) -> None:
    path = office / "office" / "office.json"
    path.unlink()
    if text is not None:
        path.write_text(text)
    before = files(office)
    for words in (["due"], ["init"], ["store", "create"]):
        result = run(office, *words, user="sue")
        assert result.returncode and one_line(result.stderr), (words, result)
        assert ("office.json is missing" if text is None else "office.json isn't part of") in result.stderr, (
            result.stderr
        )
    assert files(office) == before


def drop_last_columns(path: Path, count: int) -> None:
    """Rewrite the file as it was before its last columns were added."""
    path.write_text("".join(line.rsplit(",", count)[0] + "\n" for line in path.read_text().splitlines()))


def test_an_older_store_still_works(office: Path) -> None:
    """Before the second migration a change had no `unfinished`; the first format had no seals."""
    replace_text(office, "office.json", f'"schema": {SCHEMA_VERSION}', '"schema": 1')
    replace_text(office, "office.json", '"format": 2', '"format": 1')
    for file, columns in (
        ("changes", 2),
        ("versions", 1),
        ("catalog", 1),
        ("history", 1),
        ("contacts", 3),
        ("actions", 1),
    ):
        drop_last_columns(office / "office" / f"{file}.csv", columns)
    run_ok(office, "due")
    run_ok(office, "complete", "2")
    assert f'"schema": {SCHEMA_VERSION}' in (office / "office" / "office.json").read_text()
    assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_due_reads_no_history(office: Path) -> None:
    """A due list doesn't get slower as the history grows."""
    run_ok(office, "complete", "2")
    path = office / "office" / "history.csv"
    before = path.read_bytes()
    path.write_bytes(b"x" * len(before))
    stat = (office / "office" / "contacts.csv").stat()
    cache = json.loads((office / "office" / ".seen").read_text())
    assert cache[0] == [stat.st_ino, stat.st_size, stat.st_mtime_ns]
    cache[-1][2] = path.stat().st_mtime_ns
    (office / "office" / ".seen").write_text(json.dumps(cache))
    run_ok(office, "due")
    assert run(office, "history", "jane-smith").returncode == 65


# Faults


def test_concurrent_commands_lose_no_change(office: Path) -> None:
    numbers = ["2", "10", "18", "24", "28", "36"]
    env = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": NOW, **STORE}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "followup", "complete", id], cwd=office, env=env, stderr=subprocess.PIPE
        )
        for id in numbers
    ]
    assert [one.communicate()[1] and one.returncode for one in processes] == [b""] * 6 or all(
        one.returncode == 0 for one in processes
    )
    for id in numbers:
        assert ",completed," in row(office, "actions.csv", id)
    assert run_ok(office, "doctor") == "The store is healthy.\n"


CALLS = "write,fsync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir"
COMMANDS = {
    "complete": ["complete", "10"],
    "import": ["contacts", "import", "more.csv", "--cycle", "referral", "-q"],
    "by hand": ["complete", "10"],
}


@needs_strace
@pytest.mark.slow(8)
@pytest.mark.parametrize("name", COMMANDS)
def test_P4_a_kill_at_any_write_leaves_the_old_or_the_new_state_of_all_files(
    name: str, office: Path, tmp_path: Path
) -> None:
    people(office, "more.csv", 300)
    if name == "by hand":
        replace_text(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    words, old = COMMANDS[name], files(office)
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    ends = kill_points(words, CALLS, finished, tmp_path / "log", STORE)
    new = _contents(finished)
    outcomes = set()
    for call in ends:
        copy = Path(shutil.copytree(office, tmp_path / "copy"))
        assert (
            run_command(*words, cwd=copy, tracer=failing(call.name, "signal=SIGKILL", call.nth), env=STORE).returncode
            == -9
        )
        run_ok(copy, "due")  # the next reader finishes or discards the change
        outcomes.add((call.name, files(copy) == old))
        assert not (copy / "office" / ".staged").exists()
        if name == "import" or ",completed," not in row(copy, "actions.csv", "10"):
            run_ok(copy, *words)
        assert _contents(copy) == new, f"{name} killed at {call}"
        shutil.rmtree(copy)
    assert {"fsync", "rename", "unlink"} <= {call for call, _ in outcomes}
    assert {untouched for _, untouched in outcomes} == {True, False}
    assert ("unlink", True) not in outcomes, "the change is complete before anything is unlinked"


def _contents(office: Path) -> dict[str, list[str]]:
    """All files except the heads of changes, of which an import that ran again has one more."""
    assert run_ok(office, "doctor") == "The store is healthy.\n"
    return {name: sorted(text.decode().splitlines()) for name, text in files(office).items() if name.endswith("s.csv")}


@pytest.mark.parametrize("limit", ["-f 0", "-f 8"], ids=["no file can grow", "the history cannot grow"])
def test_P4_a_full_disk_is_a_one_line_error_and_saves_nothing_partially(limit: str, office: Path) -> None:
    before = files(office)
    prefix = ("sh", "-c", f'ulimit {limit}; exec "$@"', "sh")
    result = run_command("complete", "10", cwd=office, prefix=prefix, env=STORE)
    assert result.returncode == 73 and one_line(result.stderr) and "the disk is full" in result.stderr, result.stderr
    if limit == "-f 0":
        assert files(office) == before
    run_ok(office, "due")
    if ",scheduled," in row(office, "actions.csv", "10"):
        run_ok(office, "complete", "10")
    assert run_ok(office, "doctor") == "The store is healthy.\n"


def test_a_command_that_waits_too_long_says_to_try_again(office: Path) -> None:
    code = (
        "import followup.store.sqlite.store as s, sys; s.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', *sys.argv[1:]]; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, **STORE}
    with locked(str(office / "office"), True, 1):
        for words in (["due"], ["complete", "2"]):
            result = subprocess.run([sys.executable, "-c", code, *words], cwd=office, env=env, capture_output=True)
            assert result.returncode == 75 and b"busy" in result.stderr, result.stderr


@needs_modes
def test_a_read_only_folder_can_be_read_and_a_write_is_an_error(office: Path) -> None:
    (office / "office").chmod(0o555)
    assert run_command("due", cwd=office, prefix=OBEYING_MODES, env=STORE).returncode == 0
    result = run_command("complete", "10", cwd=office, prefix=OBEYING_MODES, env=STORE)
    assert result.returncode == 73 and one_line(result.stderr) and "read-only" in result.stderr
    (office / "office").chmod(0o755)
    run_ok(office, "complete", "10")


@needs_modes
def test_files_of_another_user_are_not_partially_written(office: Path) -> None:
    """In a folder that both users can write to."""
    run_ok(office, "due")
    for name in ("history.csv", ".seen"):
        (office / "office" / name).chmod(0o444)
    before = files(office)
    (office / "office" / "contacts.csv").touch()
    assert run_command("due", cwd=office, prefix=OBEYING_MODES, env=STORE).returncode == 0
    result = run_command("complete", "10", cwd=office, prefix=OBEYING_MODES, env=STORE)
    assert result.returncode == 73 and one_line(result.stderr) and "read-only" in result.stderr
    assert files(office) == before and not (office / "office" / ".staged").exists()


@pytest.mark.slow
def test_an_office_with_five_thousand_contacts(office: Path) -> None:
    people(office, "many.csv", 5_000)
    run_ok(office, "contacts", "import", "many.csv", "--cycle", "referral", "-q")
    run_ok(office, "complete", "10")
    replace_text(office, "contacts.csv", "p4999@x.example", "new@x.example")
    assert "new@x.example" in run_ok(office, "show", "p4999")
    run_ok(office, "complete", "18")
    assert run_ok(office, "doctor") == "The store is healthy.\n"
