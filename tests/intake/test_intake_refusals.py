"""The report of refused rows: complete or absent, safe in a spreadsheet, and ready to import again."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from followup.errors import CannotWrite
from followup.intake.mapping import map_columns
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.rows import Row, rows
from followup.intake.sheet import open_table
from tests.intake.reports import write_refusals

Read = Callable[..., list[Row | Refusal]]
HEADER = ("name", "email")


def cells(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_report_contains_line_reason_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    write_refusals(str(path), HEADER, [Refusal(7, "why, oh why", ("Zoë", "a\nb"))])
    assert cells(path) == [["line", "reason", "name", "email"], ["7", "why, oh why", "Zoë", "a\nb"]]
    assert path.read_bytes().startswith("\ufeffline".encode())  # tells spreadsheets that it is UTF-8
    assert os.listdir(tmp_path) == ["refused.csv"]


def test_the_report_is_safe_in_a_spreadsheet_and_keeps_guarded_cells(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    write_refusals(str(path), HEADER, [Refusal(2, "x", ("=1+1", "'=1+1"))])
    assert cells(path)[1][2:] == ["'=1+1", "'=1+1"]


def test_a_fixed_report_can_be_imported_and_a_report_of_a_report_has_the_same_columns(
    tmp_path: Path, read: Read
) -> None:
    refused = [r for r in read("name,email\nSue,nowhere\nAnn,also\n") if isinstance(r, Refusal)]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    write_refusals(str(first), HEADER, refused, delimiter=";")
    first.write_bytes(first.read_bytes().replace(b"nowhere", b"s@x.example"))
    with open_table(str(first)) as table:
        row, refusal = rows(table, map_columns(table.header))
        assert isinstance(row, Row) and row.email == "s@x.example"
        assert isinstance(refusal, Refusal)
        write_refusals(str(second), table.header, [refusal])
    assert cells(second) == [
        ["line", "reason", "name", "email"],
        ["3", "'also' is not an e-mail address", "Ann", "also"],
    ]


def test_an_unfinished_report_is_discarded_and_the_previous_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), refusal_file(str(path), HEADER) as write:
        write(Refusal(2, "x", ("a", "b")))
        raise KeyboardInterrupt
    assert (os.listdir(tmp_path), path.read_text()) == (["refused.csv"], "before")


def test_a_report_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "refused.csv", tmp_path):
        with pytest.raises(CannotWrite, match="can't write"):
            write_refusals(str(path), HEADER, [])
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_caller_is_not_mistaken_for_a_write_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), refusal_file(str(tmp_path / "refused.csv"), HEADER):
        raise FileNotFoundError


def test_hostile_P7_a_report_has_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    cells_ = ("Bo\x1b]0;x\x07", "\x9b31m", "two\nlines\tand a tab", "half \ud83d")
    write_refusals(str(path), ("name", "a", "b", "c"), [Refusal(2, "why", cells_)])
    text = path.read_text("utf-8-sig")
    assert not {c for c in text if not c.isprintable()} - {"\r", "\n", "\t"}
    assert cells(path)[1][2:] == ["Bo<U+001B>]0;x<U+0007>", "<U+009B>31m", "two\nlines\tand a tab", "half <U+D83D>"]
