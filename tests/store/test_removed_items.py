"""H3: an item of the catalog that rows have isn't removed without a word, whatever its kind, in every store."""

from __future__ import annotations

from contextlib import closing

from followup.app.deciding import for_actions, for_contacts
from followup.app.removals import USES, departures, leftovers
from followup.catalog.documents import SECTIONS
from followup.core import wishes as w
from followup.core.migration.summary import ItemChange
from followup.store.opening import open_store
from followup.store.protocol import Store
from tests.sessions import session_in
from tests.store.conftest import StoredOffice

NOON = 1_777_910_400  # 2026-05-04 16:00 UTC, which is 09:00 at the office
#: kinds without ids in rows, and those whose contacts in progress a migration deals with
NO_ROWS = {"office", "role", "template", "test", "moved", "migrate", "include"}
MIGRATED = {"cycle", "plan"}
REFUSED = {"user", "property"}


def removed(kind: str, id: str = "word") -> list[ItemChange]:
    return [ItemChange(kind, id, {"active": True}, None)]


def give_every_word(store: Store) -> None:
    """Two contacts and two actions get `word` in each field that can name an item of the catalog."""
    session = session_in(store, NOON, "sue", "test")
    fields = {"property": "word", "source": "word", "type": "word", "sales_cycle": "word", "follow_up": "word"}
    done = w.Log("word", "Came by", outcome="word")
    call = w.Schedule("word", "2026-05-06", "Call", category="word", action_name="word")
    for contact in ("li-wei", "jane-smith"):
        wishes: list[w.Wish] = [w.Set({**fields, "groups": "other word"}), done, call]
        for wish in wishes:
            assert for_contacts(session, [(contact, wish)]).done.total == 1
    rows = store.actions.of_contact("li-wei", session.reach)
    (open_one,) = (row.id for row in rows if row.status == "scheduled" and row.type == "word")
    assert for_actions(session, [([open_one], [w.NoShow(open_one, "word")])]).done.total == 1


def test_H3_every_kind_says_what_its_removal_does() -> None:
    assert USES.keys() | NO_ROWS | MIGRATED == {*SECTIONS.values()}
    assert {kind for kind, use in USES.items() if use.way_out} == REFUSED


def test_H3_each_kind_is_counted_in_every_store(any_office: StoredOffice) -> None:
    with closing(open_store(any_office.url)) as store:
        for kind in USES.keys() - REFUSED:
            assert not [*leftovers(store, removed(kind), {})], kind
        assert not [*departures(store, removed("property"))]
        give_every_word(store)
        counts = {}
        for kind in USES.keys() - REFUSED:
            (counts[kind],) = leftovers(store, removed(kind), {})
            assert not [*departures(store, removed(kind))]
            assert not [*leftovers(store, removed(kind, "wor"), {})], "not part of a word"
        (refused,) = departures(store, removed("property"))
    assert refused.startswith("property 'word' still has 2 contacts and 1 open action: keep its id ")
    assert counts.pop("no_show_reason").startswith("no show reason 'word' is removed, but 1 action still has it: ")
    for kind, line in counts.items():
        rows, number = ("actions", 4) if kind == "action_type" else ("actions", 2)
        if kind in {"source", "contact_type", "sales_cycle", "group", "alias"}:
            rows, number = "contacts", 2
        name = kind.replace("_", " ")
        assert line.startswith(f"{name} 'word' is removed, but {number} {rows} still have it: "), line


def test_H3_contacts_are_listed_by_their_property(any_office: StoredOffice) -> None:
    listed = any_office.run("contacts", "list", "--property", "beachside", "--format", "jsonl", user="sue").stdout
    everybody = any_office.run("contacts", "list", "--format", "jsonl", user="sue").stdout
    wanted = [line for line in everybody.splitlines() if '"property": "beachside"' in line]
    assert wanted and listed.splitlines() == wanted
