"""vCards of every version become rows like CSV; a bad card affects no other (case 52, and 48, 51, 54 for cards)."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from binascii import b2a_qp
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.core.spreadsheet import unguard
from followup.errors import BadInput, FollowupError
from followup.intake.folding import LONGEST
from followup.intake.mapping import map_columns
from followup.intake.records import Record
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import open_table
from followup.intake.vcard import HEADER
from tests.intake.reports import write_refusals
from tests.properties import examples

Write = Callable[..., str]
Read = Callable[..., list[Row | Refusal]]


def card(*lines: str, version: str = "3.0") -> str:
    return "\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


GOOD = card("N:Reed;Sue", "FN:Sue Reed", "EMAIL:sue@x.example")
LAST = card("FN:Ann Lee", "EMAIL:ann@x.example")


def cells(path: str, **options: str) -> list[dict[str, str]]:
    """The cells of each card by column; no card may be faulty."""
    with open_table(path, **options) as table:
        records = list(table.records())
    assert [record.fault for record in records] == [None] * len(records)
    return [dict(zip(HEADER, map(unguard, record.cells), strict=True)) for record in records]


def only(read: Read, content: str | bytes, *pairs: str) -> Row:
    (row,) = read(content, *pairs)
    assert isinstance(row, Row), row
    return row


def refused(results: list[Row | Refusal]) -> tuple[int, str, str]:
    """The line, the card's number and the reason of the one refused card."""
    (refusal,) = [each for each in results if isinstance(each, Refusal)]
    return refusal.line, refusal.record[0], refusal.reason


def test_a_2_1_card_from_a_phone_is_read(read: Read) -> None:
    row = only(
        read,
        card(
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=C3=BC=6C=6C=65=72=2D=\n=4C=C3=BC=64=65;=4A=C3=B6=72=67;;;",
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4A=C3=B6=72=67=20=4D=C3=BC=6C=6C=65=72",
            "TEL;HOME;:+1 604 555 0199",
            "TEL;CELL;PREF:+1 604 555 0101",
            "NOTE;ENCODING=QUOTED-PRINTABLE:Parks a car=3B tall.=0D=0A=",
            "Dog: yes",
            "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;J;1;;;;;;;;;;;;;",
            version="2.1",
        ),
    )
    assert (row.name, row.first_name, row.last_name) == ("Jörg Müller", "Jörg", "Müller-Lüde")
    assert (row.phone, row.notes) == ("+1 604 555 0101", "Parks a car; tall.\nDog: yes")


def test_a_grouped_3_0_card_is_read(read: Read) -> None:
    row = only(
        read,
        card(
            "N:Reed;Sue;;;",
            "FN:Sue Reed",
            "item1.EMAIL;type=INTERNET;type=pref:sue@x.example",
            "item1.X-ABLabel:_$!<Other>!$_",
            "NOTE:One\\, two\\nt",
            " hr",
            "\tee",
            'X-PLACE;X-ADDRESS=Main \\"Old\\" St;X-TITLE=here:geo:40.5,22.9',
            "CATEGORIES:VIP,Old\\, Clients",
        ),
    )
    assert (row.email, row.notes, row.groups) == ("sue@x.example", "One, two\nthree", "old-clients vip")


def test_a_4_0_card_with_uris_for_numbers_is_read(read: Read) -> None:
    row = only(
        read,
        card(
            'FN;X-A="a:b;c":Sue Reed',
            'TEL;VALUE=uri;TYPE="voice,home":tel:+1-604-555-0102',
            'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+1-604-555-0101;ext=%35',
            "UID:urn:uuid:0b9f7c1e-6d52-4b1a-8a77-3c5de0f41a92",
            version="4.0",
        ),
        "+more=other_phones",
    )
    assert (row.id, row.phone) == ("0b9f7c1e-6d52-4b1a-8a77-3c5de0f41a92", "+1-604-555-0101 ext. 5")
    assert (row.phones, row.extra) == ("+1-604-555-0102", {"more": "+1-604-555-0102"})


def test_every_column_is_filled_from_its_line_of_a_card(write: Write) -> None:
    text = card(
        "begin:nothing",
        "UID:sue-reed",
        "fn:Sue Reed",
        "N : Reed ; Sue ;Ann;Dr.;Jr.",
        "EMAIL:sue@x.example",
        "email;type=work:work@x.example",
        "EMAIL:sue@x.example",
        "TEL:604",
        "TEL;TYPE=FAX:605",
        "TEL;TYPE=WORK:606",
        "CATEGORIES:VIP;Old Clients",
        "NOTE:one",
        "NOTE:two",
        "ORG:Acme\\; Inc.;;Sales",
        "TITLE:Head",
        "ADR;TYPE=WORK:;Floor 2;1 Main St;Vancouver;BC;V5K;Canada",
        "ADR;TYPE=HOME,PREF:;;2 Quay St;Victoria;;;",
        "BDAY:1970-02-03",
        "URL:https://x.example",
        "EMAIL:",
    )
    assert cells(write(text)) == [
        {
            "card": "1",
            "id": "sue-reed",
            "name": "Sue Reed",
            "first_name": " Sue ",
            "last_name": " Reed ",
            "email": "sue@x.example",
            "phone": "604",
            "groups": "VIP;Old Clients",
            "notes": "one\ntwo",
            "other_emails": "work@x.example",
            "other_phones": "606",
            "organization": "Acme; Inc., Sales",
            "fax": "605",
            "title": "Head",
            "address": "2 Quay St, Victoria\nFloor 2, 1 Main St, Vancouver, BC, V5K, Canada",
            "birthday": "1970-02-03",
            "website": "https://x.example",
        }
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("TEL:1", "TEL;PREF:2", "TEL;CELL:3"),
        ("TEL;TYPE=home:1", "TEL;TYPE=cell:3", "TEL;TYPE=HOME,pref:2"),
        ("TEL;PREF=100:1", "TEL;PREF=7:2", "TEL;TYPE=CELL;PREF=99:3"),
        ("TEL;HOME:1", "TEL;CELL:2", "TEL;CELL:3"),
        ("TEL;FAX;PREF:1", "TEL;WORK:2", "TEL;PREF=none:3"),
        ("TEL:2", "TEL;PREF=" + "9" * 5000 + ":3"),
    ],
)
def test_the_preferred_number_is_the_phone_then_a_mobile_and_never_a_fax(read: Read, lines: tuple[str, ...]) -> None:
    assert only(read, card("FN:Sue", *lines)).phone == "2"


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (("N:Reed;Sue", "FN:Dr. Sue Reed"), ("Dr. Sue Reed", "Sue", "Reed")),
        (("N:Reed;Sue",), ("Sue Reed", "Sue", "Reed")),
        (("N:a\\;b\\\\;Sue",), ("Sue a;b\\", "Sue", "a;b\\")),
        (("FN:Reed,  Sue",), ("Sue Reed", "Sue", "Reed")),
        (("N:;;;;", "FN:Sue Reed"), ("Sue Reed", "Sue", "Reed")),
        (("N:;;;;", "FN:Acme Homes", "ORG:Acme Homes;"), ("Acme Homes", None, None)),
        (("FN:Acme Homes", "KIND:org"), ("Acme Homes", None, None)),
        (("ORG:Acme Homes",), ("Acme Homes", None, None)),
    ],
)
def test_a_name_is_read_in_full_and_in_parts_but_a_company_is_not_split(
    read: Read, lines: tuple[str, ...], names: tuple[str | None, ...]
) -> None:
    row = only(read, card(*lines))
    assert (row.name, row.first_name, row.last_name) == names


def test_an_id_is_the_uid_or_generated_from_it_like_from_a_key_column(read: Read) -> None:
    assert only(read, card("FN:Sue", "UID:P-4101")).id == "P-4101"
    uid = "8C1B2D5E:ABPerson"
    expected_id = only(read, card("FN:Sue", f"UID:{uid}")).id
    assert expected_id == "k29fc25a2a82520e3"
    (row,) = read(f"uid,name\n{uid},Sue\n", key=("uid",))
    assert isinstance(row, Row) and row.id == expected_id


def test_without_a_uid_an_id_is_generated_as_for_csv(read: Read) -> None:
    ids = [only(read, card("FN:Sue", *lines)).id for lines in (["EMAIL:s@x.example", "TEL:1"], ["TEL:1"], [])]
    assert ids == [row.id for row in read("name,email,phone\nSue,s@x.example,1\nSue,,1\nSue,,\n")]


def test_a_duplicate_uid_is_refused(read: Read) -> None:
    results = read(card("FN:Sue", "UID:a") + card("FN:Ann", "UID:urn:uuid:a"))
    assert refused(results) == (6, "2", "the same id as line 1 ('a'): change one of them")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (card("FN:Bo", "NOTE:one", "two"), "line 11 doesn't belong to a card: 'two'"),
        (card("FN:Bo", "see you at 5: ok"), "line 10 doesn't belong to a card: 'see you at 5: ok'"),
        (card("FN:Bo").replace("END:VCARD\n", ""), "END:VCARD is missing below it: the next card may be lost"),
        (card("FN:Bo").replace("BEGIN:VCARD\n", ""), "BEGIN:VCARD is missing above it"),
        ("\n\nhello there\n", "BEGIN:VCARD is missing above it"),
        ("END:VCARD\n", "BEGIN:VCARD is missing above it"),
        (card("FN:Bo", "NOTE;CHARSET=klingon:Zoë"), "line 10 names the unknown encoding 'KLINGON'"),
        (card("FN:Bo", "NOTE;CHARSET=a\0b:Zoë"), "line 10 isn't 'A\\x00B': fix its CHARSET, or use --encoding"),
        (card("FN:Bo", "NOTE;QUOTED-PRINTABLE:Zo=EB"), "line 10 isn't 'utf-8': fix its CHARSET, or use --encoding"),
        (card("FN:Bo", "NOTE;CHARSET=unicode_escape;QUOTED-PRINTABLE:=5Cud800"), "line 10 isn't 'UNICODE_ESCAPE': fix its CHARSET, or use --encoding"),
        (card("FN:Bo", "NOTE:a\0b"), "line 10 has a NUL byte"),
        (card("FN:Bo", "NOTE;QUOTED-PRINTABLE:=00"), "line 10 has a NUL byte"),
        (card("FN:Bo", "NO\0TE:a"), "line 10 doesn't belong to a card: 'NO\\x00TE:a'"),
        (card("FN:Bo", "NOTE:" + "é" * LONGEST), "line 10 is too long, even without its photos"),
        (card("FN:Bo", *["NOTE:" + "x" * 1000] * 200), "line 140 is too long, even without its photos"),
        (card("FN:Team", "KIND:group"), "it's a group of contacts, not a person"),
        (card("FN:Team", "X-ADDRESSBOOKSERVER-KIND:group"), "it's a group of contacts, not a person"),
        (card("FN:Bo", "EMAIL:bo"), "'bo' is not an e-mail address"),
        (card("FN:Bo", "NOTE:" + "x" * 10_001), "a cell has 10001 characters; the maximum is 10000"),
        (card("FN:Bo\x1b[31m"), "a control character (U+001B) in a cell"),
        (card("FN:", "PHOTO:x"), "no name, company, e-mail or phone"),
    ],
)  # fmt: skip
def test_a_bad_card_is_refused_by_line_and_number_without_affecting_the_others(
    read: Read, bad: str, reason: str
) -> None:
    results = read(GOOD + bad + LAST)
    line = 9 if bad.startswith("\n") else 7
    assert refused(results) == (line, "2", reason)
    assert [row.name for row in results if isinstance(row, Row)] == ["Sue Reed", "Ann Lee"]


def test_the_readable_part_of_a_bad_card_is_kept_to_be_fixed(read: Read) -> None:
    (refusal,) = read("BEGIN:VCARD\nFN:Sue Reed\nNOTE;QUOTED-PRINTABLE:=FF\nEMAIL:sue@x.exam")
    assert isinstance(refusal, Refusal)
    assert refusal.record[:7] == ("1", "", "Sue Reed", "Sue", "Reed", "sue@x.exam", "")


def test_markers_and_property_names_are_read_in_any_case_and_spacing(read: Read) -> None:
    results = read("begin:vcard\nfn:Sue Reed\nend : VCard \nBEGIN: VCARD\nEmail : ann@x.example\nEND:VCARD")
    assert [(row.name, row.email) for row in results if isinstance(row, Row)] == [
        ("Sue Reed", None),
        (None, "ann@x.example"),
    ]


def test_a_soft_line_break_can_split_an_escaped_separator(write: Write) -> None:
    (fields,) = cells(write(card("ORG;QUOTED-PRINTABLE:Acme\\=\n; Inc.;Sales", version="2.1")))
    assert fields["organization"] == "Acme; Inc., Sales"


def test_a_phone_uri_with_a_nul_byte_is_left_as_it_is(read: Read) -> None:
    assert only(read, card("FN:Sue", "TEL:tel:604%00")).phone == "604%00"


def test_a_soft_line_break_before_the_end_of_a_card_does_not_swallow_it(read: Read) -> None:
    results = read(card("FN;QUOTED-PRINTABLE:Sue=", version="2.1") + LAST)
    assert [row.name for row in results if isinstance(row, Row)] == ["Sue", "Ann Lee"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_encoding_and_the_line_ends_are_detected(write: Write, encoding: str, newline: str) -> None:
    text = card("FN:Zoë Łukasz", "NOTE;QUOTED-PRINTABLE:Zo=C3=AB").replace("\n", newline)
    (fields,) = cells(write(text, encoding))
    assert (fields["name"], fields["notes"]) == ("Zoë Łukasz", "Zoë")


def test_a_latin_1_file_is_read_and_the_guess_is_reported(write: Write) -> None:
    with open_table(write(card("FN:Zoë Ångström"), "latin-1")) as table:
        assert next(table.records()).cells[2] == "Zoë Ångström"
        assert "Windows-1252" in table.notes[0]


def test_a_latin_1_card_among_utf_8_cards_is_refused_alone(read: Read) -> None:
    results = read(card("FN:Zoë").encode() + card("FN:Bär").encode("latin-1") + LAST.encode())
    assert refused(results) == (5, "2", "line 7 isn't 'utf-8': fix its CHARSET, or use --encoding")
    assert [row.name for row in results if isinstance(row, Row)] == ["Zoë", "Ann Lee"]


def test_an_encoding_that_the_bytes_rule_out_is_not_guessed(read: Read) -> None:
    results = read(card("FN:Żółw Ź").encode("cp1250") + LAST.encode())
    assert refused(results)[0] == 1  # cp1252 has nothing at 0x8f


def test_a_value_can_declare_its_own_encoding(write: Write) -> None:
    raw = card("N;CHARSET=SHIFT_JIS:能;ソ", "FN;CHARSET=SHIFT_JIS:ソ能;x").encode("shift_jis")
    raw += card("FN;CHARSET=UTF-8:Zoë").encode()
    quoted = card("FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Zo=EB").encode()
    first, *others = cells(write(raw + quoted))  # both of these characters end in the byte of a backslash
    assert (first["name"], first["first_name"], first["last_name"]) == ("ソ能;x", "ソ", "能")
    assert [fields["name"] for fields in others] == ["Zoë", "Zoë"]


def test_an_explicit_encoding_also_applies_to_quoted_values(write: Write) -> None:
    text = card("FN:Żółw", "NOTE;QUOTED-PRINTABLE:=AF=F3=B3w")
    (fields,) = cells(write(text, "cp1250"), encoding="cp1250")
    assert (fields["name"], fields["notes"]) == ("Żółw", "Żółw")
    with pytest.raises(BadInput, match="isn't utf-8"):
        open_table(write(text, "cp1250"), encoding="utf-8")


def test_utf_16_without_a_byte_order_mark_needs_an_explicit_encoding(write: Write) -> None:
    path = write(card("FN:Zoë"), "utf-16-le")
    with pytest.raises(BadInput, match="--encoding utf-16-le"):
        open_table(path)
    assert cells(path, encoding="utf-16-le")[0]["name"] == "Zoë"


@pytest.mark.slow
@pytest.mark.parametrize(
    "photo",
    [
        "PHOTO;ENCODING=b;TYPE=JPEG:" + "\n ".join(["A" * 74] * 70_000),
        "PHOTO;JPEG;ENCODING=BASE64:\n" + "\n".join(["A" * 74] * 70_000) + "==\n\n",
        "PHOTO;ENCODING=B:\n" + "\n".join(["A" * 74] * 70_000),
        "PHOTO;BASE64:" + "A" * 5_000_000,
        "PHOTO:data:image/jpeg;base64," + "A" * 5_000_000,
    ],
)
def test_a_card_of_5_mb_is_read_with_little_memory(write: Write, photo: str) -> None:
    path = write(card("FN:Sue Reed", photo, "TEL:604") + LAST)
    assert os.path.getsize(path) > 5_000_000
    with open_table(path) as table:
        tracemalloc.start()
        results = list(rows(table, map_columns(table.header)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [(row.name, row.phone) for row in results if isinstance(row, Row)] == [
        ("Sue Reed", "604"),
        ("Ann Lee", None),
    ]
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "line", ["X;QUOTED-PRINTABLE" + ";" * 120_000 + "=\n" * 100_000, "X;B" + ";" * 120_000 + "\nx" * 100_000]
)
def test_endless_lines_take_no_quadratic_time(read: Read, line: str) -> None:
    results = read(card("FN:Bo", line) + LAST)
    assert refused(results)[:2] == (1, "1")


@pytest.mark.slow
def test_memory_stays_flat_over_many_cards(write: Write) -> None:
    path = write(
        "".join(card(f"FN:Sue Reed {n}", f"EMAIL:sue{n}@x.example", "NOTE:" + "x" * 4000) for n in range(2_000))
    )
    with open_table(path) as table:
        tracemalloc.start()
        count = sum(isinstance(row, Row) for row in rows(table, map_columns(table.header)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 2_000
    assert peak < 6_000_000 < os.path.getsize(path)


def test_the_content_decides_and_not_the_file_name(write: Write, tmp_path: Path) -> None:
    assert cells(write("\n" + card("FN:Sue")))[0]["name"] == "Sue"
    (tmp_path / "list.vcf").write_text("name\nSue\n")
    with open_table(str(tmp_path / "list.vcf")) as table:
        assert table.header == ("name",)


def test_the_columns_are_recognized_by_their_names() -> None:
    mapping = map_columns(HEADER)
    renamed = {"company": "organization", "emails": "other_emails", "phones": "other_phones"}
    assert {field: column for field, column in mapping.used if field != column} == renamed
    assert mapping.unused == ("card", "fax", "title", "address", "birthday", "website")


def test_records_can_be_read_twice(write: Write) -> None:
    with open_table(write(GOOD + LAST, "utf-16")) as table:
        assert list(table.records()) == list(table.records())
        assert [record.line for record in table.records()] == [1, 7]


def test_refused_cards_can_be_fixed_in_csv_and_imported(read: Read, tmp_path: Path) -> None:
    results = read(GOOD + card("UID:a:b", "FN:'=Bo", "EMAIL:bo", "ADR:;;1 Main St;Town;;;", "CATEGORIES:VIP,Old"))
    report = tmp_path / "refused.csv"
    write_refusals(str(report), HEADER, [each for each in results if isinstance(each, Refusal)])
    report.write_text(report.read_text("utf-8-sig").replace(",bo,", ",bo@x.example,"))
    with open_table(str(report)) as table:
        (row,) = rows(table, map_columns(table.header, ["+home=address"]))
    assert isinstance(row, Row)
    assert (row.id, row.name, row.groups) == ("kf748c416fa15eea5", "'=Bo", "old vip")
    assert row.extra == {"home": "1 Main St, Town"}


@pytest.mark.parametrize(
    "value",
    [
        *("=1+1", "'=1+1", "\uff1d1", "@SUM(1)", "<script>alert(1)</script>", "{{7*7}}"),
        *('Robert"); DROP TABLE contact;--', "x" * 10_000, "👩‍👩‍👧", "BEGIN:VCARD", "%00", "C:\\temp"),
    ],
)  # fmt: skip
def test_a_hostile_value_is_read_unchanged(read: Read, value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;")
    row = only(read, card(f"FN:{escaped}", f"ORG:{escaped}", f"NOTE:{escaped}"), "+firm=organization")
    assert (row.name, row.notes, row.extra) == (value, value, {"firm": value})


# Writing values in each version, and reading them back.

VALUE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)
TRICKY = st.lists(st.sampled_from([*"=;,:\\\"'\n\t ~né", "\\n", "=3B", "END:VCARD", "\u2028"]), max_size=8).map("".join)
TEXT = (VALUE | TRICKY).map(str.strip)
SOME = TEXT.filter(bool)
PEOPLE = st.lists(st.tuples(SOME, SOME, TEXT, TEXT, TEXT), min_size=1, max_size=4)
FOLD = st.integers(12, 75)


def escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def folded(line: str, width: int) -> bytes:
    """Folded at any byte, even inside a character."""
    data = line.encode()
    return b"\r\n ".join(data[at : at + width] for at in range(0, len(data), width)) + b"\r\n"


def written(people: list[tuple[str, ...]], version: str, width: int) -> bytes:
    out = []
    for first, last, name, note, street in people:
        lines = [f"FN:{escaped(name)}", f"x.N:{escaped(last)};{escaped(first)};;;", f'NOTE;X="a:b":{escaped(note)}']
        every = ["BEGIN:VCARD", f"VERSION:{version}", *lines, f"ADR:;;{escaped(street)};;;;", "END:VCARD"]
        out += [folded(line, width) for line in every]
    return b"".join(out)


def quoted(text: str, charset: str) -> str:
    """As version 2.1 quotes it: with soft line breaks, and with codes for separators inside a part."""
    code = b2a_qp(text.encode(charset), istext=False).decode().replace("\r\n", "\n")
    return code.replace(";", "=3B").replace("\\", "=5C")


def written_in_2_1(people: list[tuple[str, ...]], charset: str) -> bytes:
    out, how = "", f"CHARSET={charset};ENCODING=QUOTED-PRINTABLE"
    for each in people:
        first, last, name, note, street = (quoted(text, charset) for text in each)
        lines = [
            f"FN;{how}:{name}",
            f"N;{how}:{last};{first};;;",
            f"NOTE;{how}:{note}",
            f"ADR;HOME;{how}:;;{street};;;;",
        ]
        out += card(*lines, version="2.1").replace("\n", "\r\n")
    return out.encode()


def read_back(content: bytes) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "people.vcf")
        Path(path).write_bytes(content)
        cards = cells(path)
    return [tuple(each[name] for name in ("first_name", "last_name", "name", "notes", "address")) for each in cards]


def expected(people: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(first, last, " ".join(name.split()), *others) for first, last, name, *others in people]


@given(PEOPLE, st.sampled_from(["3.0", "4.0"]), FOLD)
@settings(max_examples=examples(200))
def test_values_of_3_0_and_4_0_cards_are_read_back_however_they_are_folded(
    people: list[tuple[str, ...]], version: str, width: int
) -> None:
    people = [("Zoë", "Reed", "Zoë Reed", "", ""), *people]  # at least one character is unbroken and shows the encoding
    assert read_back(written(people, version, width)) == expected(people)


@given(PEOPLE, st.sampled_from(["UTF-8", "GB18030", "UTF-16-LE"]))
@settings(max_examples=examples(200))
def test_values_of_2_1_cards_are_read_back_from_quoted_printable(people: list[tuple[str, ...]], charset: str) -> None:
    assert read_back(written_in_2_1(people, charset)) == expected(people)


LINES = st.lists(
    st.sampled_from(
        [*(f"{line}\n".encode() for line in (*GOOD.splitlines(), *LAST.splitlines(), "", " ", "x", "N;QUOTED-PRINTABLE:a="))]
        + [b"\xe9", b"\0", b"\r", b'"', b";", b":", b"=", b"\\", b"UID:a\n", b"PHOTO;B:\n", b"CHARSET=rot13", b"TEL:tel:;ext=%00"]
    ),
    max_size=30,
)  # fmt: skip


@given(LINES.map(b"".join) | st.binary(max_size=200))
@settings(max_examples=examples(400))
def test_any_bytes_give_rows_refusals_or_a_one_line_error_also_on_a_second_import(tail: bytes) -> None:
    def imported() -> list[Row | Refusal]:
        with open_table(path) as table:
            assert table.header == HEADER
            return list(rows(table, map_columns(table.header)))

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "people.vcf")
        Path(path).write_bytes(b"BEGIN:VCARD\n" + tail)
        try:
            results = imported()
        except FollowupError as error:
            assert "\n" not in str(error)
            return
        assert results == imported()
        numbers = [each.record[0] for each in results if isinstance(each, Refusal)]
        assert numbers == [str(n) for n, each in enumerate(results, 1) if isinstance(each, Refusal)]
        write_refusals(os.path.join(folder, "refused.csv"), HEADER, [e for e in results if isinstance(e, Refusal)])
        with open_table(os.path.join(folder, "refused.csv")) as table:
            assert sum(isinstance(each, Record) for each in table.records()) == len(numbers)
