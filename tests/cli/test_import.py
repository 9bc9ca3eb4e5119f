"""`contacts import` at the real command: nobody becomes somebody else, and no file of the person's is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from tests.conftest import Run

SHARED = "name,email,owner\nSue Stone,home@x.example,tom\nAnn Stone,home@x.example,tom\n"


def imports(run: Run, office: Path, content: str, *words: str, **options: str) -> Any:
    """The import of a file with this content, of contacts without a cycle."""
    (office / "people.csv").write_text(content)
    return run("contacts", "import", "people.csv", "--no-cycle", *words, **options)


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
    assert row["reason"] == "the same e-mail as line 2 ('home@x.example'): give a --key that tells them apart"
    again = run("contacts", "import", "people.csv.refused.csv", "--no-cycle")
    assert (again.returncode, again.stdout) == (65, "1 row: 0 new, 0 changed, 0 same, 1 refused\n")
    (row,) = refused(office / "people.csv.refused.csv.refused.csv")
    assert "is Sue Stone already: if Ann Stone is somebody else" in row["reason"]
    told = run("contacts", "import", "people.csv.refused.csv", "--no-cycle", "--key", "name")
    assert told.stdout == "1 row: 1 new, 0 changed, 0 same, 0 refused\n"
    assert set(people(run, "home@x.example")) == {"Sue Stone", "Ann Stone"}


def test_an_id_that_stands_twice_in_a_file_never_makes_one_the_other(run: Run, office: Path) -> None:
    assert imports(run, office, "id,name,owner\nz1,Sue Stone,tom\nz1,Ann Stone,tom\n").returncode == 65
    assert run("contacts", "import", "people.csv.refused.csv", "--no-cycle").returncode == 65
    assert set(people(run, "stone")) == {"Sue Stone"}
    # A file that is no report of refused rows is believed: names change, ids do not.
    assert imports(run, office, "id,name,owner\nz1,Sue Stone-Reed,tom\n").stdout.startswith("1 row: 0 new, 1 changed")
