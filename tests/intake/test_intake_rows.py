"""From records to rows: what each cell becomes, what is refused and why (cases 49, 51, 54)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from followup.intake.mapping import map_columns, read_pairs
from followup.intake.names import split_name
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import open_table

Read = Callable[..., list[Row | Refusal]]
EVERY_CHANNEL = "call correspondence email sms"


def row(read: Read, content: str, *pairs: str, **options: bool) -> Row:
    (only,) = read(content, *pairs, **options)
    assert isinstance(only, Row), only
    return only


def reason(read: Read, content: str, *pairs: str, **options: bool) -> str:
    (only,) = read(content, *pairs, **options)
    assert isinstance(only, Refusal), only
    return only.reason


def test_every_field_is_cleaned(read: Read) -> None:
    header = "id,name,first_name,last_name,email,phone,owner,source,type,property,cycle,stage,groups,do_not_contact,"
    cells = "j.s, Jane  Smith ,Jane,Smith,Jane.S@Example.COM,'+16045550100,tom,web-form,client,bluewater,hold,Won,"
    assert read(
        header + "created_at,notes,size\n" + cells + "VIP; Old Clients,sms;E-mail,2026-05-03 14:00,x,XL\n", "+size=size"
    ) == [
        Row(
            line=2,
            id="j.s",
            name="Jane Smith",
            first_name="Jane",
            last_name="Smith",
            email="Jane.S@example.com",
            phone="+16045550100",
            owner="tom",
            source="web-form",
            type="client",
            property="bluewater",
            cycle="hold",
            stage="won",
            groups="old-clients vip",
            do_not_contact="email sms",
            created_at="2026-05-03T14:00:00",
            notes="x",
            company=None,
            emails=None,
            phones=None,
            extra={"size": "XL"},
        )
    ]


def test_a_blank_cell_is_none_and_never_the_value_above(read: Read) -> None:
    full = "id,name,email,phone,owner,cycle,groups,size\n1,Sue,s@x.example,604,tom,hold,vip,XL\n2,Ann, ,,\t,,  ,\n"
    _, blank = read(full, "+size=size")
    assert isinstance(blank, Row)
    assert blank == Row(3, "2", "Ann", *(None,) * 18)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Sue Reed", ("Sue Reed", "Sue", "Reed")),
        ('"Reed, Sue"', ("Sue Reed", "Sue", "Reed")),
        ("Ludwig van Beethoven", ("Ludwig van Beethoven", "Ludwig", "van Beethoven")),
        ("Madonna", ("Madonna", None, None)),
        ("Harbour Homes Ltd.", ("Harbour Homes Ltd.", None, None)),
        ('"Acme, Inc."', ("Acme, Inc.", None, None)),
        ('"Reed, Sue, MD"', ("Reed, Sue, MD", None, None)),
        ('"Reed,"', ("Reed,", None, None)),
        ('" Mac\nDonald\tJean "', ("Mac Donald Jean", "Mac", "Donald Jean")),
    ],
)
def test_a_full_name_is_split_if_the_file_has_no_name_parts(
    read: Read, name: str, parts: tuple[str | None, ...]
) -> None:
    assert row(read, f"name\n{name}\n")[2:5] == parts


SUFFIXES = (
    "inc ltd limited llc llp corp co company plc gmbh ag sa bv trust "  # of firms
    "jr sr ii iii iv md phd esq"  # of people, whose first name is not the first word of the rest
)


@pytest.mark.parametrize("suffix", [*SUFFIXES.split(), "GmbH", "Ltd."])
def test_a_name_that_ends_in_a_suffix_is_not_split(suffix: str) -> None:
    for name in (f"Harbour Homes {suffix}", f"Harbour, {suffix}"):
        assert split_name(name) == (name, None, None)


def test_a_name_is_joined_from_its_parts_and_not_split_next_to_them(read: Read) -> None:
    joined, first, full = read("first name,last name,name\nSue,Reed,\nAnn,,\n,,Jo Day\n")
    assert joined[2:5] == ("Sue Reed", "Sue", "Reed")
    assert first[2:5] == ("Ann", "Ann", None)
    assert full[2:5] == ("Jo Day", None, None)


@pytest.mark.parametrize("email", ["s@x.example", "o'neil+x@a-b.co.uk", "zoë@exämple.de", "a.b_c@x.museum", "1@2.3x"])
def test_a_valid_address_is_accepted(read: Read, email: str) -> None:
    assert row(read, f"email\n{email}\n").email == email


@pytest.mark.parametrize(
    "email",
    ["s", "s@", "@x.example", "s@x", "s@x..example", "s@-x.example", "s@x.example-", "s p@x.example", "s@x.example."]
    + ["s@x@y.example", '"s"@x.example', "Sue <s@x>"]
    + ["=?utf-8?q?x=0D=0ABcc:_evil@x?=", "a" * 250 + "@x.example"],
)
def test_an_invalid_address_is_refused(read: Read, email: str) -> None:
    quoted = email.replace('"', '""')
    assert reason(read, f'email\n"{quoted}"\n').endswith("e-mail address")


def test_an_address_has_at_most_254_characters_and_several_are_reported(read: Read) -> None:
    longest = "a" * 244 + "@x.example"
    assert row(read, f"email\n{longest}\n").email == longest
    assert "not an e-mail address" in reason(read, f"email\na{longest}\n")
    assert reason(read, "email\na@x.example+b@x.example\n").endswith("more than one e-mail address")


def test_cells_are_stripped(read: Read) -> None:
    for name in (" Sue ", "\tSue", "\u00a0 Zo\u00eb\n"):
        assert row(read, f'name,email,notes\n"{name}", , \n')[2:-1] == (name.strip(), *(None,) * 18)


def test_a_contact_without_a_name_or_an_address_is_refused(read: Read) -> None:
    assert reason(read, "name,email,phone,owner\n,,,tom\n") == "no name, company, e-mail or phone"
    assert row(read, "name,email,phone\n,,604\n").phone == "604"


@pytest.mark.parametrize("id", ["-x", "a b", "ä", "=1", "a" * 65, "a/b", "a;b"])
def test_an_invalid_id_is_refused(read: Read, id: str) -> None:
    assert "invalid id " in reason(read, f"id,name\n{id},Sue\n")


def test_an_id_of_64_characters_is_accepted(read: Read) -> None:
    assert row(read, f"id,name\n{'a' * 64},Sue\n").id == "a" * 64


def test_an_id_can_occur_only_once(read: Read) -> None:
    first, second, other = read("id,name\na,Sue\na,Ann\nA,Jo\n")
    assert (first.line, second) == (
        2,
        Refusal(3, "the same id as line 2 ('a'): change one of them", ("a", "Ann")),
    )
    assert isinstance(other, Refusal) and "the same id as line 2 ('A')" in other.reason


@pytest.mark.parametrize(
    ("twin", "same"),
    [
        ("Ann,S@x.example,2", "e-mail as line 3 ('S@x.example')"),
        ("Ann,,1604555", "phone as line 4 ('1604555')"),
        ("sue reed,,", "name as line 5 ('sue reed')"),
    ],
)
def test_a_duplicate_of_a_generated_id_is_refused_with_its_line_and_value(read: Read, twin: str, same: str) -> None:
    content = "name,email,phone\nJo,j@x.example,\nSue Reed,s@x.example,1\nMia,,+1 604-555\nSue Reed,,\n"
    *others, last = read(f"{content}{twin}\n")
    assert [type(row) for row in others] == [Row] * 4
    assert last == Refusal(6, f"the same {same}: use a --key that tells them apart", tuple(twin.split(",")))


def test_a_row_records_the_source_of_its_id(read: Read) -> None:
    results = read("id,email,phone,name\n,s@x.example,1,Sue\n,,2,Ann\n,,,Jo\na,m@x.example,,Mia\n")
    assert [row.made_from for row in results if isinstance(row, Row)] == ["e-mail", "phone", "name", None]
    (keyed,) = read("email,No\ns@x.example,7\n", key=("No",))
    assert isinstance(keyed, Row) and keyed.made_from == "key"


def test_a_generated_id_is_stable_and_prefers_the_email(read: Read) -> None:
    ids = [
        r.id for r in read("email,phone,name\nS@x.example,604,Sue\n,+1 604-555,Sue\n,,Sue Reed\n") if isinstance(r, Row)
    ]
    assert ids == ["kd3e051eb6b9dd11b", "kd8a91cac30bb3eac", "ka3cbc1299d655c88"]


def test_case_and_punctuation_do_not_change_an_id(read: Read) -> None:
    one, two = read("email\nsue@x.example\n", "email=email"), read("email\nSUE@X.example\n")
    assert one[0][1] == two[0][1]
    assert row(read, "phone\n604 555-0100\n").id == row(read, "phone\n(604) 5550100\n").id
    assert row(read, "name\nSue  Reed\n").id == row(read, "name\nsue reed\n").id


def test_a_phone_and_a_name_give_different_ids(read: Read) -> None:
    first, second = read("name,phone\n604,\n,604\n")
    assert first[1] != second[1]


def test_ids_can_be_generated_from_key_columns(read: Read) -> None:
    content = "name,Branch,No\nSue,1,23\nAnn,12,3\nJo,,\nMia,1,23\n"
    sue, ann, blank, again = read(content, key=("Branch", "No"))
    assert isinstance(sue, Row) and isinstance(ann, Row) and sue.id != ann.id
    assert isinstance(blank, Refusal) and "key columns are blank" in blank.reason
    assert (
        isinstance(again, Refusal)
        and again.reason == "the same key as line 2 ('1, 23'): use a --key that tells them apart"
    )


@pytest.mark.parametrize("number", ["1.01E+11", "1,01e+11", "4E+05", "6.045550103E9"])
def test_an_id_or_a_phone_that_a_spreadsheet_truncated_is_refused(read: Read, number: str) -> None:
    for field in ("id", "phone"):
        message = f"a spreadsheet cut digits off the {field} {number!r}: format that column as text and export again"
        assert reason(read, f'{field},name\n"{number}",Sue\n') == message
    assert row(read, "id,phone\nE+11,1 ext. 3E\n")[1:7] == ("E+11", *(None,) * 4, "1 ext. 3E")


def test_imports_F11_the_first_of_several_values_in_a_cell_is_used_and_the_others_kept(read: Read) -> None:
    content = "email,phone,labels,x\na@x.example ::: b@x.example ::: c@x.example,1:::2,* myContacts ::: Old Clients,y\n"
    contact = row(read, content, "+x=x")
    assert (contact.email, contact.phone, contact.groups) == ("a@x.example", "1", "old-clients")
    assert (contact.emails, contact.phones, contact.extra) == ("b@x.example\nc@x.example", "2", {"x": "y"})
    one = row(read, "email,phone\n::: a@x.example :::,:::\n")
    assert (one.email, one.phone, one.extra) == ("a@x.example", None, None)


@pytest.mark.parametrize(
    ("cell", "emails"),
    [
        ("bob@x.example, bob2@x.example", ["bob@x.example", "bob2@x.example"]),
        ("bob@x.example;bob2@X.example;", ["bob@x.example", "bob2@x.example"]),
        ("bob@x.example bob2@x.example", ["bob@x.example", "bob2@x.example"]),
        ("bob@x.example or bob2@x.example", ["bob@x.example", "bob2@x.example"]),
        ("bob@x.example/bob2@x.example", ["bob@x.example", "bob2@x.example"]),
        ("bob@x.example\nbob2@x.example", ["bob@x.example", "bob2@x.example"]),
        ('"Fox, Bob" <bob@x.example>, Bob <bob2@x.example>', ["bob@x.example", "bob2@x.example"]),
        ("Bob Fox <bob@x.example>", ["bob@x.example"]),
        ("bob@x.example, BOB@x.example", ["bob@x.example"]),
        ("bob@x.example, n/a", ["bob@x.example"]),
        ("mailto:bob@x.example?subject=Hi", ["bob@x.example"]),
        ("bob@x.example\u200b", ["bob@x.example"]),
        ("\u202abob@x.example\u202c", ["bob@x.example"]),
        ("bob\uff20x.example", ["bob@x.example"]),
        ("/o=ExchangeLabs/ou=Group/cn=Recipients/cn=eva", []),
        *((word, []) for word in ("n/a", "NULL", "-", "none", "No email", "#N/A", "(blank)", "unknown", "\u200b")),
    ],
)
def test_imports_F11_F13_an_email_cell_contains_one_address_or_several_or_none(
    read: Read, cell: str, emails: list[str]
) -> None:
    quoted = cell.replace('"', '""')
    contact = row(read, f'name,email\nBob,"{quoted}"\n')
    assert [each for each in (contact.email, *(contact.emails or "").split("\n")) if each] == emails


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("604 555 0103, 604 555 0104", ["604 555 0103", "604 555 0104"]),
        ("604-555-0103/604-555-0104", ["604-555-0103", "604-555-0104"]),
        ("604 555 0103 or 604 555 0104", ["604 555 0103", "604 555 0104"]),
        ("604 555 0103\n604 555 0104", ["604 555 0103", "604 555 0104"]),
        ("604 555 0103; (604) 555-0103", ["604 555 0103"]),
        ("+49 30/5550166", ["+49 30/5550166"]),
        ("604 555 0103, ext. 5", ["604 555 0103, ext. 5"]),
        ("604 555 0103 x12", ["604 555 0103 x12"]),
        ('"=""0730907665"""', ["0730907665"]),
        ("6045550108.0", ["6045550108"]),
        ("6045550108,0", ["6045550108"]),
        ("\u202a+1 604 555 0102\u202c", ["+1 604 555 0102"]),
        ("604\u2011555\u20110102", ["604-555-0102"]),
        ("\uff0b1\u3000604 555 0102", ["+1 604 555 0102"]),
        ("tel:+16045550103", ["+16045550103"]),
        ("p:+16045550103", ["+16045550103"]),
        *((word, []) for word in ("n/a", "-", "0", "000-000-0000", "None", "#REF!", "\u200b", "'", "?", "NaN", "()")),
    ],
)
def test_imports_F11_F13_a_phone_cell_contains_one_number_or_several_or_none(
    read: Read, cell: str, phones: list[str]
) -> None:
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    contact = row(read, f"name,phone\nBob,{quoted}\n")
    assert [each for each in (contact.phone, *(contact.phones or "").split("\n")) if each] == phones


@pytest.mark.parametrize("cell", ["call the office", "bob@x.example", "yes"])
def test_imports_F13_a_value_without_a_digit_is_not_a_phone(read: Read, cell: str) -> None:
    assert reason(read, f"name,phone\nBob,{cell}\n") == f"{cell!r} is not a phone number"


def test_imports_F4_each_row_uses_the_first_column_with_a_value_and_keeps_the_others(read: Read) -> None:
    jane, ann, bob, cy = read(
        "Name,Email,E-mail 2,Phone,Mobile,Home Phone\nJane,,j@x.example,,604-555-0101,\nAnn,a@x.example,a2@x.example,1,2,3\n"
        "Bob,n/a,b@x.example,-,0,604 555 0102\nCy,,,,,\n"
    )
    assert isinstance(jane, Row) and (jane.email, jane.phone, jane.emails, jane.phones) == (
        *("j@x.example", "604-555-0101"),
        *(None, None),
    )
    assert isinstance(ann, Row) and (ann.email, ann.emails, ann.phone, ann.phones) == (
        *("a@x.example", "a2@x.example"),
        *("1", "2\n3"),
    )
    assert isinstance(bob, Row) and (bob.email, bob.phone, bob.phones) == ("b@x.example", "604 555 0102", None)
    assert isinstance(cy, Row) and (cy.email, cy.phone) == (None, None)


def test_imports_F4_other_fields_with_several_columns_use_the_first_value_or_all(read: Read) -> None:
    content = "Full Name,Display Name,Notes,Comments,Tags,Groups,Source,Channel\n-,Sue,a,b,VIP,Old,,Web\n"
    contact = row(read, content, "source=Source", "source=Channel")
    assert (contact.name, contact.notes, contact.groups, contact.source) == ("Sue", "a\nb", "old vip", "Web")


def test_imports_F12_a_company_without_a_person_is_named_after_the_company(read: Read) -> None:
    hafen, cafe, jane = read(
        "First Name,Last Name,Company,Business Phone\n,,Hafen AG,604 555 0120\n,,Cafe Ltd,\nJane,Doe,Acme,1\n"
    )
    assert isinstance(hafen, Row) and hafen[2:5] == ("Hafen AG", None, None) and hafen.phone == "604 555 0120"
    assert isinstance(cafe, Row) and (cafe.name, cafe.company) == ("Cafe Ltd", "Cafe Ltd")
    assert isinstance(jane, Row) and (jane.name, jane.company) == ("Jane Doe", "Acme")


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("id", "l:1020304050607080", "1020304050607080"),
        ("id", "101.0", "101"),
        ("id", '"=""000124"""', "000124"),
        ("name", "N/A", "Jo"),
        ("name", "\u200bSue\u200b", "Sue"),
        ("name", "\ufeffSue", "Sue"),
        ("name", "\u2800", "Jo"),
        ("owner", "NULL", None),
        ("groups", "#N/A", None),
        ("created_at", "0/0/00", None),
        ("created_at", "0000-00-00 00:00:00", None),
        ("created_at", "-", None),
        ("company", "(none)", None),
        ("source", "\\N", None),
    ],
)
def test_imports_F13_placeholders_and_prefixes_of_other_programs_are_removed(
    read: Read, field: str, cell: str, value: str | None
) -> None:
    contact = row(read, f"{field},first_name\n{cell},Jo\n")
    assert getattr(contact, field) == value


def test_hostile_P8_an_invisible_name_counts_as_no_name(read: Read) -> None:
    for unseen in ("\u200b", "\u200b\u200d\u2060", "\u3164", "\u00ad", "\ufe0f", "\U000e0041"):
        assert read(f"name,owner\n{unseen},tom\n")[0] == Refusal(
            2, "no name, company, e-mail or phone", (unseen, "tom")
        )
    assert row(read, "name\n\u200bMia\n").name == "Mia"
    assert row(read, "name\n👩\u200d👧\n").name == "👩\u200d👧"


def test_imports_F14_blank_rows_are_skipped(read: Read) -> None:
    content = 'Name,Email,,,\nJane Doe,jane@x.example,,,\n,,,,\n , ,\t,\u00a0,\n,\n"","","","",""\n\u200b,,,,\nAnn,a@x.example,,,\n'
    assert [each.line for each in read(content)] == [2, 8]


def test_imports_I06_groups_that_google_creates_itself_are_dropped(read: Read) -> None:
    assert row(read, "Name,Labels\nJane,* myContacts ::: * starred ::: Navy\n").groups == "navy"


@pytest.mark.parametrize(
    ("cell", "extra"),
    [
        ('{"score": "55", "Shoe size": 7}', {"score": "55", "shoe_size": "7"}),
        ("{}", None),
        ("wants parking", {"details": "wants parking"}),
        ('["a"]', {"details": '["a"]'}),
        ('{"a": ', {"details": '{"a":'}),
        ("[" * 5000, {"details": "[" * 5000}),
        ("-", None),
    ],
)
def test_imports_F5_own_fields_are_restored_and_details_of_other_programs_stay_text(
    read: Read, cell: str, extra: dict[str, str] | None
) -> None:
    quoted = cell.replace('"', '""')
    assert row(read, f'name,details\nSue,"{quoted}"\n').extra == extra


def test_imports_F10_a_guessed_stage_column_refuses_no_row(read: Read) -> None:
    first, second, third = read("Name,Stage\nJane,Nurture\nBob,WON\nCy,-\n")
    assert isinstance(first, Row) and (first.stage, first.extra) == (None, {"stage_in_file": "Nurture"})
    assert isinstance(second, Row) and (second.stage, second.extra) == ("won", None)
    assert isinstance(third, Row) and (third.stage, third.extra) == (None, None)
    (refusal,) = read("Name,Stage\nJane,Nurture\n", "stage=Stage")
    assert (
        isinstance(refusal, Refusal)
        and refusal.field == "stage"
        and "unknown stage 'Nurture': choose prospect" in refusal.reason
    )


@pytest.mark.parametrize(
    ("column", "cell", "channels"),
    [
        ("Opt In Status", "No", EVERY_CHANNEL),
        ("Opt In Status", "Yes", None),
        ("Opt In Status", "unsubscribed", EVERY_CHANNEL),
        ("Accepts Email Marketing", "no", "email"),
        ("Accepts Email Marketing", "yes", None),
        ("Consent", "FALSE", EVERY_CHANNEL),
        ("Consent", "withdrawn", EVERY_CHANNEL),
        ("Consent", "granted", None),
        ("Consent", "unknown", EVERY_CHANNEL),
        ("GDPR Consent", "Not given", EVERY_CHANNEL),
        ("GDPR Consent", "Pending", EVERY_CHANNEL),
        ("GDPR Consent", "Not yet", EVERY_CHANNEL),
        ("GDPR Consent", "No consent", EVERY_CHANNEL),
        ("GDPR Consent", "none", EVERY_CHANNEL),
        ("GDPR Consent", "N/A", None),
        ("No consent", "Yes", EVERY_CHANNEL),
        ("No consent", "No", None),
        ("no_consent", "1", EVERY_CHANNEL),
        ("noconsent", "x", EVERY_CHANNEL),
        ("NotSubscribed", "Yes", EVERY_CHANNEL),
        ("Newsletter denied", "Yes", "email"),
        ("Italiano Newsletter", "no", "email"),
        ("Werbung erlaubt", "nein", EVERY_CHANNEL),
        ("Werbung erlaubt", "ja", None),
        ("Werbung nicht erlaubt", "ja", EVERY_CHANNEL),
        ("No marketing", "yes", EVERY_CHANNEL),
        ("Not opted out", "unsubscribed", EVERY_CHANNEL),
        ("Bulk Email", "Do Not Allow", "email"),
        ("Bulk Email", "Allow", None),
        ("Do not allow Bulk Emails", "Do Not Allow", "email"),
        ("Email Status", "Cleaned", "email"),
        ("Email Status", "subscribed", None),
        ("Mailing list", "No", "correspondence email"),
        ("Bounced", "yes", "email"),
        ("Flag", "STOP", EVERY_CHANNEL),
        ("Flag", "non-subscribed", EVERY_CHANNEL),
        ("Flag", "spam complaint", EVERY_CHANNEL),
        ("Flag", "-", None),
        ("SMS Opt Out", "1", "sms"),
        ("Email Opt Out", "0", None),
        ("Email Opt Out", "Opted out", "email"),
        ("Do Not Call", "TRUE", "call"),
        ("DoNotPostalMail", "x", "correspondence"),
        ("Flag", "yes", EVERY_CHANNEL),
        ("Flag", "call", "call"),
    ],
)
def test_imports_F9_yes_and_no_depend_on_the_name_of_the_column(
    read: Read, column: str, cell: str, channels: str | None
) -> None:
    assert row(read, f"Name,{column}\nJane,{cell}\n", f"do_not_contact={column}").do_not_contact == channels


def test_imports_F9_a_no_in_any_of_several_columns_is_a_no(read: Read) -> None:
    content = "Name,Do Not Call,Email consent\nJane,yes,no\n"
    contact = row(read, content, "do_not_contact=Do Not Call", "do_not_contact=Email consent")
    assert contact.do_not_contact == "call email"


def test_imports_F9_an_unknown_word_is_refused_rather_than_lost(read: Read) -> None:
    for cell in ("perhaps", "not opted out"):
        assert "isn't yes or no" in reason(read, f"Name,Consent\nJane,{cell}\n", "do_not_contact=Consent")


@pytest.mark.parametrize("cell", ["Yes", "No"])
def test_imports_F9_a_column_that_says_no_twice_is_refused_as_unclear(read: Read, cell: str) -> None:
    assert "rename the column" in reason(read, f"Name,Not opted out\nJane,{cell}\n", "do_not_contact=Not opted out")


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("phone", '=HYPERLINK("tel:604","604 555 0102")', "604 555 0102"),
        ("phone", '=hyperlink("tel:6045550102")', "6045550102"),
        ("email", '=HYPERLINK("mailto:a@x.example"; "a@x.example")', "a@x.example"),
        ("phone", "604 555 0140;", "604 555 0140"),
        ("phone", "604 555 0140 /", "604 555 0140"),
        ("email", "'a17@x.example", "a17@x.example"),
        ("email", "o'neil@x.example", "o'neil@x.example"),
        ("email", "0", None),
        ("email", "0000", None),
        ("phone", "0", None),
    ],
)
def test_imports_F13_what_a_spreadsheet_leaves_is_no_part_of_a_value(
    read: Read, field: str, cell: str, value: str | None
) -> None:
    quoted = cell.replace('"', '""')
    assert getattr(row(read, f'name,{field}\nSue,"{quoted}"\n'), field) == value


def test_imports_F13_a_phone_that_is_a_formula_is_refused(read: Read) -> None:
    assert "is a formula, not a phone number" in reason(read, 'name,phone\nSue,"=CONCAT(""604"",""5550102"")"\n')


def test_a_blank_id_is_generated(read: Read) -> None:
    assert row(read, "id,email\n,s@x.example\n").id == row(read, "email\ns@x.example\n").id


def test_one_column_can_be_two_fields(read: Read) -> None:
    contact = row(read, "E-mail\nsue@X.example\n", "id=E-mail", "email=E-mail")
    assert (contact.id, contact.email) == ("sue@X.example", "sue@x.example")


def test_control_characters_are_refused(read: Read) -> None:
    for character in "\x01\x07\x08\x0b\x0c\x1b\x7f\x84\x9f":
        assert f"U+{ord(character):04X}" in reason(read, f"name\nSu{character}e\n")


def test_line_breaks_are_kept_only_in_notes_and_own_fields(read: Read) -> None:
    contact = row(read, 'name,notes,x\n"a\r\nb","a\r\nb\r\n\nc ","d\re"\n', "+x=x")
    assert (contact.name, contact.notes, contact.extra) == ("a b", "a\nb\n\nc", {"x": "d\ne"})
    assert row(read, "name,notes\nSue,a\x85b\u2028c\u2029d\n").notes == "a\nb\nc\nd"


def test_text_is_normalized(read: Read) -> None:
    assert row(read, "name\nZoe\u0308\u00a0 X\n").name == "Zo\u00eb X"


def test_a_cell_of_ten_thousand_characters_is_accepted_and_a_longer_one_is_refused(read: Read) -> None:
    assert len(row(read, f"name,notes\nSue,{'x' * 10_000}\n").notes or "") == 10_000
    assert "10001 characters" in reason(read, f"name,notes\nSue,{'x' * 10_001}\n")
    assert row(read, f"name,unused\nSue,{'x' * 10_001}\n").name == "Sue"


def test_hostile_text_is_imported_unchanged(read: Read) -> None:
    for name in ("<script>alert(1)</script>", "{{7*7}}", '#read("/etc/passwd")', "👩‍👩‍👧"):
        quoted = name.replace('"', '""')
        assert row(read, f'name\n"{quoted}"\n').name == name


def test_a_guarded_cell_is_unguarded(read: Read) -> None:
    contact = row(read, "name,notes,phone\n'=1+1,'quoted',+1604\n")
    assert (contact.name, contact.notes, contact.phone) == ("=1+1", "'quoted'", "+1604")


EVERY = "call correspondence email sms"


@pytest.mark.parametrize(
    ("cell", "channels"),
    [(word, EVERY) for word in ("yes", "Y", "TRUE", "x", "1", "Oui", "ja", "Sí", "wahr")]
    + [
        (phrase, EVERY)
        for phrase in ("Opted out", "OPTED-OUT", "Unsubscribed", "DNC", "Do not contact", "don't contact")
    ]
    + [
        (word, None)
        for word in ("-", "No", "n", "FALSE", "0", "nein", "Non", "falsch", "N/A", "opted in", "subscribed")
    ]
    + [
        ("Phone; Letter", "call correspondence"),
        ("e-mail,text", "email sms"),
        ("sms mail", "correspondence sms"),
        ("call and e-mail", "call email"),
        ("CALL OR E-MAIL", "call email"),
        ("do not call", "call"),
        ("Don't call, don\u2019t text", "call sms"),
        ("Do not e-mail", "email"),
        ("do not email or mail", "correspondence email"),
        ("no phone calls/no texts", "call sms"),
        ("E-mail opt out", "email"),
        ("unsubscribed from email", "email"),
    ],
)
def test_E12_do_not_contact_is_a_yes_or_a_list_of_channels(read: Read, cell: str, channels: str | None) -> None:
    assert row(read, f'name,do not contact\nSue,"{cell}"\n').do_not_contact == channels


@pytest.mark.parametrize(
    "cell",
    [
        "pigeon",
        "fax",
        "Phone; x-ray",
        "maybe",
        "phone only",
        "email yes",
        "yes, email",
        "no, sms",
        "do not",
        ";",
        "contact",
        "contact us",
    ],
)
def test_E12_an_unknown_channel_is_refused_rather_than_lost(read: Read, cell: str) -> None:
    message = reason(read, f'name,do not contact\nSue,"{cell}"\n')
    assert message == f"unknown channel {cell!r}: use call, correspondence, email, sms, or yes or no for all of them"


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2026-05-03", "2026-05-03"),
        ("2026-05-03 14:00", "2026-05-03T14:00:00"),
        ("2026-05-03T14:00:30.123Z", "2026-05-03T14:00:30Z"),
        ("2026-05-03T14:00:00-07:00", "2026-05-03T21:00:00Z"),
        ("2026/05/03", "2026-05-03"),
        ("20260503", "2026-05-03"),
        ("3 May 2026", "2026-05-03"),
        ("May 3, 2026 2:05 PM", "2026-05-03T14:05:00"),
        ("25.12.2026", "2026-12-25"),
        ("12/25/2026 9pm", "2026-12-25T21:00:00"),
        ("05/05/2026", "2026-05-05"),
        ("Sun, 3 May 2026 14:00:00 +0200", "2026-05-03T12:00:00Z"),
        ("3 May 2026 14:00 UTC", "2026-05-03T14:00:00Z"),
    ],
)
def test_dates_of_common_exports_are_read(read: Read, cell: str, iso: str) -> None:
    assert row(read, f'name,created at\nSue,"{cell}"\n').created_at == iso


@pytest.mark.parametrize(
    "cell",
    ["soon", "May", "May 2026", "3 May", "Tuesday", "14:00", "2026-02-30", "2026-13-01", "31/31/2026", "1714723200"]
    + [
        "1714723200000",
        "45415",
        "030526",
        "1011121314",
        "2026",
        "3 May 2026 14:00 EST",
        "2026-05-03 25:00",
        "9" * 60,
        "0001-01-01T00:00:00+05:00",
    ],
)
def test_an_incomplete_or_invalid_date_is_refused(read: Read, cell: str) -> None:
    assert "isn't a date" in reason(read, f"name,created at\nSue,{cell}\n")


def test_an_ambiguous_date_is_refused_until_its_order_is_given(read: Read) -> None:
    content = "name,created at\nSue,03/04/2026\n"
    assert "is ambiguous: use --day-first or --month-first" in reason(read, content)
    assert row(read, content, day_first=True).created_at == "2026-04-03"
    assert row(read, content, day_first=False).created_at == "2026-03-04"
    assert row(read, "name,created at\nSue,2026/03/04\n", day_first=True).created_at == "2026-03-04"


def test_a_refusal_has_its_line_and_its_unchanged_cells(read: Read) -> None:
    refusal = Refusal(3, "'@x' is not an e-mail address", (" Sue\n", "@x"), "email")
    assert read('name,email\n\n" Sue\n",@x\n')[0] == refusal


def test_ragged_records_and_open_quotes_become_refusals_among_rows(read: Read) -> None:
    kinds = [type(r).__name__ for r in read('name,email\nSue,s@x.example\nAnn\n"Jo,j@x.example\nMia,m@x.example\n')]
    assert kinds == ["Row", "Refusal", "Refusal", "Row"]


def test_the_sample_data_can_be_imported() -> None:
    folder = Path(__file__).parent.parent.parent / "sample_data"
    with open_table(str(folder / "contacts.csv")) as table:
        assert not [r for r in rows(table, map_columns(table.header)) if isinstance(r, Refusal)]
    with open_table(str(folder / "crm-export.csv")) as table:
        assert (table.encoding, table.delimiter) == ("cp1252", ";")
        mapping = map_columns(table.header, read_pairs(str(folder / "crm-mapping.txt")))
        assert mapping.unused == ()
        results = list(rows(table, mapping, day_first=True))
    assert (len(results), sum(isinstance(r, Refusal) for r in results)) == (25, 2)
