"""Properties of every table, text and file (cases 48 to 54), and the use of memory."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.core.fields.artifacts import says_nothing
from followup.core.spreadsheet import guard, unguard
from followup.errors import FollowupError
from followup.intake.identity import Seen
from followup.intake.mapping import map_columns
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import open_table
from tests.intake.reports import write_refusals
from tests.properties import examples

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
# Any text but NUL and half a surrogate pair, which no file in these encodings can contain.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TRICKY = st.lists(st.sampled_from([*"'=+-@\t\r\n \u00a0\uff1d15.,aé", "'="]), max_size=6).map("".join)
PRINTABLE = st.text(st.characters(exclude_categories=["C", "M", "Z"]), min_size=1, max_size=12)
WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12).filter(
    lambda text: not says_nothing(text)
)
# A spreadsheet may write a text as = and the text in quotes; other formulas stay texts.
OWN = PRINTABLE.filter(lambda text: not text.startswith("=") and text.strip("\u115f\u1160\u2800\u3164\uffa0"))


def imported(content: bytes, delimiter: str | None = None) -> tuple[tuple[str, ...], list[Row | Refusal]]:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "contacts.csv")
        Path(path).write_bytes(content)
        with open_table(path, delimiter=delimiter) as table:
            return table.header, list(rows(table, map_columns(table.header, ["+b=b"])))


def written(records: list[list[str]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(records)
    return out.getvalue().encode(encoding)


@given(st.one_of(TEXT, TRICKY))
@settings(max_examples=examples(1000))
def test_the_guard_can_be_undone_exactly_and_starts_no_formula(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    bare = guarded.strip()
    assert not bare or bare[0] not in "=@\uff1d\uff20"
    assert unguard(guard(unguard(text))) == unguard(text)


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False).map("{:f}".format))
def test_numbers_and_phones_are_not_guarded(number: object) -> None:
    for text in (f"{number}", f"+{abs(hash(number))}"):
        assert guard(text) == text


@given(st.lists(st.tuples(WORD, st.one_of(st.just(""), OWN)), max_size=8), DELIMITERS, ENCODINGS)
def test_a_written_table_is_read_back_unchanged(table: list[tuple[str, str]], delimiter: str, encoding: str) -> None:
    records = [[f"i{n}", guard(name), guard(text)] for n, (name, text) in enumerate(table)]
    header, results = imported(written([["id", "first_name", "b"], *records], delimiter, encoding), delimiter)
    assert header == ("id", "first_name", "b")
    for n, (row, (name, text)) in enumerate(zip(results, table, strict=True)):
        assert isinstance(row, Row)
        # A blank cell stays blank, whatever the cell above contains.
        extra = {"b": unicodedata.normalize("NFC", text)} if text else None
        assert (row.id, row.first_name, row.extra) == (f"i{n}", unicodedata.normalize("NFC", name), extra)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=8), DELIMITERS, ENCODINGS)
def test_every_record_is_a_row_or_a_refusal_and_the_same_on_a_second_import(
    records: list[list[str]], delimiter: str, encoding: str
) -> None:
    content = written([["name", "b", "email"], *records], delimiter, encoding)
    _, results = imported(content, delimiter)
    # blank rows don't count, and a single cell at the end may be a footer
    full = sum(sum(any(map(str.isalnum, cell)) for cell in record) > 1 for record in records)
    assert full <= len(results) <= len(records)
    assert results == imported(content, delimiter)[1]
    ids = [row.id for row in results if isinstance(row, Row)]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
@given(st.lists(st.lists(TEXT | TRICKY, min_size=3, max_size=3), max_size=8))
def test_an_unfixed_report_is_refused_for_the_same_reasons(records: list[list[str]]) -> None:
    header, results = imported(written([["name", "b", "email"], *records], ",", "utf-8"), ",")
    refused = [
        r for r in results if isinstance(r, Refusal) and "the same" not in r.reason and "control" not in r.reason
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "refused.csv")
        write_refusals(path, header, refused)
        _, again = imported(Path(path).read_bytes())
    assert [r.reason for r in again if isinstance(r, Refusal)] == [r.reason for r in refused]


LINES = st.lists(st.sampled_from([b'"', b",", b";", b"\n", b"\r", b"a", b'""', "é".encode(), b"\xe9", b"b", b"1/2/03"]))


@given(
    st.one_of(
        st.binary(max_size=200), LINES.map(b"".join), LINES.map(lambda tail: b"name,b,created\n" + b"".join(tail))
    )
)
@settings(max_examples=examples(1000))
def test_any_bytes_give_rows_refusals_or_a_one_line_error(content: bytes) -> None:
    try:
        imported(content)
    except FollowupError as error:
        assert "\n" not in str(error)


@given(st.text(st.sampled_from("0123456789/-.: TZapmMay+,juneESTUC"), max_size=30))
@settings(max_examples=examples(1000))
def test_any_date_is_read_or_refused(text: str) -> None:
    imported(written([["name", "b", "created"], ["Sue", "", text]], ",", "utf-8"))


@pytest.mark.slow(10)
def test_memory_stays_flat_over_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write("name,email,phone,owner\n")
        file.writelines(f"Sue Reed {n},sue{n}@x.example,+1604{n:07d},tom\n" for n in range(60_000))
    with open_table(str(path)) as table:
        tracemalloc.start()
        count = sum(isinstance(row, Row) for row in rows(table, map_columns(table.header)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 60_000
    # The ids seen so far take 2 MB of it.
    assert peak < 4_000_000


@pytest.mark.slow
def test_ids_seen_so_far_take_little_memory() -> None:
    tracemalloc.start()
    seen = Seen()
    assert not any(seen.add(f"contact-{n}", n + 2) for n in range(100_000))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(seen.add(f"contact-{n}", 1) == n + 2 for n in range(100_000))
    assert size < 6_000_000
