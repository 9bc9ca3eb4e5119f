"""`contacts import` as users run it: a contact never overwrites another, and no file of the user is lost."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from followup.app.deciding import BATCH
from tests.conftest import NOW, Run, all_shown

SHARED = "name,email,owner\nSue Stone,home@x.example,tom\nAnn Stone,home@x.example,tom\n"


def import_file(run: Run, office: Path, content: str, *words: str, **options: str) -> Any:
    """Import a file with this content, without placing the contacts on a cycle."""
    return run("contacts", "import", write_people(office, content), "--no-cycle", *words, **options)


def write_people(office: Path, content: str) -> str:
    """Write a file with this content and return its name."""
    (office / "people.csv").write_text(content)
    return "people.csv"


def people(run: Run, text: str = "") -> dict[str, dict[str, Any]]:
    """The contacts that match `text`, by name."""
    result = run("contacts", "list", text, "--all", "--limit", "-1", "--format", "json", user="sue")
    return {item["name"]: item for item in json.loads(result.stdout)["items"]}


def refused_rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_with_the_email_of_an_earlier_row_is_refused_and_never_overwrites_it(run: Run, office: Path) -> None:
    first = import_file(run, office, SHARED)
    assert (first.returncode, first.stdout) == (65, "2 rows: 1 new, 0 changed, 0 same, 1 refused\n")
    (row,) = refused_rows(office / "people.csv.refused.csv")
    assert row["reason"] == "the same e-mail as line 2 ('home@x.example'): use a --key that tells them apart"
    second = run("contacts", "import", "people.csv.refused.csv", "--no-cycle")
    assert (second.returncode, second.stdout) == (65, "1 row: 0 new, 0 changed, 0 same, 1 refused\n")
    (row,) = refused_rows(office / "people.csv.refused.csv.refused.csv")
    assert "sue-stone is Sue Stone already. If Ann Stone is someone else" in row["reason"]
    third = run("contacts", "import", "people.csv.refused.csv", "--no-cycle", "--key", "name")
    assert third.stdout == "1 row: 1 new, 0 changed, 0 same, 0 refused\n"
    assert set(people(run, "home@x.example")) == {"Sue Stone", "Ann Stone"}


def test_a_duplicate_id_in_a_file_never_overwrites_a_contact(run: Run, office: Path) -> None:
    assert import_file(run, office, "id,name,owner\nz1,Sue Stone,tom\nz1,Ann Stone,tom\n").returncode == 65
    assert run("contacts", "import", "people.csv.refused.csv", "--no-cycle").returncode == 65
    assert set(people(run, "stone")) == {"Sue Stone"}
    # Any other file may rename a contact if another value matches too, or if a system is named for the ids.
    assert import_file(run, office, "id,name,owner\nz1,Sue Stone-Reed,tom\n").returncode == 65
    renamed = import_file(run, office, "id,name,phone,owner\nz1,Sue Stone,1,tom\n", "--system", "crm")
    assert renamed.stdout.startswith("1 row: 0 new, 1 changed")
    renamed = import_file(run, office, "id,name,owner\nz1,Sue Stone-Reed,tom\n", "--system", "CRM")
    assert renamed.stdout.startswith("1 row: 0 new, 1 changed")


# Where the refused rows go

BAD = "name,email,owner\nSue Stone,nowhere,tom\n"


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_refused_rows_never_overwrite_the_imported_file(run: Run, office: Path, link: Any) -> None:
    target = "people.csv"
    if link:
        target = "other.csv"
        (office / "people.csv").touch()
        link(office / "people.csv", office / "other.csv")
    result = import_file(run, office, BAD, "--refused", target)
    assert (result.returncode, result.stdout) == (2, "")
    assert f"--refused {target} is the imported file: choose another name" in result.stderr
    assert (office / "people.csv").read_text() == BAD


def test_refused_rows_never_overwrite_the_file_that_is_piped_in(office: Path) -> None:
    (office / "people.csv").write_text(BAD)
    words = [sys.executable, "-m", "followup", "--user", "tom", "contacts", "import", "-", "--refused", "people.csv"]
    with open(office / "people.csv", "rb") as piped:
        assert subprocess.run(words, cwd=office, stdin=piped, capture_output=True).returncode == 2
    assert (office / "people.csv").read_text() == BAD


def test_refused_rows_go_to_a_file_and_not_to_stdout(run: Run, office: Path) -> None:
    before = set(os.listdir(office))
    result = import_file(run, office, BAD, "--refused", "-")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--refused needs a file" in result.stderr
    assert set(os.listdir(office)) - before == {"people.csv"}


def test_P5_an_existing_refused_file_is_never_replaced(run: Run, office: Path) -> None:
    older = office / "people.csv.refused.csv"
    older.write_text("half mended")
    for number, bad in ((2, BAD), (3, BAD.replace("nowhere", "elsewhere"))):
        result = import_file(run, office, bad)
        message = (
            f"1 row refused: see people.csv.refused-{number}.csv (the older file was kept), fix that file and import it"
        )
        assert (result.returncode, result.stderr.splitlines()[-1]) == (65, f"followup: {message}")
        assert len(refused_rows(office / f"people.csv.refused-{number}.csv")) == 1
    assert older.read_text() == "half mended"
    (office / "mine.txt").symlink_to("nowhere")
    assert "see mine-2.txt (" in import_file(run, office, BAD, "--refused", "mine.txt").stderr


def test_an_unwritable_refused_file_is_reported_before_anything_is_imported(run: Run, office: Path) -> None:
    for place in ("no/such/refused.csv", "cycles"):
        result = import_file(run, office, BAD + "Ann Stone,,tom\n", "--refused", place)
        assert (result.returncode, result.stdout) == (73, "")
        assert f"can't write {place}" in result.stderr
    assert people(run, "stone") == {}


def test_refused_rows_go_to_the_current_folder_if_the_files_folder_is_not_writable(run: Run, office: Path) -> None:
    (office / "people.csv").write_text(BAD + "Ann Stone,,tom\n")
    with open(office / "people.csv", "rb") as file:
        # Not even root can create a file there.
        number = file.fileno()
        result = run("contacts", "import", f"/proc/{os.getpid()}/fd/{number}", "--no-cycle")
    assert result.stdout == "2 rows: 1 new, 0 changed, 0 same, 1 refused\n", result.stderr
    assert f"see {number}.refused.csv, fix that file and import it" in result.stderr
    assert len(refused_rows(office / f"{number}.refused.csv")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_P4_an_interrupted_import_reports_its_progress_and_leaves_no_partial_file(
    office: Path, number: signal.Signals
) -> None:
    people = "".join(f"p{i:05},Person {i},tom\n" for i in range(2 * BATCH))
    (office / "people.csv").write_text("id,name,owner\n=,Nobody,tom\n" + people)
    before = set(os.listdir(office))
    code = (
        "import os, sys\n"
        "from followup.app import deciding\n"
        "taken, left = deciding.islice, [2]\n"
        "def stop(*words):\n"
        "    left[0] -= 1\n"
        f"    return taken(*words) if left[0] else os.kill(os.getpid(), {number})\n"
        "deciding.islice = stop\n"
        "sys.argv = 'followup contacts import people.csv --no-cycle'.split()\n"
        "from followup.__main__ import main; main()"
    )
    controller, terminal = pty.openpty()
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
    result = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, stdout=subprocess.PIPE, stderr=terminal)
    os.close(terminal)
    screen = all_shown(controller)
    assert (result.returncode, result.stdout) == (128 + number, b"")
    message = f"followup: stopped after {BATCH:,} rows: run it again to continue"
    assert re.search(rf"\r{BATCH + 1:,} rows\r\x1b\[K{message}\r\n", screen), screen
    assert set(os.listdir(office)) == before


def test_a_refused_row_is_written_exactly_as_it_was(run: Run, office: Path) -> None:
    assert import_file(run, office, 'name,email,owner\n"Joe "Boss" S",j@x.example,tom\n').returncode == 65
    (row,) = refused_rows(office / "people.csv.refused.csv")
    assert (row["name"], row["email"], row["owner"]) == ('Joe "Boss" S', "j@x.example", "tom")
    assert run("contacts", "import", "people.csv.refused.csv", "--no-cycle").returncode == 0
    assert set(people(run, "j@x.example")) == {'Joe "Boss" S'}


# Owners


def owners(run: Run, text: str) -> dict[str, str | None]:
    return {name: item["owner"] for name, item in people(run, text).items()}


@pytest.mark.parametrize("user", ["tom", "max", "pat"])
def test_F20_the_importing_user_owns_new_contacts_and_a_note_says_so(run: Run, office: Path, user: str) -> None:
    result = import_file(run, office, "name,owner\nSue Stone,\nAnn Stone,anne\n", user=user)
    assert result.stdout.startswith("2 rows: 2 new")
    assert f"\nowner: {user} (you), for new contacts without an owner\n" in result.stderr
    assert owners(run, "stone") == {"Sue Stone": user, "Ann Stone": "anne"}


def test_F20_importing_an_existing_contact_does_not_change_its_owner(run: Run, office: Path) -> None:
    import_file(run, office, "email,name\ns@x.example,Sue Stone\n")
    result = import_file(run, office, "email,name,phone\ns@x.example,Sue Stone,1\n", user="max")
    assert result.stdout.startswith("1 row: 0 new, 1 changed")
    assert owners(run, "stone") == {"Sue Stone": "tom"}
    result = import_file(run, office, "email,name,phone\ns@x.example,Sue Stone,1\n", "--owner", "anne", user="max")
    assert "owner: anne, for rows without an owner" in result.stderr
    assert owners(run, "stone") == {"Sue Stone": "anne"}


def test_F20_an_administrator_must_name_the_owner_of_imported_contacts(run: Run, office: Path) -> None:
    result = import_file(run, office, "name\nSue Stone\n", user="sue")
    message = "who should own these contacts? Use --owner USER, --map owner=COLUMN or --no-owner"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"followup: {message}\n")
    preview = import_file(run, office, "name\nSue Stone\n", "--preview", user="sue")
    assert (preview.returncode, message in preview.stdout) == (0, True)
    assert import_file(run, office, "name\nSue Stone\n", "--owner", "tom", "--no-owner", user="sue").returncode == 2
    result = import_file(run, office, "name\nSue Stone\n", "--no-owner", user="sue")
    assert (result.returncode, "without an owner" in result.stderr) == (0, False)
    result = import_file(run, office, "name,owner\nAnn Stone,\nJo Stone,tom\n", "-q", user="sue")
    message = "1 row has no owner. New contacts without one won't be on anyone's list (--owner USER)"
    assert result.stderr == f"followup: {message}\n"
    assert owners(run, "stone") == {"Sue Stone": None, "Ann Stone": None, "Jo Stone": "tom"}


def test_a_contact_without_a_name_is_named_after_its_email_or_phone(run: Run, office: Path) -> None:
    import_file(run, office, "email,phone\nsue@stone.example,1\n,+1 604 555 9999\n")
    assert set(people(run, "stone")) | set(people(run, "555 9999")) == {"sue@stone.example", "+1 604 555 9999"}


# Previews


def test_a_preview_shows_rows_as_imported_and_counts_what_is_missing(run: Run, office: Path) -> None:
    lines = [
        "Sue,Stone,s@X.example,tom,referral,,VIP",
        ",,,,,,",
        "Ann,Stone,a@x.example,,,dnc,",
        "Jo,Stone,j@x.example,,,,",
    ]
    content = "First,Last,E-mail,Owner,Alias,DNC,Kind\n" + "\n".join(lines) + "\nMia,Stone,m@x.example,,,,\n"
    result = run("contacts", "import", write_people(office, content), "--map", "+kind=Kind", "--preview")
    rows = [re.split(r"  +", line) for line in result.stdout.splitlines()]
    assert rows[0] == ["field", "column", "line 2", "line 4", "line 5"]
    assert rows[2:8] == [
        ["name", "(made)", "Sue Stone", "Ann Stone", "Jo Stone"],
        ["first_name", "First", "Sue", "Ann", "Jo"],
        ["last_name", "Last", "Stone", "Stone", "Stone"],
        ["email", "E-mail", "s@x.example", "a@x.example", "j@x.example"],
        ["owner", "Owner", "tom"],
        ["cycle", "Alias", "referral"],
    ]
    assert rows[8:10] == [["do_not_contact", "DNC", "call correspondence e..."], ["kind", "Kind", "VIP"]]
    needs = "a new contact needs a first cycle: use --cycle ALIAS, or --no-cycle"
    assert [" ".join(row).strip() for row in rows[10:]] == [
        "owner: tom (you), for new contacts without an owner",
        "of the first 4 rows: 1 new, 0 changed, 0 same, 3 refused",
        f"3 rows (lines 4, 5, 6): {needs}",
    ]
    assert people(run, "stone") == {}


def test_a_preview_reads_a_thousand_rows(run: Run, office: Path) -> None:
    result = import_file(run, office, "name\n" + "".join(f"Person {n}\n" for n in range(1500)), "--preview")
    assert "of the first 1,000 rows: 1,000 new, 0 changed, 0 same, 0 refused" in result.stdout


@pytest.mark.parametrize("how", [["--preview"], ["-q"], []])
def test_E12_an_opt_out_column_that_is_not_imported_gets_a_loud_warning(run: Run, office: Path, how: list[str]) -> None:
    result = import_file(run, office, "name,Do Not Call,Size\nSue Stone,Yes,XL\n", *how)
    warning = "THIS LOOKS LIKE AN OPT-OUT AND IS NOT IMPORTED: Do Not Call (use --map do_not_contact=COLUMN"
    assert warning in (result.stdout if "--preview" in how else result.stderr)
    result = import_file(
        run, office, "name,Do Not Call,Size\nSue Stone,Yes,XL\n", "--map", "do_not_contact=do not call", *how
    )
    assert "OPT-OUT" not in result.stdout + result.stderr


# Identity


def test_imports_F1_an_id_from_another_file_never_overwrites_a_contact(run: Run, office: Path) -> None:
    assert (
        import_file(run, office, "Record ID,First Name,Last Name,Email\n101,Jane,Doe,jane@x.example\n").returncode == 0
    )
    result = import_file(run, office, "id,name,email\n101,Bob Fox,bob@x.example\n")
    assert (result.returncode, result.stdout) == (65, "1 row: 0 new, 0 changed, 0 same, 1 refused\n")
    message = "101 is Jane Doe already, and this row has another name ('Bob Fox') and another e-mail ('bob@x.example')"
    assert message in result.stderr and "`--system NAME`" in result.stderr
    assert set(people(run, "jane@x.example")) == {"Jane Doe"}


@pytest.mark.parametrize("system", ["", " ", "a b", "-x", "x" * 33, "a:b"])
def test_a_system_name_must_be_one_word(run: Run, office: Path, system: str) -> None:
    assert import_file(run, office, "id,name\n1,Sue Stone\n", "--system", system).returncode == 2


@pytest.mark.parametrize("option", ["--owner", "--property"])
def test_rules_D19_a_blank_option_is_refused(run: Run, office: Path, option: str) -> None:
    result = import_file(run, office, "name\nSue Stone\n", option, "")
    assert (result.returncode, f"{option} has no value" in result.stderr) == (2, True)


def test_rules_an_alias_that_cannot_be_chosen_is_not_suggested(run: Run, office: Path) -> None:
    result = run("contacts", "import", write_people(office, "name,cycle\nSue Stone,tuored\n"))
    assert "unknown alias 'tuored'; did you mean 'toured'" in result.stderr
    result = run("contacts", "import", write_people(office, "name\nSue Stone\n"), "--cycle", "just lookin")
    assert result.returncode == 66 and "just" not in result.stderr.partition("just lookin")[2]


# The same rules for files and typed values


def test_imports_F15_an_undeclared_source_is_kept_and_reported(run: Run, office: Path) -> None:
    result = import_file(run, office, "id,name,source,type\nz1,Zed One,Zillow,client\nz2,Zoe Two,Referral,\n")
    assert result.returncode == 0
    assert "not declared as a source in the catalog, kept as in the file: 'Zillow'" in result.stderr
    add = run("contacts", "add", "--name", "Zed Three", "--source", "Zillow", "--no-cycle")
    change = run("contacts", "set", "z2", "--source", "Zilow")
    assert (add.returncode, change.returncode) == (0, 0)
    assert "unknown source 'Zillow'" in add.stderr and "kept as typed" in add.stderr
    sources = {name: item["source"] for name, item in people(run, "z").items() if name.startswith("Z")}
    assert sources == {"Zed One": "Zillow", "Zoe Two": "Zilow", "Zed Three": "Zillow"}


def test_imports_F13_typed_values_are_read_like_values_in_files(run: Run, office: Path) -> None:
    result = run(
        "contacts",
        "add",
        "--name",
        "\u200bSue",
        "--email",
        "mailto:s@X.example",
        "--phone",
        "6045550108.0",
        "--no-cycle",
    )
    assert result.returncode == 0, result.stderr
    (sue,) = people(run, "s@x.example").values()
    assert (sue["name"], sue["email"], sue["phone"]) == ("Sue", "s@x.example", "6045550108")
    for option in (["--name", "\u200b"], ["--phone", "n/a"], ["--email", "NULL"], ["--phone", "abc"]):
        assert run("contacts", "set", str(sue["id"]), *option).returncode == 65


def test_hostile_P8_a_chinese_name_gets_an_id_that_can_be_typed(run: Run, office: Path) -> None:
    result = run("contacts", "add", "--name", "李晓伟", "--no-cycle")
    assert "(li-xiao-wei)" in result.stdout


# Messages


def test_imports_F7_a_preview_refuses_the_same_rows_as_the_import(run: Run, office: Path) -> None:
    content = (
        "Name,Email,Owner,Cycle\nA B,ab@x.example,Nobody Here,referral\nC D,cd@x.example,tom,Not A Cycle\nE F,@,,\n"
    )
    preview = run("contacts", "import", write_people(office, content), "--preview")
    result = run("contacts", "import", "people.csv")
    assert "of the first 3 rows: 0 new, 0 changed, 0 same, 3 refused" in preview.stdout
    reasons = [line for line in result.stderr.splitlines() if line.startswith("  ")]
    assert len(reasons) == 5 and [line for line in preview.stdout.splitlines() if line.startswith("  ")] == reasons
    assert "  If 'Owner' isn't the owner here, leave it out: --map owner=" in reasons


def test_day_A20_similar_reasons_are_counted_together(run: Run, office: Path) -> None:
    rows_ = "".join(f"P {n},p{n}@x.example,tim\n" for n in range(22)) + "".join(f"Q {n},q{n},\n" for n in range(18))
    result = import_file(run, office, f"name,email,owner\n{rows_}")
    assert "  22 rows (lines 2, 3, 4, 5, 6, ...): unknown user 'tim'" in result.stderr
    assert (
        "  18 rows (lines 24, 25, 26, 27, 28, ...): 'q0' is not an e-mail address; and others like it" in result.stderr
    )
    answer = json.loads(import_file(run, office, f"name,email,owner\n{rows_}", "--format", "json").stdout)
    assert [each["rows"] for each in answer["reasons"]] == [22, 18]


def test_day_A20_repeating_a_refused_import_leaves_one_refused_file(run: Run, office: Path) -> None:
    for _ in range(3):
        assert "see people.csv.refused.csv, fix" in import_file(run, office, BAD).stderr
    assert not (office / "people.csv.refused-2.csv").exists()


def test_day_A20_changed_contacts_are_named(run: Run, office: Path) -> None:
    import_file(run, office, "name,email\n" + "".join(f"P {n},p{n}@x.example\n" for n in range(7)))
    result = import_file(
        run, office, "name,email,phone\n" + "".join(f"P {n},p{n}@x.example,{n + 1}\n" for n in range(7))
    )
    assert "changed: P 0 (p-0), P 1 (p-1), P 2 (p-2), P 3 (p-3), P 4 (p-4) and 2 more" in result.stderr


def test_imports_F9_an_opt_out_column_by_any_name_is_reported(run: Run, office: Path) -> None:
    for column, cell in (("Opt In Status", "No"), ("Accepts Email Marketing", "no"), ("Segment", "Unsubscribed 2024")):
        result = import_file(run, office, f"Name,Email,{column}\nJane,j@x.example,{cell}\n")
        assert f"THIS LOOKS LIKE AN OPT-OUT AND IS NOT IMPORTED: {column} " in result.stderr
    import_file(run, office, "Name,Email,Opt In Status\nJane,j@x.example,No\n", "--map", "do_not_contact=Opt In Status")
    assert people(run, "j@x.example")["Jane"]["do_not_contact"] == ["call", "correspondence", "email", "sms"]


@pytest.mark.parametrize("content", ["id,phone\nzoe-roe,604 555 0198\n", "id,email\nzoe-roe,other@x.example\n"])
def test_imports_F1_an_id_alone_gives_no_contact_an_address(run: Run, office: Path, content: str) -> None:
    run("contacts", "add", "--name", "Zoe Roe", "--id", "zoe-roe", "--no-cycle")
    result = import_file(run, office, content)
    assert result.returncode == 65 and "zoe-roe is Zoe Roe already, and this row has another" in result.stderr
    assert "add a column with the name" in result.stderr
    header, row = content.splitlines()
    assert import_file(run, office, f"{header},name\n{row},Zoe Roe\n").stdout.startswith("1 row: 0 new, 1 changed")


@pytest.mark.parametrize("how", [[], ["--system", "pd"]])
def test_imports_E10_a_row_of_a_removed_contact_says_who_was_removed(run: Run, office: Path, how: list[str]) -> None:
    content = "id,name,email\n9,Zoe Roe,z@x.example\n" if how else "name,email\nZoe Roe,z@x.example\n"
    import_file(run, office, content, *how)
    run("contacts", "remove", "zoe-roe", "--yes", user="sue")
    for user in ("tom", "sue"):
        result = import_file(run, office, content, "--owner", "tom", *how, user=user)
        assert result.returncode == 65 and "Zoe Roe (zoe-roe), who was removed: leave the row out" in result.stderr
    stranger = import_file(run, office, content, *how, user="anne")
    assert stranger.returncode == 0 and "removed" not in stranger.stdout + stranger.stderr


@pytest.mark.parametrize(
    "cell",
    ["STOP", "not subscribed", "non-subscribed", "cleaned", "Bounced", "REMOVE", "spam complaint", "declined"]
    + ["revoked", "withdrawn", "blocked", "Do Not Allow"],
)
def test_imports_F9_a_word_that_stops_contact_is_reported_in_any_column(run: Run, office: Path, cell: str) -> None:
    result = import_file(run, office, f"Name,Remark\nJane Roe,{cell}\n", "--map", "notes=", "--dry-run")
    assert "THIS LOOKS LIKE AN OPT-OUT AND IS NOT IMPORTED: Remark " in result.stderr


@pytest.mark.parametrize(
    ("content", "closed"),
    [
        ("Name,Email Opt Out,Do Not Call\nZoe Roe,No,Yes\n", ["call", "email", "sms"]),
        ("Name,Do Not Call\nZoe Roe,Yes\n", ["call", "email", "sms"]),
        ("Name,do_not_contact\nZoe Roe,correspondence\n", ["correspondence", "email", "sms"]),
        ("Name,do_not_contact\nZoe Roe,No\n", ["email", "sms"]),
        ("Name,do_not_contact\nZoe Roe,\n", ["email", "sms"]),
    ],
)
def test_imports_F9_an_import_never_opens_a_channel(run: Run, office: Path, content: str, closed: list[str]) -> None:
    run("contacts", "add", "--name", "Zoe Roe", "--id", "zoe-roe", "--no-cycle")
    run("contacts", "set", "zoe-roe", "--do-not-contact", "email,sms")
    columns = content.splitlines()[0].split(",")[1:]
    maps = [word for column in columns for word in ("--map", f"do_not_contact={column}")]
    assert import_file(run, office, f"id,{content}".replace("Zoe", "zoe-roe,Zoe"), *maps).returncode == 0
    assert people(run, "zoe roe")["Zoe Roe"]["do_not_contact"] == closed


def test_imports_F9_an_import_of_our_own_export_changes_no_opt_out(run: Run, office: Path) -> None:
    run("contacts", "set", "jane-smith", "--do-not-contact", "call,sms", user="sue")
    export = run("contacts", "export", user="sue").stdout
    result = import_file(run, office, export, user="sue")
    assert ", 0 new, 0 changed," in result.stdout.replace(":", ",") and result.returncode == 0


def test_imports_F10_unknown_stages_of_another_system_do_not_refuse_rows(run: Run, office: Path) -> None:
    result = import_file(
        run, office, "Name,Email,Stage\nJane Roe,jr@x.example,Nurture\nBob Roe,br@x.example,Past Client\n"
    )
    assert result.stdout == "2 rows: 2 new, 0 changed, 0 same, 0 refused\n"
    assert "not a stage here: 'Nurture', 'Past Client'" in result.stderr
    result = import_file(run, office, "Name,Stage\nJoe Roe,Nurture\n", "--map", "stage=Stage")
    assert result.returncode == 65 and "unknown stage 'Nurture': choose prospect, lead, won, lost" in result.stderr


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--month-first", "line 3: '30/04/2026' can only be day first"),
        ("--day-first", "line 4: '04/30/2026' can only be month"),
    ],
)
def test_imports_F16_dates_that_contradict_the_given_order_stop_the_import(
    run: Run, office: Path, option: str, message: str
) -> None:
    lines = ["1,Ada Roe,03/04/2026", "2,Bea Roe,30/04/2026" if option == "--month-first" else "", "3,Cy Roe,04/30/2026"]
    result = import_file(run, office, "id,name,created_at\n" + "\n".join(lines) + "\n", option)
    assert (result.returncode, result.stdout, message in result.stderr) == (65, "", True)
    assert people(run, "roe") == {}


def test_imports_F17_a_facebook_lead_form_can_be_imported(run: Run, office: Path) -> None:
    header = "id\tcreated_time\tform_id\tis_organic\tfull_name\tphone_number\temail"
    row = "l:1020304050607080\t2026-05-03T18:22:41-07:00\tf:1112\tfalse\tJane Roe\tp:+16045550101\tjane@x.example"
    (office / "people.csv").write_bytes(f"{header}\n{row}\n".encode("utf-16"))
    assert run("contacts", "import", "people.csv", "--no-cycle").stdout.startswith("1 row: 1 new")
    jane = people(run, "jane@x.example")["Jane Roe"]
    assert (jane["id"], jane["phone"]) == ("1020304050607080", "+16045550101")


def test_day_B8_a_misspelled_field_gets_a_suggestion(run: Run, office: Path) -> None:
    result = import_file(run, office, "name\nSue Stone\n", "--map", "naem=name")
    assert result.returncode == 2
    assert "'naem' isn't a field. Did you mean 'name'? For a field of your own, use --map +naem=name" in result.stderr
