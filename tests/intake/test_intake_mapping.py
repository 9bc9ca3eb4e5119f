"""Which column is which: exports of common programs, corrections, and error messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followup.errors import BadInput, NotFound, UsageError
from followup.intake.columns import BESIDE, FIELDS, NAMES, fold
from followup.intake.mapping import column, field_of, guess, map_columns, read_pairs
from followup.intake.opt_outs import may_say_no

EXPORTS = {
    "HubSpot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Original Source",
        "id first_name last_name email phone owner created_at source",
    ),
    "Salesforce": (
        "Lead ID,First Name,Last Name,Email,Mobile,Lead Source,Lead Owner,Created Date",
        "id first_name last_name email phone source owner created_at",
    ),
    "Pipedrive": (
        "Person - ID,Person - Name,Person - Email - Work,Person - Phone - Work,Person - Owner,Person - Labels",
        "id name email phone owner groups",
    ),
    "Zoho": (
        "Record Id,Contact Owner,First Name,Last Name,Email,Mobile,Lead Source,Created Time,Tag,Description",
        "id owner first_name last_name email phone source created_at groups notes",
    ),
    "Lasso": (
        "Registrant ID,First Name,Last Name,Email,Phone,Sales Rep,Project,Source,Registration Date",
        "id first_name last_name email phone owner property source created_at",
    ),
    "Follow Up Boss": (
        "ID,Date Added,First Name,Last Name,Stage,Lead Source,Assigned To,Email 1,Phone 1,Tags,Background",
        "id created_at first_name last_name stage source owner email phone groups notes",
    ),
    "Google": (
        "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Notes",
        "first_name last_name groups email phone notes",
    ),
    "Google, older": ("Name,Given Name,Family Name,Group Membership", "name first_name last_name groups"),
    "Outlook": (
        "First Name,Last Name,E-mail Address,Mobile Phone,Home Phone,Categories",
        "first_name last_name email phone groups",
    ),
    "a dealer's system": (
        "CUST_NO,FIRST_NM,LAST_NM,CELL_PH,HOME_PH,EMAIL_ADDR,SLSMN",
        "id first_name last_name phone email owner",
    ),
    "German": (
        "Kundennummer;Vorname;Nachname;E-Mail-Adresse;Telefon;Mobil;Verkäufer;Quelle;Gruppen;Notizen",
        "id first_name last_name email phone owner source groups notes",
    ),
    "German, Name next to Vorname": ("Name;Vorname;E-Mail;Handy", "first_name last_name email phone"),
    "German, Name alone": ("Name;Telefonnummer", "name phone"),
    "French": ("Prénom;Nom;Courriel;Téléphone portable;Remarques", "first_name last_name email phone notes"),
    "French, Nom alone": ("Nom;Téléphone", "name phone"),
    "Spanish": ("Nombre;Apellidos;Correo electrónico;Teléfono;Notas", "first_name last_name email phone notes"),
    "Spanish, Nombre alone": ("Nombre;Correo;Móvil", "name email phone"),
    "our own": (
        "id,name,email,phone,owner,property,source,type,sales_cycle,stage,groups,cycle,alias",
        "id name email phone owner property source type stage groups cycle",
    ),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_the_export_of_a_known_program_needs_no_mapping(program: str) -> None:
    header, fields = EXPORTS[program]
    assert set(guess(tuple(re.split("[,;]", header))).fields) == set(fields.split())


def test_a_name_next_to_a_first_name_of_its_language_is_the_last_name() -> None:
    assert guess(("Name", "Vorname")).fields == {"last_name": (0,), "first_name": (1,)}
    assert guess(("Name", "Vorname", "Nachname")).fields == {"name": (0,), "first_name": (1,), "last_name": (2,)}
    assert guess(("Name", "First name")).fields == {"name": (0,), "first_name": (1,)}


def test_googles_label_of_a_value_is_kept_next_to_it() -> None:
    mapping = guess(("Name", "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Type", "Phone 1 - Value"))
    assert mapping.extra == {"email_label": 1, "phone_label": 3}
    assert mapping.unused == ()


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    header = ("E-MAIL  address", "first_name", "Téléphone", "Telephone")
    assert guess(header).fields == {"email": (0,), "first_name": (1,), "phone": (2, 3)}


def test_recognized_names_are_folded_and_each_belongs_to_one_field() -> None:
    names = [name for words in (*NAMES.values(), *BESIDE.values()) for name in words.split()]
    assert set(NAMES) == set(FIELDS)
    assert names == [fold(name) for name in names]
    assert len(names) == len(set(names))


def test_of_several_columns_for_one_field_the_best_named_comes_first() -> None:
    mapping = guess(("Mobile Phone", "Phone", "Phone 3 - Value", "Phone 2", "Home Phone 2", "Fax", "Shoe size"))
    assert mapping.fields["phone"][0] == 1 and set(mapping.fields["phone"]) == {0, 1, 2, 3, 4}
    assert mapping.unused == ("Fax", "Shoe size")


def test_imports_F4_columns_whose_names_differ_only_in_case_are_several() -> None:
    mapping = guess(("Name", "Email", "email", "Owner", "OWNER"))
    assert (mapping.fields["email"], mapping.unused) == ((1, 2), ("OWNER",))


def test_a_field_with_one_meaning_takes_only_the_best_named_column() -> None:
    mapping = guess(("Lead Owner", "Owner", "Name"))
    assert (mapping.fields["owner"], mapping.unused) == ((1,), ("Lead Owner",))


def test_our_export_uses_the_alias_column_and_not_the_cycle_column() -> None:
    assert guess(("name", "cycle", "alias")).fields["cycle"] == (2,)


@pytest.mark.parametrize(
    "name",
    ["Email Opt Out", "Has Opted Out Of Email", "Do Not Call", "Don't Call", "DoNotPostalMail", "Unsubscribed from all"]
    + ["DNC list", "No calls", "Keine Werbung", "Désabonné", "Opt In Status", "Accepts Email Marketing", "Consent"]
    + ["Email Permission", "OK to call", "May we text you?", "Newsletter", "Subscribed", "GDPR", "Einwilligung"]
    + ["Suppressed", "email_blacklisted", "Marketing contact status", "TCPA consent", "can_contact"]
    + ["Email Status", "Bounced", "OPTIN_TIME", "UNSUB_TIME", "Allow Bulk Email", "Bulk Email", "Werbung erlaubt"]
    + ["Suscrito", "Mailing list", "No consent", "Never contact"],
)
def test_E12_a_column_that_may_contain_an_opt_out_is_recognized(name: str) -> None:
    assert may_say_no(name)
    assert guess(("Name", name)).unused == (name,)


@pytest.mark.parametrize(
    "name",
    ["Notes", "Orthodontist", "Landncoast", "Nomail list", "Option", "Note call", "Optician", "Subscription plan"]
    + ["Marketing source", "Phone", "Company", "Context", "Preferred language"],
)
def test_other_columns_are_not_mistaken_for_opt_outs(name: str) -> None:
    assert not may_say_no(name)


def test_imports_F4_a_pair_overrides_the_guess_and_several_pairs_name_several_columns() -> None:
    header = ("Name", "Given", "Phone", "Mobile", "Desk")
    mapping = map_columns(header, ["first_name = given", "phone=Desk", "phone=Mobile"])
    assert mapping.fields == {"name": (0,), "first_name": (1,), "phone": (4, 3)}
    assert mapping.guessed == {"name"}
    assert map_columns(header, ["phone=Mobile,Desk"]).fields["phone"] == (3, 4)
    assert map_columns(("Name", "Mobile,Desk"), ["phone=Mobile,Desk"]).fields["phone"] == (1,)
    assert map_columns(header, ["phone=Desk", "phone=", "phone=Mobile"]).fields["phone"] == (3,)


def test_a_column_is_found_by_its_exact_name_first() -> None:
    assert [column(("E mail", "Email"), name) for name in ("Email", "E mail", "e-mail")] == [1, 0, 0]


def test_a_pair_without_a_column_drops_the_guess() -> None:
    assert map_columns(("Name", "Stage"), ["stage="]).unused == ("Stage",)


def test_day_B8_other_names_become_own_fields_with_a_plus() -> None:
    mapping = map_columns(("Name", "Shoe size"), ["+shoes=Shoe size"])
    assert mapping.extra == {"shoes": 1}
    assert mapping.used == (("name", "Name"), ("shoes", "Shoe size"))
    assert mapping.unused == ()


def test_a_key_replaces_the_guessed_id() -> None:
    mapping = map_columns(("ID", "Name", "Account No"), key=["account no", "Name"])
    assert (mapping.key, "id" in mapping.fields) == ((2, 1), False)
    assert mapping.unused == ("ID",)


def test_an_unknown_column_is_refused_with_suggestions() -> None:
    with pytest.raises(BadInput, match="unknown column 'E-mial': did you mean E-Mail"):
        map_columns(("Name", "E-Mail"), ["email=E-mial"])
    with pytest.raises(BadInput, match=r"unknown column 'zzz': choose a0, a1.*a7, \.\.\.$"):
        column(tuple(f"a{n}" for n in range(12)), "zzz")
    with pytest.raises(BadInput, match=r"unknown column 'zzz': choose a0, a1.*a7$"):
        column(tuple(f"a{n}" for n in range(8)), "zzz")
    with pytest.raises(BadInput, match="unknown column"):
        column(("#", "Name"), "?")


@pytest.mark.parametrize("pair", ["first_name", "=Given", "+=Given", ""])
def test_an_invalid_pair_is_refused(pair: str) -> None:
    with pytest.raises(UsageError, match="isn't a mapping"):
        map_columns(("Name", "Given"), [pair])


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("naem=Name", "'naem' isn't a field. Did you mean 'name'? For a field of your own, use --map +naem=Name"),
        ("Firstname=Given", "Did you mean 'first_name'? For a field of your own, use --map +firstname=Given"),
        ("First.Name=Given", "Did you mean 'first_name'? For a field of your own, use --map +my_first_name=Given"),
        ("+Name=Name", "'Name' is a field already. Leave out the +"),
        ("budget=Given", "The fields are id, name, first_name, "),
        ("1st=Given", "--map +st=Given"),
        ("+name=Name", "'name' is a field already. Leave out the +"),
        ("+Shoe size=Name", "such as +shoe_size"),
        ("+__proto__=Name", "such as +proto"),
    ],
)
def test_day_B8_an_unknown_field_is_refused_with_suggestions(pair: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        map_columns(("Name", "Given"), [pair])


@pytest.mark.parametrize(
    ("word", "field"),
    [("NAME", "name"), ("First Name", "first_name"), ("do-not-contact", "do_not_contact"), ("Groups", "groups")],
)
def test_M7_a_field_can_be_named_in_any_case_and_with_dashes(word: str, field: str) -> None:
    mapping = map_columns(("Name", "Given"), ["name=Name", f"{word}=Given"])
    assert mapping.fields[field] == ((0, 1) if field == "name" else (1,))
    assert field_of(f"{field}=Given") == field_of(f"{word.replace(' ', '-')} = Given") == field


@given(
    st.one_of(st.sampled_from(FIELDS), st.text()).flatmap(lambda w: st.sampled_from((w, w.upper(), f"+{w}", f"{w}#")))
)
@example("+Name")
@example("Phone #")
def test_M7_the_mapping_that_a_refusal_advises_is_accepted(word: str) -> None:
    try:
        map_columns(("Name", "Given"), ["name=Name", f"{word}=Given"])
    except UsageError as refusal:
        if "isn't a mapping" in str(refusal):
            return
        advised = re.search(r"--map (\+[a-z0-9_]+)=|such as (\+[a-z0-9_]+)$", str(refusal))
        right = (advised[1] or advised[2]) if advised else word.replace("+", "", 1)
        map_columns(("Name", "Given"), ["name=Name", f"{right}=Given"])


def test_a_file_without_a_name_column_is_refused_at_once() -> None:
    message = "no column has a name; use --map name=COLUMN (or email, phone, company): Colour, Shoe size"
    with pytest.raises(BadInput, match=re.escape(message)):
        map_columns(("Colour", "Shoe size"))


def test_the_columns_of_a_refusal_report_are_ignored() -> None:
    mapping = guess(("line", "reason", "Name"))
    assert (mapping.fields, mapping.unused) == ({"name": (2,)}, ())
    assert guess(("Name", "line", "reason")).unused == ("line", "reason")


def test_a_mapping_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.txt"
    path.write_text("\ufeff# ours = theirs\n\n first_name = Given name \nphone=Cell\n", encoding="utf-8")
    assert read_pairs(str(path)) == ("first_name = Given name", "phone=Cell")
    path.write_text("# x\nfirst_name: Given\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"mapping\.txt:2: write it as: field = Column"):
        read_pairs(str(path))
    with pytest.raises(NotFound, match="no such mapping file"):
        read_pairs(str(tmp_path / "nothing"))
    with pytest.raises(BadInput, match="can't read the mapping file"):
        read_pairs(str(tmp_path))
