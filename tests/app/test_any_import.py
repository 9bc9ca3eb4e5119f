"""Importing any file gives rows, refusals, or one line that says what is wrong with it, but never a crash.

The files are good ones with any cell or record replaced, moved or removed, bytes damaged, and encodings mixed.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.app.import_options import ImportOptions
from followup.app.importing import prepare, prepare_preview
from followup.app.office_store import open_office
from followup.app.session import Session
from followup.errors import FollowupError
from followup.intake.mapping import map_columns
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.rows import rows
from followup.intake.sheet import OpenTable, open_table
from followup.output import import_preview as shown
from tests.properties import examples
from tests.sessions import session_in

ROOT = Path(__file__).parent.parent.parent
#: 2026-05-04 in Vancouver
NOW = 1777910400

TABLES = (
    "id,name,email,phone,owner,source,cycle\nz1,Jane Doe,jane@x.example,604 555 0101,tom,Web,referral\nz2,Bob Fox,,,anne,,\n",
    "Notes:\n\nFirst Name,Last Name,Email Address,Company,Connected On\nAna,Muster,,ACME,05 Mar 2024\n\nTotal (1 record)\n",
    "Name,E-mail,E-mail 2,Phone,Mobile,Stage,Tags,Do Not Call,Created,details\n"
    'Jane,a@x.example,b@x.example,1,2,Nurture,VIP;Old,yes,03/04/2026,"{""a"": ""b""}"\nBob,,,,,,,,30/04/2026,\n',
    "line,reason,id,name,notes\n3,because,z9,Sue Reed,x\n4,because,z9,Ann Reed,y\n",
    (ROOT / "sample_data/crm-export.csv").read_bytes().decode("cp1252"),
    (ROOT / "sample_data/contacts.csv").read_text("utf-8"),
)
CARDS = (ROOT / "sample_data/phone-contacts.vcf").read_bytes().decode("utf-8", "replace")

HOSTILE = (
    *(
        "",
        " ",
        "\u200b",
        "-",
        "N/A",
        "NULL",
        "#REF!",
        "0",
        "=1+1",
        '="0730"',
        "'",
        '"',
        '""',
        "'=",
        "\\",
        "\x00",
        "\x1b[31m",
    ),
    *(
        "\x9b",
        "\ud7ff",
        "\uffff",
        "\U0010ffff",
        "\u202e",
        "👩\u200d👧",
        "李伟",
        "a" * 10_001,
        "1" * 400,
        "1e999",
        "-1",
        "NaN",
    ),
    *("9999-12-31T23:59:59Z", "0001-01-01", "03/04/2026", "30/04/2026", "0/0/00", "2026-02-30", "1/2/3/4", "12:61"),
    *(
        "a@x.example, b@x.example",
        "<a@x.example>",
        "mailto:",
        "tel:",
        "@",
        "a@",
        "/o=",
        ":::",
        ";;;",
        ",",
        "|",
        "///",
        "&&",
    ),
    *(
        "604 555 0101 or 604 555 0102",
        "+",
        "()",
        "p:+1",
        "l:1",
        "1.0",
        "1,0",
        "E+11",
        "1E+11",
        "yes",
        "no",
        "dnc",
        "opt out",
    ),
    *(
        "BEGIN:VCARD",
        "END:VCARD",
        "sep=;",
        "sep=,",
        "name",
        "Name,Email",
        "email",
        "[]",
        "{",
        "<?xml",
        "%PDF",
        "tom",
        "nobody",
    ),
    *(
        "line",
        "reason",
        "id",
        "details",
        '{"a": 1}',
        '{"a": "b"}',
        "[" * 5000,
        "copyright",
        "Total",
        "\u2028",
        "\r",
        "\n",
        "\t",
    ),
    *(
        "Opt In",
        "Do Not Call",
        "Stage",
        "Phone 99999999999999999999",
        "E-mail 2 - Value",
        "()[]",
        "%s%n",
        "..",
        "/etc/passwd",
    ),
)
CELL = st.integers(0, len(HOSTILE) - 1).map(HOSTILE.__getitem__) | st.text(max_size=12)
PLACE = st.integers(0, 200)
#: an edit of a record or a cell of a table: what, where, and with which value
EDITS = st.lists(
    st.tuples(st.sampled_from(["cell", "cut", "row", "drop", "twice", "swap", "column"]), PLACE, PLACE, CELL),
    max_size=6,
)
ENCODINGS = st.sampled_from(
    ["utf-8"] * 20 + ["utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037", "shift_jis"]
)
#: damage to bytes: at which part of the file, how many are removed, and what replaces them
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=6)), max_size=3)
PAIRS = st.sampled_from(
    [
        "phone=Phone",
        "name=Name",
        "+a=Name",
        "email=",
        "stage=Stage",
        "do_not_contact=Do Not Call",
        "notes=reason",
        "x",
        "a=b",
    ]
    + ["phone=Phone,Mobile", "id=E-mail", "details=details", "=", "+=", "+__=x", "created_at=Created", "groups=Tags"]
)
ODD_OPTIONS = st.fixed_dictionaries(
    {"pairs": st.lists(PAIRS, max_size=2)},
    optional={
        "key": st.sampled_from([["Name"], ["nothing"], ["id", "name"]]),
        "day_first": st.booleans(),
        "system": st.sampled_from(["crm", "", "a b", "9"]),
        "owner": st.sampled_from(["tom", "", "nobody"]),
        "alias": st.sampled_from(["referral", "nobody", ""]),
        "without_cycle": st.booleans(),
    },
)
OPTIONS = st.sampled_from([{"pairs": []}, {"pairs": [], "without_cycle": True}, {"alias": "referral", "owner": "tom"}])
OPTIONS = OPTIONS | OPTIONS | OPTIONS | ODD_OPTIONS


class DamagedFile(NamedTuple):
    content: bytes
    encoding: str | None
    delimiter: str | None
    options: dict[str, Any]


def table_bytes(text: str, edits: list[Any], delimiter: str, line_end: str, quoting: Any, encoding: str) -> bytes:
    grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if text.count(";") > text.count(",") else ","))
    for what, row, column, value in edits:
        at = row % len(grid) if grid else 0
        EDIT[what](grid, at, column, value)
    out = io.StringIO()
    if quoting is None:  # as programs write it that never quote
        out.write(line_end.join(map(delimiter.join, grid)))
    else:
        csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(grid)
    return out.getvalue().encode(encoding, "replace")


def _set(grid: list[list[str]], row: int, column: int, value: str) -> None:
    if grid and grid[row]:
        grid[row][column % len(grid[row])] = value


def _cut(grid: list[list[str]], row: int, column: int, _: str) -> None:
    if grid:
        del grid[row][column % (len(grid[row]) + 1) :]


def _column(grid: list[list[str]], _: int, column: int, value: str) -> None:
    for record in grid:
        _set([record], 0, column, value)


EDIT: dict[str, Callable[[list[list[str]], int, int, str], None]] = {
    "cell": _set,
    "cut": _cut,
    "row": lambda grid, row, column, value: grid.insert(row, [value] * (column % 4)),
    "drop": lambda grid, row, _, __: grid.pop(row) and None if grid else None,
    "twice": lambda grid, row, _, __: grid.insert(row, [*grid[row]]) if grid else None,
    "swap": lambda grid, row, _, __: grid[row].reverse() if grid else None,
    "column": _column,
}


def card_bytes(edits: list[Any], encoding: str) -> bytes:
    lines = CARDS.split("\n")
    for what, row, column, value in edits:
        at = row % len(lines)
        name, _, content = lines[at].partition(":")
        lines[at] = {"cell": f"{name}:{value}", "cut": lines[at][: column % 9], "swap": f"{content}:{name}"}.get(
            what, value
        )
        if what == "twice":
            lines.insert(at, lines[column % len(lines)])
    return "\n".join(lines).encode(encoding, "replace")


def damage_bytes(content: bytes, places: list[tuple[float, int, bytes]]) -> bytes:
    for part, out, into in places:
        at = int(part * len(content))
        content = content[:at] + into + content[at + out :]
    return content


FILES = st.builds(
    table_bytes,
    st.integers(0, len(TABLES) - 1).map(TABLES.__getitem__),
    EDITS,
    st.sampled_from(",,,,,;;\t|:"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, None]),
    ENCODINGS,
) | st.builds(card_bytes, EDITS, ENCODINGS)
DAMAGED = st.builds(
    DamagedFile,
    st.builds(damage_bytes, FILES, DAMAGE),
    st.sampled_from([None] * 40 + ["utf-8", "cp1252", "utf-16-le", "nothing", "idna"]),
    st.sampled_from([None] * 40 + [",", ";", "tab", "ab", '"', "\x00"]),
    OPTIONS,
)


@pytest.fixture(scope="module")
def session(sample: Path) -> Iterator[Session]:
    """In the sample office, as a dry run that saves nothing."""
    with closing(open_office(f"sqlite:///{sample}/followup.db")) as store:
        yield session_in(store, NOW, "tom", "contacts import", dry_run=True)


@pytest.mark.slow(30)
@given(DAMAGED)
@settings(max_examples=examples(300))
def test_any_file_gives_rows_refusals_or_a_one_line_error(session: Session, file: DamagedFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "contacts.csv")
        Path(path).write_bytes(file.content)
        try:
            run_import(session, path, file)
        except FollowupError as error:
            assert str(error) and "\n" not in str(error)


def run_import(session: Session, path: str, file: DamagedFile) -> None:
    """Do all that the command does except printing, and read the file of the refused rows again."""
    with open_table(path, file.encoding, file.delimiter) as table:
        options = ImportOptions(path, **file.options)
        for prepare_import in (prepare_preview, prepare):
            job, refusals = prepare_import(session, table, options), list[Refusal]()
            shown.render_columns(table, job.mapping, job.remark)
            shown.render_preview(table, job.mapping, job.remark, job.day_first)
            *_, totals = job.importer.run(job.mapping, job.day_first, refusals.append)
            assert totals.read == totals.new + totals.changed + totals.same + totals.refused
            assert len(refusals) == totals.refused == sum(reason.lines.total for reason in job.importer.reasons)
            lines = shown.refusal_lines(job.importer.reasons, job.importer.reasons.fields, job.mapping)
            assert bool(list(lines)) == bool(totals.refused)
        write_and_read_refusals(table, refusals, f"{path}.refused.csv")


def write_and_read_refusals(table: OpenTable, refusals: list[Refusal], path: str) -> None:
    with refusal_file(path, table.header, table.delimiter) as write:
        for refusal in refusals:
            write(refusal)
    with open_table(path, delimiter=table.delimiter) as result:
        list(rows(result, map_columns(result.header)))
