"""Importing vCards: the same file twice changes nothing, and bad cards come back to be fixed (case 52)."""

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


def all_rows(office: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    try:
        return [
            row
            for table in ("contact", "enrolment", "action", "history")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        ]
    finally:
        connection.close()


def test_good_cards_are_imported_and_bad_ones_come_back_with_line_and_number(run: Run, office: Path) -> None:
    result = run("contacts", "import", CARDS, *OPTIONS, user="sue")
    assert result.returncode == 65
    assert result.stdout == "5 rows: 3 new, 0 changed, 0 same, 2 refused\n"
    assert f"2 rows refused: see {CARDS}.refused.csv, fix that file and import it" in result.stderr
    with open(office / f"{CARDS}.refused.csv", encoding="utf-8-sig", newline="") as file:
        refused_rows = [(row["line"], row["card"], row["reason"][:25], row["name"]) for row in csv.DictReader(file)]
    assert refused_rows == [
        ("36", "4", "line 42 doesn't belong to", "Layla Mansour"),
        ("44", "5", "END:VCARD is missing belo", "Anton Horvat"),
    ]
    assert run("doctor", user="sue").returncode == 0


def test_importing_the_same_cards_twice_changes_nothing(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, user="sue")
    before = all_rows(office)
    result = run("contacts", "import", CARDS, *OPTIONS, user="sue")
    assert "5 rows: 0 new, 0 changed, 3 same, 2 refused" in result.stdout
    assert all_rows(office) == before


def test_a_uid_identifies_the_contact_whatever_else_changes(run: Run, office: Path) -> None:
    path = office / "cards.vcf"
    path.write_text("BEGIN:VCARD\nVERSION:3.0\nUID:a:b\nFN:Ida Berg\nEMAIL:ida@x.example\nEND:VCARD\n")
    assert "1 new" in run("contacts", "import", "cards.vcf", *OPTIONS, user="sue").stdout
    path.write_text(path.read_text().replace("ida@", "ida.berg@"))
    assert "1 changed" in run("contacts", "import", "cards.vcf", *OPTIONS, user="sue").stdout


def test_fixed_cards_are_imported_from_the_refused_file(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, "--delimiter", ";", user="sue")
    refused_file = office / f"{CARDS}.refused.csv"
    refused_file.write_text(refused_file.read_text("utf-8-sig").replace(";anton.hor;", ";anton.horvat@example.com;"))
    result = run("contacts", "import", str(refused_file), *OPTIONS, user="sue")
    assert result.stdout == "2 rows: 2 new, 0 changed, 0 same, 0 refused\n", result.stderr
    assert run("contacts", "show", "Anton Horvat", "--format", "json").returncode == 0


def test_mapped_fields_of_a_card_are_kept(run: Run, office: Path) -> None:
    run("contacts", "import", CARDS, *OPTIONS, "--map", "+firm=organization", "--map", "+home=address", user="sue")
    connection = sqlite3.connect(office / "followup.db")
    (details,) = connection.execute("SELECT details FROM contact WHERE name = 'Elias Lindqvist'").fetchone()
    connection.close()
    assert json.loads(details) == {
        "company": "Lindqvist & Daughters, Joiners",
        "firm": "Lindqvist & Daughters, Joiners",
        "home": "12 Quay Street, Vancouver, BC, V6B 0A0, Canada",
    }


def test_a_preview_and_a_dry_run_write_nothing(run: Run, office: Path) -> None:
    before = all_rows(office)
    preview = run("contacts", "import", CARDS, "--preview", user="sue")
    assert preview.returncode == 0 and "not imported: card, fax, title" in preview.stdout
    dry_run = run("contacts", "import", CARDS, *OPTIONS, "--dry-run", user="sue")
    assert "5 rows: 3 new, 0 changed, 0 same, 2 refused" in dry_run.stdout
    assert all_rows(office) == before
    assert not (office / f"{CARDS}.refused.csv").exists()


def test_cards_are_recognized_by_content_and_can_be_piped_in(office: Path) -> None:
    shutil.copy(ROOT / CARDS, office / "phone.txt")
    words = [sys.executable, "-m", "followup", "--user", "sue", "--now", NOW, "contacts", "import", "-", *OPTIONS]
    with open(office / "phone.txt", "rb") as piped:
        result = subprocess.run(words, cwd=office, stdin=piped, capture_output=True, text=True)
    assert "3 new" in result.stdout, result.stderr
    assert (office / "stdin.refused.csv").exists()


def test_a_hostile_card_stays_plain_text_from_file_to_export(run: Run, office: Path) -> None:
    name = "=cmd|' /C calc'!A0"
    cards = f"BEGIN:VCARD\nFN:{name}\nEND:VCARD\nBEGIN:VCARD\nFN:Bo\x1b]0;x\x07\nEND:VCARD\nBEGIN:VCARD\nFN:{name}\nTEL:1\nX\n"
    (office / "cards.vcf").write_text(cards)
    result = run("contacts", "import", "cards.vcf", *OPTIONS, user="sue")
    assert "3 rows: 1 new, 0 changed, 0 same, 2 refused" in result.stdout and "\x1b" not in result.stderr
    assert f"'{name}" in run("contacts", "export", user="sue").stdout
    assert f"'{name}" in (office / "cards.vcf.refused.csv").read_text("utf-8-sig")
