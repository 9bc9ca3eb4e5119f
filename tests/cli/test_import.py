"""`contacts import` at the real command: nobody becomes somebody else, and no file of the person's is lost."""

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


def imports(run: Run, office: Path, content: str, *words: str, **options: str) -> Any:
    """The import of a file with this content, of contacts without a cycle."""
    return run("contacts", "import", written(office, content), "--no-cycle", *words, **options)


def written(office: Path, content: str) -> str:
    """The name of a file with this content."""
    (office / "people.csv").write_text(content)
    return "people.csv"


def people(run: Run, text: str = "") -> dict[str, dict[str, Any]]:
    """The contacts that are found by `text`, by name."""
    told = run("contacts", "list", text, "--all", "--limit", "-1", "--format", "json", user="sue")
    return {item["name"]: item for item in json.loads(told.stdout)["items"]}


def refused(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_of_two_who_share_an_address_the_second_is_told_why_and_never_becomes_the_first(run: Run, office: Path) -> None:
    done = imports(run, office, SHARED)
    assert (done.returncode, done.stdout) == (65, "2 rows: 1 new, 0 changed, 0 same, 1 refused\n")
    (row,) = refused(office / "people.csv.refused.csv")
    assert row["reason"] == "the same e-mail as line 2 ('home@x.example'): use a --key that tells them apart"
    again = run("contacts", "import", "people.csv.refused.csv", "--no-cycle")
    assert (again.returncode, again.stdout) == (65, "1 row: 0 new, 0 changed, 0 same, 1 refused\n")
    (row,) = refused(office / "people.csv.refused.csv.refused.csv")
    assert "sue-stone is Sue Stone already. If Ann Stone is someone else" in row["reason"]
    told = run("contacts", "import", "people.csv.refused.csv", "--no-cycle", "--key", "name")
    assert told.stdout == "1 row: 1 new, 0 changed, 0 same, 0 refused\n"
    assert set(people(run, "home@x.example")) == {"Sue Stone", "Ann Stone"}


def test_an_id_that_stands_twice_in_a_file_never_makes_one_the_other(run: Run, office: Path) -> None:
    assert imports(run, office, "id,name,owner\nz1,Sue Stone,tom\nz1,Ann Stone,tom\n").returncode == 65
    assert run("contacts", "import", "people.csv.refused.csv", "--no-cycle").returncode == 65
    assert set(people(run, "stone")) == {"Sue Stone"}
    # A file that is no report of refused rows is believed where something else is the same, or ids are the system's.
    assert imports(run, office, "id,name,owner\nz1,Sue Stone-Reed,tom\n").returncode == 65
    renamed = imports(run, office, "id,name,phone,owner\nz1,Sue Stone,1,tom\n", "--system", "crm")
    assert renamed.stdout.startswith("1 row: 0 new, 1 changed")
    renamed = imports(run, office, "id,name,owner\nz1,Sue Stone-Reed,tom\n", "--system", "CRM")
    assert renamed.stdout.startswith("1 row: 0 new, 1 changed")


# Where the refused rows go

BAD = "name,email,owner\nSue Stone,nowhere,tom\n"


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_the_refused_rows_never_go_into_the_file_that_is_imported(run: Run, office: Path, link: Any) -> None:
    target = "people.csv"
    if link:
        target = "other.csv"
        (office / "people.csv").touch()
        link(office / "people.csv", office / "other.csv")
    done = imports(run, office, BAD, "--refused", target)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--refused {target} is the imported file: choose another name" in done.stderr
    assert (office / "people.csv").read_text() == BAD


def test_stdin_may_be_that_file_too(office: Path) -> None:
    (office / "people.csv").write_text(BAD)
    words = [sys.executable, "-m", "followup", "--user", "tom", "contacts", "import", "-", "--refused", "people.csv"]
    with open(office / "people.csv", "rb") as piped:
        assert subprocess.run(words, cwd=office, stdin=piped, capture_output=True).returncode == 2
    assert (office / "people.csv").read_text() == BAD


def test_the_refused_rows_go_into_a_file_and_not_to_stdout(run: Run, office: Path) -> None:
    before = set(os.listdir(office))
    done = imports(run, office, BAD, "--refused", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--refused needs a file" in done.stderr
    assert set(os.listdir(office)) - before == {"people.csv"}


def test_P5_a_refused_file_that_may_be_half_mended_is_not_replaced(run: Run, office: Path) -> None:
    mending = office / "people.csv.refused.csv"
    mending.write_text("half mended")
    for number, bad in ((2, BAD), (3, BAD.replace("nowhere", "elsewhere"))):
        done = imports(run, office, bad)
        said = (
            f"1 row refused: see people.csv.refused-{number}.csv (the older file was kept), fix that file and import it"
        )
        assert (done.returncode, done.stderr.splitlines()[-1]) == (65, f"followup: {said}")
        assert len(refused(office / f"people.csv.refused-{number}.csv")) == 1
    assert mending.read_text() == "half mended"
    (office / "mine.txt").symlink_to("nowhere")
    assert "see mine-2.txt (" in imports(run, office, BAD, "--refused", "mine.txt").stderr


def test_a_place_that_was_named_and_cannot_be_written_is_said_before_anything_is_imported(
    run: Run, office: Path
) -> None:
    for place in ("no/such/refused.csv", "cycles"):
        done = imports(run, office, BAD + "Ann Stone,,tom\n", "--refused", place)
        assert (done.returncode, done.stdout) == (73, "")
        assert f"can't write {place}" in done.stderr
    assert people(run, "stone") == {}


def test_beside_a_file_that_nothing_can_be_written_beside_it_is_here(run: Run, office: Path) -> None:
    (office / "people.csv").write_text(BAD + "Ann Stone,,tom\n")
    with open(office / "people.csv", "rb") as file:
        # Not even root makes a file in there.
        number = file.fileno()
        done = run("contacts", "import", f"/proc/{os.getpid()}/fd/{number}", "--no-cycle")
    assert done.stdout == "2 rows: 1 new, 0 changed, 0 same, 1 refused\n", done.stderr
    assert f"see {number}.refused.csv, fix that file and import it" in done.stderr
    assert len(refused(office / f"{number}.refused.csv")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_P4_an_import_that_is_stopped_says_how_far_it_came_and_leaves_no_half_of_a_file(
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
    ours, theirs = pty.openpty()
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
    done = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    told = all_shown(ours)
    assert (done.returncode, done.stdout) == (128 + number, b"")
    stopped = f"followup: stopped after {BATCH:,} rows: run it again to continue"
    assert re.search(rf"\r{BATCH + 1:,} rows\r\x1b\[K{stopped}\r\n", told), told
    assert set(os.listdir(office)) == before


def test_a_refused_row_comes_back_as_it_stood(run: Run, office: Path) -> None:
    assert imports(run, office, 'name,email,owner\n"Joe "Boss" S",j@x.example,tom\n').returncode == 65
    (row,) = refused(office / "people.csv.refused.csv")
    assert (row["name"], row["email"], row["owner"]) == ('Joe "Boss" S', "j@x.example", "tom")
    assert run("contacts", "import", "people.csv.refused.csv", "--no-cycle").returncode == 0
    assert set(people(run, "j@x.example")) == {'Joe "Boss" S'}


# Whose they are


def owners(run: Run, text: str) -> dict[str, str | None]:
    return {name: item["owner"] for name, item in people(run, text).items()}


@pytest.mark.parametrize("user", ["tom", "max", "pat"])
def test_F20_whoever_imports_owns_what_is_new_and_is_told_so(run: Run, office: Path, user: str) -> None:
    told = imports(run, office, "name,owner\nSue Stone,\nAnn Stone,anne\n", user=user)
    assert told.stdout.startswith("2 rows: 2 new")
    assert f"\nowner: {user} (you), for new contacts without an owner\n" in told.stderr
    assert owners(run, "stone") == {"Sue Stone": user, "Ann Stone": "anne"}


def test_F20_to_import_who_is_known_takes_nobody_away_from_their_owner(run: Run, office: Path) -> None:
    imports(run, office, "email,name\ns@x.example,Sue Stone\n")
    told = imports(run, office, "email,name,phone\ns@x.example,Sue Stone,1\n", user="max")
    assert told.stdout.startswith("1 row: 0 new, 1 changed")
    assert owners(run, "stone") == {"Sue Stone": "tom"}
    told = imports(run, office, "email,name,phone\ns@x.example,Sue Stone,1\n", "--owner", "anne", user="max")
    assert "owner: anne, for rows without an owner" in told.stderr
    assert owners(run, "stone") == {"Sue Stone": "anne"}


def test_F20_an_administrator_says_whose_the_contacts_are(run: Run, office: Path) -> None:
    told = imports(run, office, "name\nSue Stone\n", user="sue")
    said = "who should own these contacts? Use --owner USER, --map owner=COLUMN or --no-owner"
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"followup: {said}\n")
    looked = imports(run, office, "name\nSue Stone\n", "--preview", user="sue")
    assert (looked.returncode, said in looked.stdout) == (0, True)
    assert imports(run, office, "name\nSue Stone\n", "--owner", "tom", "--no-owner", user="sue").returncode == 2
    told = imports(run, office, "name\nSue Stone\n", "--no-owner", user="sue")
    assert (told.returncode, "without an owner" in told.stderr) == (0, False)
    told = imports(run, office, "name,owner\nAnn Stone,\nJo Stone,tom\n", "-q", user="sue")
    said = "1 row has no owner. New contacts without one won't be on anyone's list (--owner USER)"
    assert told.stderr == f"followup: {said}\n"
    assert owners(run, "stone") == {"Sue Stone": None, "Ann Stone": None, "Jo Stone": "tom"}


def test_whoever_has_no_name_is_called_by_their_address(run: Run, office: Path) -> None:
    imports(run, office, "email,phone\nsue@stone.example,1\n,+1 604 555 9999\n")
    assert set(people(run, "stone")) | set(people(run, "555 9999")) == {"sue@stone.example", "+1 604 555 9999"}


# What a look shows


def test_a_preview_shows_rows_as_they_would_be_read_and_counts_what_is_missing(run: Run, office: Path) -> None:
    lines = [
        "Sue,Stone,s@X.example,tom,referral,,VIP",
        ",,,,,,",
        "Ann,Stone,a@x.example,,,dnc,",
        "Jo,Stone,j@x.example,,,,",
    ]
    content = "First,Last,E-mail,Owner,Alias,DNC,Kind\n" + "\n".join(lines) + "\nMia,Stone,m@x.example,,,,\n"
    told = run("contacts", "import", written(office, content), "--map", "+kind=Kind", "--preview")
    rows = [re.split(r"  +", line) for line in told.stdout.splitlines()]
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
    told = imports(run, office, "name\n" + "".join(f"Person {n}\n" for n in range(1500)), "--preview")
    assert "of the first 1,000 rows: 1,000 new, 0 changed, 0 same, 0 refused" in told.stdout


@pytest.mark.parametrize("how", [["--preview"], ["-q"], []])
def test_E12_an_opt_out_is_not_left_behind_without_a_loud_word(run: Run, office: Path, how: list[str]) -> None:
    told = imports(run, office, "name,Do Not Call,Size\nSue Stone,Yes,XL\n", *how)
    said = "THIS LOOKS LIKE AN OPT-OUT AND IS NOT IMPORTED: Do Not Call (use --map do_not_contact=COLUMN"
    assert said in (told.stdout if "--preview" in how else told.stderr)
    told = imports(
        run, office, "name,Do Not Call,Size\nSue Stone,Yes,XL\n", "--map", "do_not_contact=do not call", *how
    )
    assert "OPT-OUT" not in told.stdout + told.stderr


# Who is who


def test_imports_F1_an_id_of_another_file_turns_nobody_into_somebody_else(run: Run, office: Path) -> None:
    assert imports(run, office, "Record ID,First Name,Last Name,Email\n101,Jane,Doe,jane@x.example\n").returncode == 0
    told = imports(run, office, "id,name,email\n101,Bob Fox,bob@x.example\n")
    assert (told.returncode, told.stdout) == (65, "1 row: 0 new, 0 changed, 0 same, 1 refused\n")
    said = "101 is Jane Doe already, and this row has another name ('Bob Fox') and another e-mail ('bob@x.example')"
    assert said in told.stderr and "`--system NAME`" in told.stderr
    assert set(people(run, "jane@x.example")) == {"Jane Doe"}


@pytest.mark.parametrize("system", ["", " ", "a b", "-x", "x" * 33, "a:b"])
def test_a_system_is_a_word(run: Run, office: Path, system: str) -> None:
    assert imports(run, office, "id,name\n1,Sue Stone\n", "--system", system).returncode == 2


@pytest.mark.parametrize("option", ["--owner", "--property"])
def test_rules_D19_an_option_that_is_blank_is_refused(run: Run, office: Path, option: str) -> None:
    told = imports(run, office, "name\nSue Stone\n", option, "")
    assert (told.returncode, f"{option} has no value" in told.stderr) == (2, True)


def test_rules_an_alias_that_cannot_be_chosen_is_not_offered(run: Run, office: Path) -> None:
    told = run("contacts", "import", written(office, "name,cycle\nSue Stone,tuored\n"))
    assert "unknown alias 'tuored'; did you mean 'toured'" in told.stderr
    told = run("contacts", "import", written(office, "name\nSue Stone\n"), "--cycle", "just lookin")
    assert told.returncode == 66 and "just" not in told.stderr.partition("just lookin")[2]


# The same rules, however it comes in


def test_imports_F15_a_source_that_is_not_declared_is_kept_and_told(run: Run, office: Path) -> None:
    told = imports(run, office, "id,name,source,type\nz1,Zed One,Zillow,client\nz2,Zoe Two,Referral,\n")
    assert told.returncode == 0
    assert "not declared as a source in the catalog, kept as in the file: 'Zillow'" in told.stderr
    added = run("contacts", "add", "--name", "Zed Three", "--source", "Zillow", "--no-cycle")
    changed = run("contacts", "set", "z2", "--source", "Zilow")
    assert (added.returncode, changed.returncode) == (0, 0)
    assert "unknown source 'Zillow'" in added.stderr and "kept as typed" in added.stderr
    sources = {name: item["source"] for name, item in people(run, "z").items() if name.startswith("Z")}
    assert sources == {"Zed One": "Zillow", "Zoe Two": "Zilow", "Zed Three": "Zillow"}


def test_imports_F13_typed_values_are_read_as_those_of_files(run: Run, office: Path) -> None:
    done = run(
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
    assert done.returncode == 0, done.stderr
    (sue,) = people(run, "s@x.example").values()
    assert (sue["name"], sue["email"], sue["phone"]) == ("Sue", "s@x.example", "6045550108")
    for option in (["--name", "\u200b"], ["--phone", "n/a"], ["--email", "NULL"], ["--phone", "abc"]):
        assert run("contacts", "set", str(sue["id"]), *option).returncode == 65


def test_hostile_P8_李伟_has_an_id_that_can_be_typed(run: Run, office: Path) -> None:
    told = run("contacts", "add", "--name", "李晓伟", "--no-cycle")
    assert "(li-xiao-wei)" in told.stdout


# What the screen says


def test_imports_F7_a_preview_refuses_what_the_import_would(run: Run, office: Path) -> None:
    content = (
        "Name,Email,Owner,Cycle\nA B,ab@x.example,Nobody Here,referral\nC D,cd@x.example,tom,Not A Cycle\nE F,@,,\n"
    )
    looked = run("contacts", "import", written(office, content), "--preview")
    done = run("contacts", "import", "people.csv")
    assert "of the first 3 rows: 0 new, 0 changed, 0 same, 3 refused" in looked.stdout
    reasons = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    assert len(reasons) == 5 and [line for line in looked.stdout.splitlines() if line.startswith("  ")] == reasons
    assert "  If 'Owner' isn't the owner here, leave it out: --map owner=" in reasons


def test_day_A20_like_reasons_are_counted_together(run: Run, office: Path) -> None:
    rows_ = "".join(f"P {n},p{n}@x.example,tim\n" for n in range(22)) + "".join(f"Q {n},q{n},\n" for n in range(18))
    told = imports(run, office, f"name,email,owner\n{rows_}")
    assert "  22 rows (lines 2, 3, 4, 5, 6, ...): unknown user 'tim'" in told.stderr
    assert "  18 rows (lines 24, 25, 26, 27, 28, ...): 'q0' is not an e-mail address; and others like it" in told.stderr
    answer = json.loads(imports(run, office, f"name,email,owner\n{rows_}", "--format", "json").stdout)
    assert [each["rows"] for each in answer["reasons"]] == [22, 18]


def test_day_A20_a_file_that_is_refused_every_night_leaves_one_file(run: Run, office: Path) -> None:
    for _ in range(3):
        assert "see people.csv.refused.csv, fix" in imports(run, office, BAD).stderr
    assert not (office / "people.csv.refused-2.csv").exists()


def test_day_A20_who_was_changed_is_named(run: Run, office: Path) -> None:
    imports(run, office, "name,email\n" + "".join(f"P {n},p{n}@x.example\n" for n in range(7)))
    told = imports(run, office, "name,email,phone\n" + "".join(f"P {n},p{n}@x.example,{n + 1}\n" for n in range(7)))
    assert "changed: P 0 (p-0), P 1 (p-1), P 2 (p-2), P 3 (p-3), P 4 (p-4) and 2 more" in told.stderr


def test_imports_F9_an_opt_out_by_any_name_is_told(run: Run, office: Path) -> None:
    for column, cell in (("Opt In Status", "No"), ("Accepts Email Marketing", "no"), ("Segment", "Unsubscribed 2024")):
        told = imports(run, office, f"Name,Email,{column}\nJane,j@x.example,{cell}\n")
        assert f"THIS LOOKS LIKE AN OPT-OUT AND IS NOT IMPORTED: {column} " in told.stderr
    imports(run, office, "Name,Email,Opt In Status\nJane,j@x.example,No\n", "--map", "do_not_contact=Opt In Status")
    assert people(run, "j@x.example")["Jane"]["do_not_contact"] == ["call", "correspondence", "email", "sms"]


def test_imports_F10_the_stages_of_another_system_refuse_nobody(run: Run, office: Path) -> None:
    told = imports(run, office, "Name,Email,Stage\nJane Roe,jr@x.example,Nurture\nBob Roe,br@x.example,Past Client\n")
    assert told.stdout == "2 rows: 2 new, 0 changed, 0 same, 0 refused\n"
    assert "not a stage here: 'Nurture', 'Past Client'" in told.stderr
    told = imports(run, office, "Name,Stage\nJoe Roe,Nurture\n", "--map", "stage=Stage")
    assert told.returncode == 65 and "unknown stage 'Nurture': choose prospect, lead, won, lost" in told.stderr


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--month-first", "line 3: '30/04/2026' can only be day first"),
        ("--day-first", "line 4: '04/30/2026' can only be month"),
    ],
)
def test_imports_F16_dates_that_contradict_the_order_stop_the_import(
    run: Run, office: Path, option: str, said: str
) -> None:
    lines = ["1,Ada Roe,03/04/2026", "2,Bea Roe,30/04/2026" if option == "--month-first" else "", "3,Cy Roe,04/30/2026"]
    told = imports(run, office, "id,name,created_at\n" + "\n".join(lines) + "\n", option)
    assert (told.returncode, told.stdout, said in told.stderr) == (65, "", True)
    assert people(run, "roe") == {}


def test_imports_F17_a_lead_form_of_facebook_comes_in(run: Run, office: Path) -> None:
    header = "id\tcreated_time\tform_id\tis_organic\tfull_name\tphone_number\temail"
    row = "l:1020304050607080\t2026-05-03T18:22:41-07:00\tf:1112\tfalse\tJane Roe\tp:+16045550101\tjane@x.example"
    (office / "people.csv").write_bytes(f"{header}\n{row}\n".encode("utf-16"))
    assert run("contacts", "import", "people.csv", "--no-cycle").stdout.startswith("1 row: 1 new")
    jane = people(run, "jane@x.example")["Jane Roe"]
    assert (jane["id"], jane["phone"]) == ("1020304050607080", "+16045550101")


def test_day_B8_a_field_that_is_misspelt_is_named(run: Run, office: Path) -> None:
    told = imports(run, office, "name\nSue Stone\n", "--map", "naem=name")
    assert told.returncode == 2
    assert "'naem' isn't a field. Did you mean 'name'? For a field of your own, use --map +naem=name" in told.stderr
