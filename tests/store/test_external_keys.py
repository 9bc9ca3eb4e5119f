"""Ids from other systems and additional addresses are stored alike in every store, including older ones."""

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
from tests.store.conftest import ENGINES, StoredOffice, office_in

HUBSPOT = "Record ID,First Name,Last Name,Email\n101,Jane,Doe,jane@x.example\n"
ZOHO = "id,name,email\n101,Bob Fox,bob@x.example\n"
MANY = "Name,Email,Phone,Mobile,Notes\nBob Newman,bob@x.example,604 555 0101,604 555 0102,Wants parking\n"


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredOffice]:
    with office_in(request.param, tmp_path / "office") as stored_office:
        yield stored_office


def import_content(office: StoredOffice, content: str, *words: str, user: str = "sue") -> str:
    (office.folder / "people.csv").write_text(content)
    options = ("--no-cycle", *words) if user == "tom" else ("--no-cycle", "--owner", "tom", *words)
    result = office.run("contacts", "import", "people.csv", "-q", *options, user=user)
    return result.stdout or result.stderr


def contact(office: StoredOffice, word: str) -> dict[str, object]:
    result = office.run("contacts", "show", word, "--format", "json", user="sue")
    assert result.returncode == 0, result.stderr
    item: dict[str, object] = json.loads(result.stdout)["items"][0]
    return item


def test_imports_F1_ids_of_another_system_never_overwrite_a_contact(office: StoredOffice) -> None:
    assert import_content(office, HUBSPOT, "--system", "hubspot").startswith("1 row: 1 new")
    assert contact(office, "jane-doe")["email"] == "jane@x.example"
    assert import_content(office, ZOHO, "--system", "zoho").startswith("1 row: 1 new")
    assert contact(office, "bob-fox")["email"] == "bob@x.example"
    assert import_content(office, ZOHO).startswith("1 row: 1 new")  # without --system, ids are the office's own
    assert import_content(office, HUBSPOT).startswith("1 row: 0 new, 0 changed, 0 same, 1 refused")
    married = HUBSPOT.replace("Doe", "Roe").replace("jane@", "j.roe@")
    assert import_content(office, married, "--system", "hubspot").startswith("1 row: 0 new, 1 changed")
    assert contact(office, "jane-doe")["name"] == "Jane Roe"
    assert office.run("doctor", user="sue").returncode == 0


def test_imports_A20_generated_ids_are_readable_and_the_same_file_matches_them_again(office: StoredOffice) -> None:
    content = "Name,Email\nBob Newton,b1@x.example\nBob Newton,b2@x.example\n李伟,li@x.example\nЮлия,yu@x.example\n★,s@x.example\n"
    assert import_content(office, content).startswith("5 rows: 5 new")
    names = {"bob-newton": "Bob Newton", "bob-newton-2": "Bob Newton", "li-wei-2": "李伟", "contact-1": "★"}
    assert {id: contact(office, id)["name"] for id in names} == names
    assert import_content(office, content).startswith("5 rows: 0 new, 0 changed, 5 same")
    assert office.run("undo", user="sue").returncode == 0
    assert import_content(office, content).startswith("5 rows: 5 new")
    assert office.run("doctor", user="sue").returncode == 0


def test_imports_F4_F5_extra_values_are_shown_searched_exported_and_imported_again(
    office: StoredOffice, tmp_path: Path
) -> None:
    assert import_content(office, MANY).startswith("1 row: 1 new")
    bob = contact(office, "bob-newman")
    assert (bob["phones"], bob["notes"], bob["first_name"]) == (["604 555 0102"], "Wants parking", "Bob")
    for text in ("555 0102", "wants PARKING"):
        assert "bob-newman" in office.run("contacts", "list", text, user="sue").stdout
    assert "604 555 0102" in office.run("show", "bob-newman", user="sue").stdout
    export = office.run("contacts", "export", user="sue").stdout
    assert import_content(office, export).startswith("41 rows: 0 new, 0 changed, 41 same")
    with office_in("sqlite", tmp_path / "other") as other:
        assert "1 new" in import_content(other, export, "--map", "cycle=")
        assert {**contact(other, "bob-newman"), "updated_at": ""} == {**bob, "updated_at": ""}


def test_imports_F4_extra_values_can_be_changed_and_cleared_by_hand(office: StoredOffice) -> None:
    import_content(office, MANY)
    result = office.run("contacts", "set", "bob-newman", "--phones", "604 555 0103", "--company", "Acme", user="sue")
    assert result.returncode == 0, result.stderr
    bob = contact(office, "bob-newman")
    assert (bob["phones"], bob["company"], bob["notes"]) == (["604 555 0103"], "Acme", "Wants parking")
    office.run("contacts", "set", "bob-newman", "--clear", "notes", "--clear", "phones", user="sue")
    bob = contact(office, "bob-newman")
    assert (bob["phones"], bob["company"], bob["notes"]) == ([], "Acme", None)
    assert office.run("doctor", user="sue").returncode == 0


@pytest.mark.parametrize(
    ("system", "hidden"),
    [
        ((), "name,email,phone,owner\nZoe Far,z@far.example,,anne\nZoe Phone,,+1 604 999 0001,anne\nZoe Name,,,anne\n"),
        (("--system", "crm"), "id,name,owner\n7,Zoe Far,anne\n8,Zoe Phone,anne\n9,Zoe Name,anne\n"),
    ],
)
def test_F20_an_import_does_not_say_that_a_contact_out_of_sight_has_an_address(
    office: StoredOffice, system: tuple[str, ...], hidden: str
) -> None:
    """The rows are new contacts, as if nobody had these, and the same file finds them again: for each rep their own."""
    assert import_content(office, hidden, *system, user="sue").startswith("3 rows: 3 new")
    content = hidden.replace(",anne\n", ",tom\n")
    assert import_content(office, content, "--dry-run", *system, user="tom").startswith(
        "would have imported 3 rows: 3 new"
    )
    assert import_content(office, content, *system, user="tom").startswith("3 rows: 3 new")
    assert contact(office, "zoe-far-2")["owner"] == "tom" and contact(office, "zoe-far")["owner"] == "anne"
    assert import_content(office, content, *system, user="tom").startswith("3 rows: 0 new, 0 changed, 3 same")
    assert import_content(office, hidden, *system, user="sue").startswith("3 rows: 0 new, 0 changed, 3 same")
    assert office.run("doctor", user="sue").returncode == 0


def test_F20_an_older_contact_out_of_sight_whose_id_is_its_key_is_not_told_of(office: StoredOffice) -> None:
    old_id = "kd3e051eb6b9dd11b"  # of s@x.example
    added = ("--id", old_id, "--name", "Sue", "--email", "s@x.example", "--owner", "anne", "--no-cycle")
    assert office.run("contacts", "add", *added, user="sue").returncode == 0
    content = "name,email\nZoe Far,s@x.example\n"
    assert import_content(office, content, user="tom").startswith("1 row: 1 new")
    assert import_content(office, content, user="tom").startswith("1 row: 0 new, 0 changed, 1 same")


def test_imports_F1_a_contact_from_before_external_keys_is_recognized_by_its_id(run: Run, office: StoredOffice) -> None:
    """Ids used to be the keys: generated ones, and those of files."""
    old_id = "kd3e051eb6b9dd11b"  # of s@x.example
    office.run("contacts", "add", "--id", old_id, "--name", "Sue", "--email", "s@x.example", "--no-cycle", user="tom")
    assert import_content(office, "name,email\nSue,S@x.example\n").startswith("1 row: 0 new")
    office.run("contacts", "add", "--id", "101", "--name", "Jane Doe", "--no-cycle", user="tom")
    assert import_content(office, HUBSPOT, "--system", "hubspot").startswith("1 row: 0 new, 1 changed")
    assert import_content(office, ZOHO, "--system", "zoho").startswith("1 row: 1 new")
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
