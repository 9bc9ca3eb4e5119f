"""vCards at the real command: the same file twice changes nothing, and bad cards come back to be mended (case 52)."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.conftest import NOW, ROOT, Run

CARDS = "sample_data/phone-contacts.vcf"
OPTIONS = ("--cycle", "referral", "--owner", "tom")


def stored(office: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    try:
        return [
            row
            for table in ("contact", "enrolment", "action", "history")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        ]
    finally:
        connection.close()


def test_good_cards_go_in_and_bad_ones_come_back_with_line_and_number(run: Run, office: Path) -> None:
    done = run("contacts", "import", CARDS, *OPTIONS, user="sue")
    assert done.returncode == 65
    assert done.stdout == "5 rows: 3 new, 0 changed, 0 same, 2 refused\n"
    assert f"2 rows refused: see {CARDS}.refused.csv, fix that file and import it" in done.stderr
    with open(office / f"{CARDS}.refused.csv", encoding="utf-8-sig", newline="") as file:
        refused = [(row["line"], row["card"], row["reason"][:25], row["name"]) for row in csv.DictReader(file)]
    assert refused == [
        ("36", "4", "line 42 doesn't belong to", "Layla Mansour"),
        ("44", "5", "END:VCARD is missing belo", "Anton Horvat"),
    ]
    assert run("doctor", user="sue").returncode == 0


def test_the_same_cards_twice_change_nothing(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, user="sue")
    before = stored(office)
    again = run("contacts", "import", CARDS, *OPTIONS, user="sue")
    assert "5 rows: 0 new, 0 changed, 3 same, 2 refused" in again.stdout
    assert stored(office) == before


def test_a_uid_is_the_contact_whatever_else_changes(run: Run, office: Path) -> None:
    path = office / "cards.vcf"
    path.write_text("BEGIN:VCARD\nVERSION:3.0\nUID:a:b\nFN:Ida Berg\nEMAIL:ida@x.example\nEND:VCARD\n")
    assert "1 new" in run("contacts", "import", "cards.vcf", *OPTIONS, user="sue").stdout
    path.write_text(path.read_text().replace("ida@", "ida.berg@"))
    assert "1 changed" in run("contacts", "import", "cards.vcf", *OPTIONS, user="sue").stdout


def test_mended_cards_are_imported_from_the_refused_file(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, "--delimiter", ";", user="sue")
    refused = office / f"{CARDS}.refused.csv"
    refused.write_text(refused.read_text("utf-8-sig").replace(";anton.hor;", ";anton.horvat@example.com;"))
    done = run("contacts", "import", str(refused), *OPTIONS, user="sue")
    assert done.stdout == "2 rows: 2 new, 0 changed, 0 same, 0 refused\n", done.stderr
    assert run("contacts", "show", "Anton Horvat", "--format", "json").returncode == 0


def test_a_card_keeps_what_is_mapped(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, "--map", "+firm=organization", "--map", "+home=address", user="sue")
    connection = sqlite3.connect(office / "followup.db")
    (details,) = connection.execute("SELECT details FROM contact WHERE name = 'Elias Lindqvist'").fetchone()
    connection.close()
    assert json.loads(details) == {
        "company": "Lindqvist & Daughters, Joiners",
        "firm": "Lindqvist & Daughters, Joiners",
        "home": "12 Quay Street, Vancouver, BC, V6B 0A0, Canada",
    }


def test_a_look_and_a_dry_run_write_nothing(run: Run, office: Path) -> None:
    before = stored(office)
    look = run("contacts", "import", CARDS, "--preview", user="sue")
    assert look.returncode == 0 and "not imported: card, fax, title" in look.stdout
    tried = run("contacts", "import", CARDS, *OPTIONS, "--dry-run", user="sue")
    assert "5 rows: 3 new, 0 changed, 0 same, 2 refused" in tried.stdout
    assert stored(office) == before
    assert not (office / f"{CARDS}.refused.csv").exists()


def test_cards_are_known_by_what_is_in_them_and_may_be_piped_in(office: Path) -> None:
    shutil.copy(ROOT / CARDS, office / "phone.txt")
    words = [sys.executable, "-m", "followup", "--user", "sue", "--now", NOW, "contacts", "import", "-", *OPTIONS]
    with open(office / "phone.txt", "rb") as piped:
        done = subprocess.run(words, cwd=office, stdin=piped, capture_output=True, text=True)
    assert "3 new" in done.stdout, done.stderr
    assert (office / "stdin.refused.csv").exists()


def test_a_hostile_card_stays_text_from_file_to_list(run: Run, office: Path) -> None:
    name = "=cmd|' /C calc'!A0"
    cards = f"BEGIN:VCARD\nFN:{name}\nEND:VCARD\nBEGIN:VCARD\nFN:Bo\x1b]0;x\x07\nEND:VCARD\nBEGIN:VCARD\nFN:{name}\nTEL:1\nX\n"
    (office / "cards.vcf").write_text(cards)
    done = run("contacts", "import", "cards.vcf", *OPTIONS, user="sue")
    assert "3 rows: 1 new, 0 changed, 0 same, 2 refused" in done.stdout and "\x1b" not in done.stderr
    assert f"'{name}" in run("contacts", "export", user="sue").stdout
    assert f"'{name}" in (office / "cards.vcf.refused.csv").read_text("utf-8-sig")
