"""Opening a file: encodings, delimiters, headers, and invalid records (cases 48 and 49)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from followup.errors import BadInput, NotFound, UsageError
from followup.intake.encoding import CHUNK
from followup.intake.records import Record
from followup.intake.sheet import OpenTable, open_table

Write = Callable[..., str]

# Accents that exist in each encoding.
ENCODINGS = {
    "utf-8": "Zoë Łukasz",
    "utf-8-sig": "Zoë Łukasz",
    "utf-16": "Zoë Łukasz",
    "utf-32": "Zoë Łukasz",
    "cp1252": "Zoë Ångström €",
    "latin-1": "Zoë Ångström",
}


def records(path: str, **options: str) -> list[Record]:
    with open_table(path, **options) as table:
        return list(table.records())


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_and_the_delimiter_are_detected(write: Write, encoding: str, delimiter: str, newline: str) -> None:
    name = ENCODINGS[encoding]
    lines = [["name", "email", "notes"], [name, "z@x.example", "a, b; c"], [name, "", '"one\ntwo"']]
    text = newline.join(delimiter.join(f'"{c}"' if delimiter in c else c for c in line) for line in lines)
    with open_table(write(text, encoding)) as table:
        assert table.header == ("name", "email", "notes")
        assert table.delimiter == delimiter
        assert [record.cells[0] for record in table.records()] == [name, name]


def test_a_guessed_encoding_is_reported(write: Write) -> None:
    with open_table(write("name\nZoë\n", "cp1252")) as table:
        assert "Windows-1252" in table.notes[0]
    with open_table(write("name\nZoë\n")) as table:
        assert table.notes == ()


def test_the_complete_file_decides_and_not_its_beginning(write: Write) -> None:
    text = "name,email\n" + "plain,a@b.example\n" * 200_000 + "Zoë,z@b.example\n"
    with open_table(write(text, "cp1252")) as table:
        assert table.encoding == "cp1252"
        assert list(table.records())[-1].cells[0] == "Zoë"


def test_a_bad_byte_among_good_accents_is_reported_by_line_and_byte(write: Write) -> None:
    start = "name,email\nZoë,z@b.example\n".encode()
    with pytest.raises(BadInput, match=rf"line 3: byte {len(start) + 3} \(0xeb\) isn't UTF-8"):
        open_table(write(start + "Zoxë,y@b.example\n".encode("cp1252")))


def test_a_position_past_the_first_chunk_is_reported_correctly(write: Write) -> None:
    line = "é" + "x" * 96 + "\r\n"  # 100 bytes, and CR LF on a chunk's border sooner or later
    lines = 5 * CHUNK // 100
    content = b"name\n" + line.encode() * lines + b"\xff\n"
    with pytest.raises(BadInput, match=f"line {lines + 2}: byte {5 + 100 * lines} "):
        open_table(write(content))


def test_bytes_that_no_guess_can_read_are_reported(write: Write) -> None:
    with pytest.raises(BadInput, match=r"line 2: byte 6 \(0x81\) isn't cp1252.*--encoding"):
        open_table(write(b"name\n\xe9\x81\n"))


def test_an_explicit_encoding_is_used(write: Write) -> None:
    path = write("name\nŻółw\n", "cp1250")
    assert records(path, encoding="cp1250")[0].cells == ["Żółw"]
    with pytest.raises(BadInput, match=r"line 2: byte 5 .* isn't utf-8"):
        open_table(path, encoding="utf-8")
    with pytest.raises(UsageError, match="unknown encoding 'klingon'"):
        open_table(path, encoding="klingon")


def test_a_byte_order_mark_never_becomes_part_of_a_name(write: Write) -> None:
    with open_table(write('"name"\nSue\n', "utf-8-sig"), encoding="utf-8") as table:
        assert table.header == ("name",)


def test_a_truncated_utf_16_file_is_refused(write: Write) -> None:
    with pytest.raises(BadInput, match="isn't utf-16"):
        open_table(write("name\nZoë".encode("utf-16")[:-1]))


def test_nul_bytes_are_refused(write: Write) -> None:
    with pytest.raises(BadInput, match=r"line 2: byte 7 .* is NUL.*: delete it, or export"):
        open_table(write(b"name\nSu\0e\n"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_imports_F15_utf_16_without_a_mark_is_told_which_encoding_to_name(write: Write, encoding: str) -> None:
    path = write("name,email\nŁucja Żółć,z@x.example\n", encoding)
    with pytest.raises(BadInput, match=f"use --encoding {encoding}"):
        open_table(path)
    with open_table(path, encoding=encoding) as table:
        assert table.header == ("name", "email")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"\xff\xfe"])
def test_an_empty_file_is_refused(write: Write, content: bytes) -> None:
    with pytest.raises(BadInput, match="is empty"):
        open_table(write(content))


def test_a_file_with_only_a_header_has_no_records_and_no_error(write: Write) -> None:
    assert records(write("name,email")) == []


def test_two_columns_with_the_same_name_are_refused(write: Write) -> None:
    with pytest.raises(BadInput, match="two columns are called 'email'"):
        open_table(write("email,name, email\n"))


def test_columns_without_a_name_are_numbered(write: Write) -> None:
    with open_table(write("name,,phone,\nSue,1,2,3\n")) as table:
        assert table.header == ("name", "column 2", "phone", "column 4")


def test_an_unreadable_header_is_refused(write: Write) -> None:
    with pytest.raises(BadInput, match="line 1: the column names can't be read"):
        open_table(write('"name,email\nSue,s@x.example\n'))


@pytest.mark.parametrize(
    "text", ["Name;Town, state;Email\nSue;x, y;s@x.example\n", "id;a,b\n1;2\n", "a|b;c|d\n1|2|3\n"]
)
def test_the_delimiter_is_the_character_that_splits_the_lines_evenly(write: Write, text: str) -> None:
    with open_table(write(text)) as table:
        assert table.delimiter == ("|" if "|" in text else ";")


def test_the_delimiter_can_be_given(write: Write) -> None:
    assert records(write("a~b\n1~2\n"), delimiter="~")[0].cells == ["1", "2"]
    assert records(write("a\tb\n1\t2\n"), delimiter="tab") == records(write("a\tb\n1\t2\n"), delimiter="\\t")
    for wrong in ("", ",,", '"', "\n"):
        with pytest.raises(UsageError, match="the delimiter must be one character"):
            open_table(write("a\n"), delimiter=wrong)


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_first_line_that_gives_excel_the_delimiter_is_used_and_skipped(
    write: Write, line: str, encoding: str
) -> None:
    mark = line.strip('"')[-1]
    path = write(f"{line}\r\na,b{mark}c\r\n1,2{mark}3\r\n", encoding)
    with open_table(path) as table:
        assert (table.header, table.delimiter) == (("a,b", "c"), mark)
        assert list(table.records()) == list(table.records()) == [(3, ["1,2", "3"], None)]
    assert records(path, delimiter=",")[0].cells == ["1", f"2{mark}3"]


@pytest.mark.parametrize("line", ["sep=;;", "sep=", "separator=;", "sep=;x"])
def test_a_header_that_only_starts_like_that_line_is_a_header(write: Write, line: str) -> None:
    with open_table(write(f"{line},a\n1,2\n"), delimiter=",") as table:
        assert table.header[0] == line


def test_lines_are_counted_as_in_an_editor(write: Write) -> None:
    text = 'a,b\r\n1,2\r\n\r\n"x\r\ny\rz",3\r\n4,5\r\n'
    assert [record.line for record in records(write(text))] == [2, 4, 7]


def test_ragged_records_are_faulty_but_a_trailing_empty_cell_is_not(write: Write) -> None:
    few, many, trailing, good = records(write("a,b\n1\n1,2,3\n1,2,\n1,2\n"))
    assert (few.fault, many.fault) == ("1 cells, but the header has 2", "3 cells, but the header has 2")
    assert trailing == (4, ["1", "2"], None)
    assert good == (5, ["1", "2"], None)


@pytest.mark.parametrize("others", ["3,4\n5,6\n", '3,"4"\n5,6\n', "3,4\n" * 50_000 + "5,6\n"])
def test_an_open_quote_spoils_only_its_own_line(write: Write, others: str) -> None:
    first, *rest = records(write('a,b\n"1,2\n' + others))
    assert (first.line, first.cells) == (2, ["1,2"])
    assert first.fault == (
        "a quote opens here and is not closed where a cell ends (the lines below were read on their own)"
    )
    assert [record.line for record in rest] == list(range(3, 3 + others.count("\n")))
    assert all(record.fault is None for record in rest)
    assert rest[-1].cells == ["5", "6"]


@pytest.mark.parametrize(("text", "cells"), [('"1,2\n', ["1,2"]), ('"1\n2" x,3\n', ["1"])])
def test_an_unclosed_quote_is_reported_at_its_first_line(write: Write, text: str, cells: list[str]) -> None:
    """Also at the end of the file, and if text follows a quote that closes it some lines below."""
    first, *_ = records(write("a,b\n" + text))
    assert (first.line, first.cells) == (2, cells)
    assert first.fault and first.fault.startswith("a quote opens here and is not closed where a cell ends")


def test_many_open_quotes_are_read_quickly(write: Write) -> None:
    every = records(write("a,b\n" + '"1,2\n3,4\n' * 20_000))
    assert [record.line for record in every] == list(range(2, 40_002))
    assert [bool(record.fault) for record in every] == [True, False] * 20_000


def test_text_after_a_closing_quote_is_reported(write: Write) -> None:
    (record,) = records(write('a,b\n"Jon "Red" Reed",2\n'))
    assert record.fault == 'a quoted cell continues after its closing quote: write "" for a quote inside it'


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Joe "Boss" S",2', ['Joe "Boss" S', "2"]),
        ('1,"Joe "Boss""', ["1", 'Joe "Boss"']),
        ('"said ""no"", twice","a "b" c",', ['said "no", twice', 'a "b" c', ""]),
        ('"a"b,2', ['"a"b', "2"]),
        ('"a"b,"c""",', ['"a"b', 'c"', ""]),
    ],
)
def test_the_cells_of_a_line_with_bad_quotes_are_kept_as_written(
    write: Write, delimiter: str, line: str, cells: list[str]
) -> None:
    line, cells = line.replace(",", delimiter), [cell.replace(",", delimiter) for cell in cells]
    (record,) = records(write(f"a{delimiter}b\n{line}\r\n"), delimiter=delimiter)
    assert (record.cells, bool(record.fault)) == (cells, True)


def test_a_huge_cell_is_faulty_and_the_rest_is_read(write: Write) -> None:
    huge, good = records(write("a,b\n" + "x" * 200_000 + ",2\n1,2\n"))
    assert (huge.line, huge.fault) == (2, "a cell is far too long")
    assert good.cells == ["1", "2"]


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(write: Write) -> None:
    with pytest.raises(BadInput, match="a line of more than 1 MiB"):
        open_table(write(b"name\n" + b"x" * 3 * CHUNK))


def test_records_can_be_read_twice(write: Write) -> None:
    with open_table(write("name\nSue\n", "utf-16")) as table:
        assert list(table.records()) == list(table.records()) == [(2, ["Sue"], None)]


def test_stdin_is_read() -> None:
    code = (
        "from followup.intake.sheet import open_table\n"
        "with open_table('-') as table: print(table.name, table.encoding, ascii(list(table.records())[0].cells))"
    )
    done = subprocess.run([sys.executable, "-c", code], input="name\nZoë\n".encode("cp1252"), capture_output=True)
    assert (done.stdout, done.stderr) == (b"stdin cp1252 ['Zo\\xeb']\n", b"")


def test_a_pipe_with_a_path_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"name\nSue\n")
    os.close(writing)
    assert records(f"/dev/fd/{reading}")[0].cells == ["Sue"]
    os.close(reading)


def test_a_missing_file_and_a_path_that_is_not_a_file_are_reported(tmp_path: object) -> None:
    with pytest.raises(NotFound, match="no such file"):
        open_table(f"{tmp_path}/nothing.csv")
    for path in (str(tmp_path), "/dev/zero"):
        with pytest.raises(BadInput, match="isn't a file"):
            open_table(path)
    with pytest.raises(BadInput, match="can't read"):
        open_table("a\0b")


def test_a_file_that_changes_while_it_is_read_is_reported(write: Write) -> None:
    path = write("name\n" + "Sue\n" * 100_000)
    with open_table(path) as table:
        every = table.records()
        next(every)
        write("name\n" + "Zoë\n" * 100_000, "cp1252")
        with pytest.raises(BadInput, match="changed while it was being read"):
            list(every)


def test_a_table_is_closed_after_use(write: Write) -> None:
    with open_table(write("name\n")) as table:
        assert isinstance(table, OpenTable)
    assert table.text.closed


# Where in the file the table is


LINKEDIN = (
    'Notes:\n"When exporting your connection data, you may notice that some addresses are missing."\n\n'
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAna,Muster,,,ACME GmbH,CTO,05 Mar 2024\n"
)


@pytest.mark.parametrize(
    ("above", "header"),
    [
        ("", "Name,Email"),
        ("\n\n", "Name,Email"),
        (",,\n", "Name,Email"),
        ("Contact report\n", "Name,Email"),
        ("Contact report\nMay 4; 2026\n\n", "Name;Email"),
        ("Report,,\nRun by,Tom,\n,,\n", "Name,Email,Phone"),
        ("sep=;\nTitle\n", "Name;Email"),
        ('"One\nlong ""title"""\n', "Name,Email"),
    ],
)
def test_imports_F8_lines_above_the_column_names_are_skipped(write: Write, above: str, header: str) -> None:
    mark = ";" if ";" in header else ","
    record = mark.join(["Jane", "jane@x.example", "1"][: header.count(mark) + 1])
    with open_table(write(f"{above}{header}\n{record}\n")) as table:
        assert table.header == tuple(header.split(mark))
        assert [each.cells[0] for each in table.records()] == ["Jane"]
        assert bool(table.notes) == any(map(str.isalnum, above.removeprefix("sep=;")))


def test_imports_F8_a_linkedin_export_is_read(write: Write) -> None:
    with open_table(write(LINKEDIN)) as table:
        assert table.header[:2] == ("First Name", "Last Name")
        assert table.notes == ("Lines above the column names (line 4) aren't contacts, and were left out.",)


@pytest.mark.parametrize(
    "content",
    [
        "Kunde;Weg\nJan Kowalski;phone\nemail;phone\n",  # a preference isn't a column name
        "Col A,Col B\nName,x@x.example\nEmail,y@x.example\n",
        "a\nName\nEmail\n",
    ],
)
def test_imports_F8_records_are_not_mistaken_for_column_names(write: Write, content: str) -> None:
    with open_table(write(content)) as table:
        assert ",".join(table.header) == content.split("\n")[0].replace(";", ",")


SALESFORCE = (
    '"First Name","Last Name","Email"\n"Jane","Doe","jane@x.example"\n"Ann","Roe",""\n\n\n"Contacts with mailing"\n'
    '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n"Confidential Information"\n"Bluewater"\n'
)


@pytest.mark.parametrize(
    ("below", "left_out"),
    [
        ("", []),
        ("\n\n", []),
        (",,\n,,\n", []),
        ("Total,,\n", ["Total"]),
        ("Grand Totals (2 records),,\n", ["Grand Totals (2 records)"]),
        ("\nBluewater\n", ["Bluewater"]),
        ("2 records\nBluewater\n", ["2 records", "Bluewater"]),
        ("\nGenerated By:  Tom Brown  5/4/2026\n\n", ["Generated By: Tom Brown 5/4/2026"]),
    ],
)
def test_imports_F8_lines_below_the_contacts_are_left_out_and_reported(
    write: Write, below: str, left_out: list[str]
) -> None:
    with open_table(write(f"Name,Email,Phone\nJane,jane@x.example,1\nAnn,,\n{below}")) as table:
        assert [record.cells[0] for record in table.records()] == ["Jane", "Ann"]
        assert table.footer.left_out == left_out


def test_imports_F8_a_salesforce_report_ends_before_its_footer(write: Write) -> None:
    with open_table(write(SALESFORCE)) as table:
        assert [record.line for record in table.records()] == [2, 3]
        assert len(table.footer.left_out) == 4


@pytest.mark.parametrize(
    "content",
    [
        "Name,Email\nJane,j@x.example\nTotal Wine,\n",
        "Name,Email\nJane,j@x.example\n\nAnn,\n",
        "Name\nJane\n\nAnn\n",
        "Name,Email\nJane,j@x.example\nAnn\n",  # cut off: it is refused with its line, not left out
        "Name,Email\nJane,j@x.example\n\nTotal: 1\nAnn,a@x.example\n",
    ],
)
def test_imports_F8_a_person_is_never_mistaken_for_a_footer(write: Write, content: str) -> None:
    with open_table(write(content)) as table:
        assert len(list(table.records())) == len([line for line in content.split("\n")[1:] if line])
        assert table.footer.left_out == []


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'<?xml version="1.0"?>\n<?adf version="1.0"?>\n<adf><prospect/></adf>', "a lead in ADF/XML"),
        (b"<adf/>", "a lead in ADF/XML"),
        (b"<!-- x --><!-- y --><contacts><c/></contacts>", "an XML file"),
        (b'<?xml version="1.0"?>', "an XML file"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"<table><tr><td>Name</td></tr></table>", "a web page"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "an iCalendar file"),
        (b'[{"name": "Jane"}]', "a JSON file"),
        (b'{"name": "Jane"}\n{"name": "Ann"}\n', "a JSON file"),
        ('\ufeff[{"name": "Jane"}]'.encode("utf-16"), "a JSON file"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"PK\x03\x04...xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04...word/document.xml", "a Word document"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a LibreOffice spreadsheet"),
        (b"PK\x03\x04people.csv", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "an old Excel"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"{\\rtf1 x}", "a rich text document"),
        (b"dn: cn=Jane,dc=x\nobjectclass: person\ncn: Jane\n", "an LDIF address book"),
        (b"From jane@x.example Mon May  4 09:00:00 2026\nSubject: x\n", "an e-mail or a mailbox"),
        (b"Return-Path: <a@x.example>\n", "an e-mail or a mailbox"),
        (b"INSERT INTO contacts VALUES (1);\n", "SQL statements"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"-----BEGIN CERTIFICATE-----\n", "a key or a certificate"),
    ],
)
def test_imports_F8_a_file_of_another_kind_is_named_in_the_error(write: Write, content: bytes, what: str) -> None:
    with pytest.raises(BadInput, match=f"is .*{re.escape(what)}.*Export the contacts as CSV or vCard"):
        open_table(write(content))


@pytest.mark.parametrize(
    "content", ["Set name,Email\n", "[id],Name\nx,y\n", "{id},Name\nx,y\n", "From,Name\na,b\n", "Received,Name\n"]
)
def test_imports_F8_a_table_is_not_mistaken_for_a_file_of_another_kind(write: Write, content: str) -> None:
    with open_table(write(content)) as table:
        assert len(table.header) == 2


def test_a_header_with_very_many_columns_is_read_quickly(write: Write) -> None:
    with open_table(write("Name," + ",".join(f"c{n}" for n in range(100_000)) + "\nJane\n")) as table:
        assert len(table.header) == 100_001
    with pytest.raises(BadInput, match="two columns are called 'c0'"):
        open_table(write("Name," + ",".join(f"c{n}" for n in range(50_000)) + ",c0\nJane\n"))
