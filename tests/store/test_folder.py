"""The store in a folder of CSV files: what hands do to it, what git does to it, and a kill at every write."""

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
from tests.store.faults import OBEYING_MODES, failing, needs_modes, needs_strace, one_line, people, places_to_die, ran

STORE = {"FOLLOWUP_STORE": "csv:office"}


@pytest.fixture(scope="session")
def csv_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "demo"
    made = command("init", "demo", cwd=folder.parent, FOLLOWUP_STORE=f"csv:{folder}/office")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def office(csv_sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(csv_sample, tmp_path / "demo"))


def run(office: Path, *words: str, user: str = "tom") -> subprocess.CompletedProcess[str]:
    return command(*words, cwd=office, user=user, **STORE)


def done(office: Path, *words: str, user: str = "sue") -> str:
    told = run(office, *words, user=user)
    assert told.returncode == 0, told.stderr
    return told.stdout


def replaced(office: Path, file: str, old: str, new: str) -> None:
    path = office / "office" / file
    text = path.read_text()
    assert text.count(old) == 1, f"{old} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new))


def row(office: Path, file: str, id: str) -> str:
    return next(line for line in (office / "office" / file).read_text().splitlines() if line.startswith(id + ","))


def files(office: Path) -> dict[str, bytes]:
    """The office as git sees it."""
    return {
        path.name: path.read_bytes()
        for path in (office / "office").glob("*.*")
        if path.is_file() and path.name != ".seen"
    }


# Values


@given(st.one_of(st.none(), st.text()))
@example("=1+1")
@example("'=1+1")
def test_P6_any_text_is_one_line_and_comes_back_as_it_was(text: str | None) -> None:
    written = lines([["before", text, "after"]]).decode("utf-8", "surrogatepass")
    assert written.count("\n") == 1 and len(written.splitlines()) == 1
    import csv

    (found,) = csv.reader([written])
    assert value_of(found[1], None) == text
    assert not found[1].startswith(("=", "@", "\t"))


def test_every_file_is_in_the_order_of_its_key_one_line_a_row(office: Path) -> None:
    done(
        office, "contacts", "add", "--id", "aa", "--name", "Line\u2028End =1+1", "--cycle", "referral", "--owner", "tom"
    )
    ids = [line.split(",")[0] for line in (office / "office" / "contacts.csv").read_text().split("\n")[1:-1]]
    assert ids == sorted(ids) and ids[0] == "aa" and len(ids) == 41
    numbers = [int(line.split(",")[0]) for line in (office / "office" / "actions.csv").read_text().split("\n")[1:-1]]
    assert numbers == sorted(numbers)


def test_a_change_touches_its_own_lines_only(office: Path) -> None:
    before = files(office)
    done(office, "complete", "2")
    after = files(office)
    assert {name for name in before if before[name] != after[name]} == {
        "actions.csv", "changes.csv", "contacts.csv", "history.csv",
    }  # fmt: skip
    assert after["history.csv"].startswith(before["history.csv"]) and b"\n\n" not in after["history.csv"]
    old, new = before["contacts.csv"].split(b"\n"), after["contacts.csv"].split(b"\n")
    assert sum(one != other for one, other in zip(old, new, strict=True)) == 1


def test_a_file_in_which_nothing_differs_is_not_written(office: Path) -> None:
    untouched = [office / "office" / name for name in ("catalog.csv", "versions.csv", "enrolments.csv", "office.json")]
    before = [path.stat().st_ino for path in untouched]
    done(office, "complete", "2")
    assert [path.stat().st_ino for path in untouched] == before


def test_what_happened_is_that_of_when_the_rest_was_read_whoever_writes_meanwhile(office: Path) -> None:
    done(office, "attempt", "3")  # from here on the history is not looked at
    with closing(open_store(f"csv:{office}/office")) as store:
        done(office, "complete", "2")
        rows = list(store.rows_of(HISTORY))
        assert {row[2] for row in rows} == {1, 2, 3}
    with closing(open_store(f"csv:{office}/office")) as store:
        here = session_in(store, 1_777_910_400, "sue", "test")
        for_contacts(here, [("li-wei", w.Stop())])
        told = list(store.rows_of(HISTORY))
        with closing(open_store(f"csv:{office}/office")) as again:
            assert told == list(again.rows_of(HISTORY))


# Hands


def test_an_edit_by_hand_that_says_the_same_is_none_and_is_put_back(office: Path) -> None:
    before = files(office)
    replaced(office, "contacts.csv", "+1 604 555 0101", " +1 604 555 0101 ")
    done(office, "due", user="tom")
    done(office, "attempt", "3")
    assert "edited-by-hand" not in files(office)["changes.csv"].decode()
    assert (
        row(office, "contacts.csv", "jane-smith").split(",")[5]
        == before["contacts.csv"].decode().partition("jane-smith")[2].split(",")[5]
    )


def test_a_value_edited_by_hand_is_seen_at_once_and_becomes_history_with_the_next_change(office: Path) -> None:
    replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    assert "+1 604 555 9999" in done(office, "due", user="tom")
    assert files(office) == before, "who looks writes nothing"
    done(office, "complete", "10")
    changes = (office / "office" / "changes.csv").read_text().splitlines()
    assert [line.split(",")[2:4] for line in changes[-2:]] == [["office", "edited-by-hand"], ["sue", "complete"]]
    told = json.loads(done(office, "history", "jane-smith", "--format", "json"))
    assert "+1 604 555 9999" in json.dumps(told)
    assert done(office, "doctor") == "The store is healthy.\n"


def test_a_change_that_is_refused_still_keeps_what_was_edited(office: Path) -> None:
    replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    assert run(office, "complete", "999").returncode == 66
    assert "edited-by-hand" in (office / "office" / "changes.csv").read_text()


def test_what_nothing_decides_about_is_neither_written_nor_lost(office: Path) -> None:
    """The store decides nothing: a program that opens it and leaves the edits out changes nothing."""
    replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    with closing(open_store(f"csv:{office}/office")) as store:
        assert [edit.id for subject in store.edited_by_hand() for edit in subject.edits] == ["jane-smith"]
        with pytest.raises(BadInput, match="run a command of followup first"), store.change(Head(0, "tom", "test", 1)):
            pass
    assert files(office) == before
    assert "+1 604 555 9999" in done(office, "show", "jane-smith")


def test_a_dry_run_keeps_nothing_of_it(office: Path) -> None:
    replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    before = files(office)
    done(office, "complete", "10", "--dry-run")
    assert files(office) == before


@pytest.mark.parametrize("schema", [SCHEMA_VERSION, 3])
def test_what_an_editor_saves_while_a_command_writes_is_not_lost(schema: int, office: Path) -> None:
    def edited(*_: object) -> None:
        replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")

    replaced(office, "office.json", f'"schema": {SCHEMA_VERSION}', f'"schema": {schema}')
    if schema != SCHEMA_VERSION:
        without_columns(office / "office" / "contacts.csv", 3)
        without_columns(office / "office" / "actions.csv", 1)
    with closing(open_store(f"csv:{office}/office")) as store:
        here = session_in(store, 1_777_910_400, "sue", "test")
        with pytest.raises(Busy, match="edited at the same time"):
            for_contacts(here, [("li-wei", w.Stop())], watch=edited)
    assert "+1 604 555 9999" in done(office, "show", "jane-smith")
    assert "stopped" not in files(office)["history.csv"].decode()
    done(office, "complete", "2")
    assert done(office, "doctor") == "The store is healthy.\n"


def test_an_edit_is_by_the_rules_of_the_command(office: Path) -> None:
    """A new owner takes over (F20), a due has its instant (T1), an address is written as everywhere."""
    line = row(office, "contacts.csv", "jane-smith")
    edited = line.replace(",tom,", ",anne,").replace("jane.smith@example.com", "jane.smith@EXAMPLE.com")
    replaced(office, "contacts.csv", line, edited)
    line = row(office, "actions.csv", "10")
    replaced(office, "actions.csv", line, line.replace("2026-05-04,2026-05-04", "2026-05-06T10:30,2026-05-04"))
    done(office, "skip", "18")
    assert ",anne," in row(office, "actions.csv", "2")
    assert "jane.smith@example.com" in row(office, "contacts.csv", "jane-smith")
    assert "2026-05-06T10:30,2026-05-04,1778088600" in row(office, "actions.csv", "10")
    assert done(office, "doctor") == "The store is healthy.\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("contacts.csv", "jane.smith@example.com,+1 604 555 0101,tom", "jane.smith@example.com,x,nobody", "'nobody'"),
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
def test_what_only_a_command_may_write_is_refused_by_its_line_and_nothing_is_lost(
    file: str, old: str, new: str, said: str, office: Path
) -> None:
    path = office / "office" / file
    text = "\n" + path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1)[1:])
    before = files(office)
    for words in (["due"], ["complete", "18"]):
        told = run(office, *words)
        assert told.returncode == 65 and said in told.stderr and f"{file}" in told.stderr, told.stderr
        assert "Traceback" not in told.stderr
    assert files(office) == before
    path.write_text(text[1:])
    done(office, "complete", "18")


def test_an_edit_gives_nobody_to_somebody_who_works_here_no_more(office: Path) -> None:
    people = office / "cycles" / "people.yaml"
    people.write_text(people.read_text().replace("name: Pat Lindqvist", "name: Pat Lindqvist\n    active: false"))
    done(office, "apply", "--yes")
    replaced(office, "contacts.csv", "+1 604 555 0101,tom,", "+1 604 555 0101,pat,")
    told = run(office, "due")
    assert told.returncode == 65 and "owner 'pat'" in told.stderr


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
def test_each_of_these_may_be_edited_by_hand(column: str, value: str, office: Path) -> None:
    path, line = office / "office" / "contacts.csv", row(office, "contacts.csv", "jane-smith")
    names = path.read_text().partition("\n")[0].split(",")
    cells = line.split(",")
    assert cells[names.index(column)] != value
    cells[names.index(column)] = value
    replaced(office, "contacts.csv", line, ",".join(cells))
    done(office, "attempt", "10")
    assert row(office, "contacts.csv", "jane-smith").split(",")[names.index(column)] == value
    assert "edited-by-hand" in files(office)["changes.csv"].decode()
    assert done(office, "doctor") == "The store is healthy.\n"


def test_a_group_is_given_and_taken_by_hand(office: Path) -> None:
    for old, new in ((",lead,,", ",lead,vip,"), (",lead,vip,", ",lead,,")):
        line = row(office, "contacts.csv", "jane-smith")
        replaced(office, "contacts.csv", line, line.replace(old, new))
        done(office, "attempt", "3")
        assert new in row(office, "contacts.csv", "jane-smith")
        assert done(office, "doctor") == "The store is healthy.\n"


def test_bytes_that_are_no_text_are_named_by_their_line(office: Path) -> None:
    path = office / "office" / "contacts.csv"
    path.write_bytes(path.read_bytes().replace(b"Amrit Singh", b"Amrit \xff"))
    told = run(office, "due")
    assert told.returncode == 65 and "contacts.csv:3: not UTF-8" in told.stderr


def test_two_rows_of_which_one_alone_may_be_are_named(office: Path) -> None:
    path = office / "office" / "enrolments.csv"
    line = row(office, "enrolments.csv", "1")
    path.write_text(path.read_text() + line.replace("1,", "999,", 1) + "\n")
    told = run(office, "due")
    assert told.returncode == 65 and "enrolment 999 has the same contact as a line above" in told.stderr


def test_a_field_may_be_longer_than_a_spreadsheet_would_take(office: Path) -> None:
    import csv

    path, limit = office / "office" / "contacts.csv", 131_072
    csv.field_size_limit(limit)
    line = row(office, "contacts.csv", "jane-smith")
    replaced(office, "contacts.csv", line, line.replace("+1 604 555 0101", "5" * 200_000))
    with pytest.raises(BadInput, match="a text has 200000 characters"), closing(open_office(f"csv:{path.parent}")):
        pass
    assert csv.field_size_limit() == limit


def test_a_missing_line_is_named(office: Path) -> None:
    line = row(office, "contacts.csv", "jane-smith")
    replaced(office, "contacts.csv", line + "\n", "")
    told = run(office, "due")
    assert told.returncode == 65 and "the line of contact jane-smith is missing" in told.stderr


def test_a_spreadsheet_may_save_it_as_it_does(office: Path) -> None:
    """With a mark in front, other line ends and every cell in quotes."""
    import csv

    path = office / "office" / "contacts.csv"
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    done(office, "complete", "2")
    assert "edited-by-hand" not in (office / "office" / "changes.csv").read_text()
    assert path.read_bytes().startswith(b"id,name,") and b"\r" not in path.read_bytes()


def test_an_editor_may_leave_the_last_line_without_its_end_and_lines_with_nothing(office: Path) -> None:
    for path in (office / "office").glob("*.csv"):
        path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    contacts = office / "office" / "contacts.csv"
    contacts.write_bytes(contacts.read_bytes().replace(b"\n", b"\n\n", 3))
    done(office, "complete", "2")
    done(office, "complete", "3")
    assert done(office, "doctor") == "The store is healthy.\n"


# Git


def git(office: Path, *words: str) -> subprocess.CompletedProcess[str]:
    named = ("-c", "user.name=x", "-c", "user.email=x@x.example")
    return subprocess.run(["git", *named, *words], cwd=office, capture_output=True, text=True)


@pytest.mark.parametrize("union", [True, False], ids=["line by line", "undecided"])
def test_two_branches_that_were_merged_name_their_collisions(union: bool, office: Path) -> None:
    if union:
        (office / ".gitattributes").write_text("*.csv merge=union\n")
    for words in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "start"], ["switch", "-qc", "other"]):
        assert git(office, *words).returncode == 0
    done(office, "complete", "2")
    git(office, "commit", "-qam", "one")
    git(office, "switch", "-q", "main")
    assert command("complete", "10", cwd=office, now="2026-05-04T09:05", **STORE).returncode == 0
    git(office, "commit", "-qam", "two")
    merged = git(office, "merge", "other")
    assert (merged.returncode == 0) is union, merged.stdout + merged.stderr
    told = run(office, "due")
    assert told.returncode == 65 and "Traceback" not in told.stderr
    assert ("is here twice" if union else "unresolved git merge") in told.stderr
    git(office, "reset", "-q", "--hard", "HEAD~1" if union else "HEAD")
    assert done(office, "doctor") == "The store is healthy.\n"


def test_a_clone_is_the_same_office_and_git_has_nothing_of_this_machine(office: Path, tmp_path: Path) -> None:
    done(office, "complete", "2")
    for words in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "start"]):
        assert git(office, *words).returncode == 0
    assert git(tmp_path, "clone", "-q", str(office), "clone").returncode == 0
    assert not (tmp_path / "clone" / "office" / ".seen").exists()
    assert done(tmp_path / "clone", "due", user="tom") == done(office, "due", user="tom")
    assert done(tmp_path / "clone", "doctor") == "The store is healthy.\n"


# What is not ours, or of another program


@pytest.mark.parametrize("name", ["contacts.csv", ".gitignore", "notes.txt"])
def test_a_folder_that_is_not_ours_is_left_as_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("theirs\n")
    for create in (False, True):
        with pytest.raises(NoProject):
            open_store(f"csv:{tmp_path}", create)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "theirs\n")]


@pytest.mark.parametrize(
    ("old", "new"), [(f'"schema": {SCHEMA_VERSION}', '"schema": 99'), ('"format": 2', '"format": 3')]
)
def test_a_newer_store_is_refused_untouched(old: str, new: str, office: Path) -> None:
    replaced(office, "office.json", old, new)
    before = files(office)
    told = run(office, "complete", "2")
    assert told.returncode == 78 and "newer" in told.stderr and files(office) == before


@pytest.mark.parametrize("text", [None, "{", "[]", '{"format": 1, "schema": 1}'])
def test_an_office_without_what_it_is_is_left_as_it_is(text: str | None, office: Path) -> None:
    path = office / "office" / "office.json"
    path.unlink()
    if text is not None:
        path.write_text(text)
    before = files(office)
    for words in (["due"], ["init"], ["store", "create"]):
        told = run(office, *words, user="sue")
        assert told.returncode and one_line(told.stderr), (words, told)
        assert ("office.json is missing" if text is None else "office.json isn't part of") in told.stderr, told.stderr
    assert files(office) == before


def without_columns(path: Path, count: int) -> None:
    """The file as it was before its last columns, which came later."""
    path.write_text("".join(line.rsplit(",", count)[0] + "\n" for line in path.read_text().splitlines()))


def test_an_older_one_goes_on(office: Path) -> None:
    """Before the second migration a change had no `unfinished`; the first format had no seals."""
    replaced(office, "office.json", f'"schema": {SCHEMA_VERSION}', '"schema": 1')
    replaced(office, "office.json", '"format": 2', '"format": 1')
    for file, columns in (
        ("changes", 2),
        ("versions", 1),
        ("catalog", 1),
        ("history", 1),
        ("contacts", 3),
        ("actions", 1),
    ):
        without_columns(office / "office" / f"{file}.csv", columns)
    done(office, "due")
    done(office, "complete", "2")
    assert f'"schema": {SCHEMA_VERSION}' in (office / "office" / "office.json").read_text()
    assert done(office, "doctor") == "The store is healthy.\n"


def test_due_reads_no_history(office: Path) -> None:
    """Nobody's list waits for all that ever happened."""
    done(office, "complete", "2")
    path = office / "office" / "history.csv"
    before = path.read_bytes()
    path.write_bytes(b"x" * len(before))
    stat = (office / "office" / "contacts.csv").stat()
    seen = json.loads((office / "office" / ".seen").read_text())
    assert seen[0] == [stat.st_ino, stat.st_size, stat.st_mtime_ns]
    seen[-1][2] = path.stat().st_mtime_ns
    (office / "office" / ".seen").write_text(json.dumps(seen))
    done(office, "due")
    assert run(office, "history", "jane-smith").returncode == 65


# Faults


def test_two_at_once_lose_nothing(office: Path) -> None:
    numbers = ["2", "10", "18", "24", "28", "36"]
    env = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": NOW, **STORE}
    at_once = [
        subprocess.Popen(
            [sys.executable, "-m", "followup", "complete", id], cwd=office, env=env, stderr=subprocess.PIPE
        )
        for id in numbers
    ]
    assert [one.communicate()[1] and one.returncode for one in at_once] == [b""] * 6 or all(
        one.returncode == 0 for one in at_once
    )
    for id in numbers:
        assert ",completed," in row(office, "actions.csv", id)
    assert done(office, "doctor") == "The store is healthy.\n"


CALLS = "write,fsync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir"
COMMANDS = {
    "complete": ["complete", "10"],
    "import": ["contacts", "import", "more.csv", "--cycle", "referral", "-q"],
    "by hand": ["complete", "10"],
}


@needs_strace
@pytest.mark.slow(8)
@pytest.mark.parametrize("name", COMMANDS)
def test_P4_killed_at_any_write_it_is_the_old_state_or_the_new_of_all_files(
    name: str, office: Path, tmp_path: Path
) -> None:
    people(office, "more.csv", 300)
    if name == "by hand":
        replaced(office, "contacts.csv", "+1 604 555 0101", "+1 604 555 9999")
    words, old = COMMANDS[name], files(office)
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    ends = places_to_die(words, CALLS, finished, tmp_path / "log", STORE)
    new = _told(finished)
    seen = set()
    for call in ends:
        copy = Path(shutil.copytree(office, tmp_path / "copy"))
        assert ran(*words, cwd=copy, tracer=failing(call.name, "signal=SIGKILL", call.nth), env=STORE).returncode == -9
        done(copy, "due")  # whoever looks next puts everything in its place
        seen.add((call.name, files(copy) == old))
        assert not (copy / "office" / ".staged").exists()
        if name == "import" or ",completed," not in row(copy, "actions.csv", "10"):
            done(copy, *words)
        assert _told(copy) == new, f"{name} killed at {call}"
        shutil.rmtree(copy)
    assert {"fsync", "rename", "unlink"} <= {call for call, _ in seen}
    assert {untouched for _, untouched in seen} == {True, False}
    assert ("unlink", True) not in seen, "by the time that something is unlinked the change stands"


def _told(office: Path) -> dict[str, list[str]]:
    """All files but the heads of changes, of which an import that was run again has one more."""
    assert done(office, "doctor") == "The store is healthy.\n"
    return {name: sorted(text.decode().splitlines()) for name, text in files(office).items() if name.endswith("s.csv")}


@pytest.mark.parametrize("limit", ["-f 0", "-f 8"], ids=["nothing may grow", "the history may not grow"])
def test_P4_a_full_disk_is_one_line_and_leaves_nothing_half_saved(limit: str, office: Path) -> None:
    before = files(office)
    prefix = ("sh", "-c", f'ulimit {limit}; exec "$@"', "sh")
    told = ran("complete", "10", cwd=office, prefix=prefix, env=STORE)
    assert told.returncode == 73 and one_line(told.stderr) and "the disk is full" in told.stderr, told.stderr
    if limit == "-f 0":
        assert files(office) == before
    done(office, "due")
    if ",scheduled," in row(office, "actions.csv", "10"):
        done(office, "complete", "10")
    assert done(office, "doctor") == "The store is healthy.\n"


def test_who_waits_too_long_is_told_to_try_again(office: Path) -> None:
    code = (
        "import followup.store.sqlite.store as s, sys; s.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', *sys.argv[1:]]; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, **STORE}
    with locked(str(office / "office"), True, 1):
        for words in (["due"], ["complete", "2"]):
            told = subprocess.run([sys.executable, "-c", code, *words], cwd=office, env=env, capture_output=True)
            assert told.returncode == 75 and b"busy" in told.stderr, told.stderr


@needs_modes
def test_a_folder_that_may_only_be_read_is_read_and_a_write_names_it(office: Path) -> None:
    (office / "office").chmod(0o555)
    assert ran("due", cwd=office, prefix=OBEYING_MODES, env=STORE).returncode == 0
    told = ran("complete", "10", cwd=office, prefix=OBEYING_MODES, env=STORE)
    assert told.returncode == 73 and one_line(told.stderr) and "read-only" in told.stderr
    (office / "office").chmod(0o755)
    done(office, "complete", "10")


@needs_modes
def test_files_of_somebody_else_are_not_half_written(office: Path) -> None:
    """In a folder that both may write to."""
    done(office, "due")
    for name in ("history.csv", ".seen"):
        (office / "office" / name).chmod(0o444)
    before = files(office)
    (office / "office" / "contacts.csv").touch()
    assert ran("due", cwd=office, prefix=OBEYING_MODES, env=STORE).returncode == 0
    told = ran("complete", "10", cwd=office, prefix=OBEYING_MODES, env=STORE)
    assert told.returncode == 73 and one_line(told.stderr) and "read-only" in told.stderr
    assert files(office) == before and not (office / "office" / ".staged").exists()


@pytest.mark.slow
def test_five_thousand_contacts(office: Path) -> None:
    people(office, "many.csv", 5_000)
    done(office, "contacts", "import", "many.csv", "--cycle", "referral", "-q")
    done(office, "complete", "10")
    replaced(office, "contacts.csv", "p4999@x.example", "new@x.example")
    assert "new@x.example" in done(office, "show", "p4999")
    done(office, "complete", "18")
    assert done(office, "doctor") == "The store is healthy.\n"
