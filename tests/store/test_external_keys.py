"""What another system calls a contact, and further addresses, are kept alike in every store, old ones among them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from followup.core.reach import EVERYTHING
from followup.store.sqlite.schema import migrate
from followup.store.sqlite.store import SqliteStore
from tests.conftest import Run
from tests.store.conftest import ENGINES, Kept, made_in

HUBSPOT = "Record ID,First Name,Last Name,Email\n101,Jane,Doe,jane@x.example\n"
ZOHO = "id,name,email\n101,Bob Fox,bob@x.example\n"
MANY = "Name,Email,Phone,Mobile,Notes\nBob Newman,bob@x.example,604 555 0101,604 555 0102,Wants parking\n"


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with made_in(request.param, tmp_path / "office") as kept:
        yield kept


def imported(office: Kept, content: str, *words: str, user: str = "sue") -> str:
    (office.folder / "people.csv").write_text(content)
    given = ("--no-cycle", *words) if user == "tom" else ("--no-cycle", "--owner", "tom", *words)
    done = office.run("contacts", "import", "people.csv", "-q", *given, user=user)
    return done.stdout or done.stderr


def contact(office: Kept, word: str) -> dict[str, object]:
    shown = office.run("contacts", "show", word, "--format", "json", user="sue")
    assert shown.returncode == 0, shown.stderr
    item: dict[str, object] = json.loads(shown.stdout)["items"][0]
    return item


def test_imports_F1_ids_of_another_system_make_nobody_somebody_else(office: Kept) -> None:
    assert imported(office, HUBSPOT, "--system", "hubspot").startswith("1 row: 1 new")
    assert contact(office, "jane-doe")["email"] == "jane@x.example"
    assert imported(office, ZOHO, "--system", "zoho").startswith("1 row: 1 new")
    assert contact(office, "bob-fox")["email"] == "bob@x.example"
    assert imported(office, ZOHO).startswith("1 row: 1 new")  # ids that nobody said a system of are the office's own
    assert imported(office, HUBSPOT).startswith("1 row: 0 new, 0 changed, 0 same, 1 refused")
    married = HUBSPOT.replace("Doe", "Roe").replace("jane@", "j.roe@")
    assert imported(office, married, "--system", "hubspot").startswith("1 row: 0 new, 1 changed")
    assert contact(office, "jane-doe")["name"] == "Jane Roe"
    assert office.run("doctor", user="sue").returncode == 0


def test_imports_A20_made_ids_can_be_read_and_the_same_file_means_the_same_people(office: Kept) -> None:
    content = "Name,Email\nBob Newton,b1@x.example\nBob Newton,b2@x.example\n李伟,li@x.example\nЮлия,yu@x.example\n★,s@x.example\n"
    assert imported(office, content).startswith("5 rows: 5 new")
    names = {"bob-newton": "Bob Newton", "bob-newton-2": "Bob Newton", "li-wei-2": "李伟", "contact-1": "★"}
    assert {id: contact(office, id)["name"] for id in names} == names
    assert imported(office, content).startswith("5 rows: 0 new, 0 changed, 5 same")
    assert office.run("undo", user="sue").returncode == 0
    assert imported(office, content).startswith("5 rows: 5 new")
    assert office.run("doctor", user="sue").returncode == 0


def test_imports_F4_F5_what_was_kept_is_shown_found_exported_and_given_back(office: Kept, tmp_path: Path) -> None:
    assert imported(office, MANY).startswith("1 row: 1 new")
    kept = contact(office, "bob-newman")
    assert (kept["phones"], kept["notes"], kept["first_name"]) == (["604 555 0102"], "Wants parking", "Bob")
    for text in ("555 0102", "wants PARKING"):
        assert "bob-newman" in office.run("contacts", "list", text, user="sue").stdout
    assert "604 555 0102" in office.run("show", "bob-newman", user="sue").stdout
    exported = office.run("contacts", "export", user="sue").stdout
    assert imported(office, exported).startswith("41 rows: 0 new, 0 changed, 41 same")
    with made_in("sqlite", tmp_path / "other") as other:
        assert "1 new" in imported(other, exported, "--map", "cycle=")
        assert {**contact(other, "bob-newman"), "updated_at": ""} == {**kept, "updated_at": ""}


def test_imports_F4_what_was_kept_can_be_changed_and_emptied_by_hand(office: Kept) -> None:
    imported(office, MANY)
    done = office.run("contacts", "set", "bob-newman", "--phones", "604 555 0103", "--company", "Acme", user="sue")
    assert done.returncode == 0, done.stderr
    kept = contact(office, "bob-newman")
    assert (kept["phones"], kept["company"], kept["notes"]) == (["604 555 0103"], "Acme", "Wants parking")
    office.run("contacts", "set", "bob-newman", "--clear", "notes", "--clear", "phones", user="sue")
    kept = contact(office, "bob-newman")
    assert (kept["phones"], kept["company"], kept["notes"]) == ([], "Acme", None)
    assert office.run("doctor", user="sue").returncode == 0


def test_imports_F1_a_contact_of_before_keys_were_kept_is_known_by_its_id(run: Run, office: Kept) -> None:
    """Ids were keys once: made ones, and those of files."""
    made = "kd3e051eb6b9dd11b"  # of s@x.example
    office.run("contacts", "add", "--id", made, "--name", "Sue", "--email", "s@x.example", "--no-cycle", user="tom")
    assert imported(office, "name,email\nSue,S@x.example\n").startswith("1 row: 0 new")
    office.run("contacts", "add", "--id", "101", "--name", "Jane Doe", "--no-cycle", user="tom")
    assert imported(office, HUBSPOT, "--system", "hubspot").startswith("1 row: 0 new, 1 changed")
    assert imported(office, ZOHO, "--system", "zoho").startswith("1 row: 1 new")
    assert (contact(office, "101")["name"], contact(office, "bob-fox")["name"]) == ("Jane Doe", "Bob Fox")


def test_an_older_store_gets_the_columns_and_keeps_its_contacts(tmp_path: Path) -> None:
    path = str(tmp_path / "old.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, 5)
        connection.execute(
            "INSERT INTO contact (id, name, stage, groups, do_not_contact, created_at, updated_at, seq)"
            " VALUES ('ann', 'Ann', 'lead', '', '', '2026-05-04T00:00:00Z', '2026-05-04T00:00:00Z', 0)"
        )
    with closing(SqliteStore(path)) as store:
        ann = store.dossiers(["ann"], EVERYTHING)["ann"].contact
        assert ann is not None and (ann.emails, ann.phones, ann.external) == ("", "", None)
        assert store.contacts.keyed(["x:1"], EVERYTHING) == {} and store.contacts.taken(["ann", "bob"]) == {"ann"}
