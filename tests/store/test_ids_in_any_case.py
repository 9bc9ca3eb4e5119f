"""D20, E10: ids are case-insensitive in every store, including one that is older than this rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from followup.app import named_contacts
from followup.app.checking import Doctor
from followup.app.deciding import for_contacts
from followup.app.new_contact import add_contact
from followup.app.session import Session
from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Stamp
from followup.core.model import Dossier
from followup.core.reach import EVERYTHING, Reach
from followup.errors import Conflict
from followup.store.opening import open_store
from followup.store.protocol import Store
from tests.sessions import session_in
from tests.store.conftest import StoredOffice

NOON = 1_777_910_400


@pytest.fixture
def store(any_office: StoredOffice) -> Iterator[Store]:
    with closing(open_store(any_office.url)) as opened:
        yield opened


def session(store: Store, user: str = "sue") -> Session:
    return session_in(store, NOON, user, "test")


def add_wish(id: str, name: str, owner: str = "tom") -> tuple[str, w.Wish]:
    return id, w.Add({"name": name, "owner": owner}, None, True)


def bring_wish(id: str, name: str, phone: str) -> tuple[str, w.Wish]:
    return id, w.Bring({"name": name, "phone": phone, "owner": "tom"}, None, True)


def names(store: Store, *ids: str, reach: Reach = EVERYTHING) -> list[tuple[str, str] | None]:
    dossiers = store.dossiers(ids, reach)
    return [contact and (contact.id, contact.name) for contact in (dossiers[id].contact for id in ids)]


def test_D20_an_id_is_the_same_in_any_case(store: Store) -> None:
    assert not for_contacts(session(store), [add_wish("JN3", "Jan")]).refused
    ((_, refusal),) = for_contacts(session(store), [add_wish("jn3", "Jon")]).refused
    assert isinstance(refusal, Conflict)
    assert names(store, "JN3", "jn3", "Jn3", "jn4") == [("JN3", "Jan")] * 3 + [None]
    for_contacts(session(store), [bring_wish("jn3", "Jan", "1"), ("Jn3", w.Set({"phone": "2"}))])
    dossier = store.dossiers(["jn3"], EVERYTHING)["jn3"]
    assert (dossier.subject, dossier.known.id, dossier.known.phone) == ("contact:JN3", "JN3", "2")
    assert named_contacts.contact_id(session(store), "jN3") == "JN3"
    assert named_contacts.contact_ids(session(store), ["jN3", "jn3"]) == (["JN3", "JN3"], [])
    assert list(Doctor(store).damage()) == list(Doctor(store).warnings()) == []


def test_D20_two_spellings_in_one_batch_are_one_new_contact(store: Store) -> None:
    outcome = for_contacts(
        session(store), [bring_wish("AB1", "Abe", "1"), bring_wish("ab1", "Abe", "2"), add_wish("Ab1", "Abe")]
    )
    assert outcome.counted == {"new": 1, "changed": 1, "same": 0} and len(outcome.refused) == 1
    assert names(store, "ab1", "AB1") == [("AB1", "Abe")] * 2
    assert store.dossiers(["ab1"], EVERYTHING)["ab1"].known.phone == "2"


def add_both_spellings(store: Store) -> None:
    """As a case-sensitive version left them: one contact is tom's, one anne's."""
    current = session(store)
    for id, name, owner in (("XY9", "Xaver", "tom"), ("xy9", "Yvonne", "anne")):
        with store.change(current.head()) as change:
            absent = Dossier(f"contact:{id}")
            change.save(
                [
                    (
                        absent,
                        decide(
                            absent,
                            add_wish(id, name, owner)[1],
                            current.office,
                            Stamp(change.id, NOON, current.user),
                            change.ids,
                        ),
                    )
                ]
            )


def test_D20_in_an_older_store_each_of_two_spellings_finds_its_own_contact(store: Store) -> None:
    add_both_spellings(store)
    assert names(store, "XY9", "xy9", "Xy9") == [("XY9", "Xaver"), ("xy9", "Yvonne"), ("XY9", "Xaver")]
    assert list(Doctor(store).damage()) == []
    (warning,) = Doctor(store).warnings()
    assert warning.startswith("warning: the contacts XY9, xy9 have ids that differ in case only")
    for id in ("XY9", "xy9", "Xy9"):
        assert for_contacts(session(store), [add_wish(id, "Third")]).refused
    for_contacts(session(store), [("xy9", w.Set({"phone": "1"})), ("XY9", w.Set({"phone": "2"}))])
    assert [store.dossiers([id], EVERYTHING)[id].known.phone for id in ("XY9", "xy9")] == ["2", "1"]


def test_F20_of_two_ids_that_differ_in_case_a_user_gets_their_own_contact(store: Store) -> None:
    add_both_spellings(store)
    for user, own in (("tom", ("XY9", "Xaver")), ("anne", ("xy9", "Yvonne"))):
        assert names(store, "XY9", "xy9", reach=session(store, user).reach) == [own, own]


def test_F20_a_hidden_contact_reveals_only_the_spelling_that_was_typed(store: Store) -> None:
    for_contacts(session(store), [add_wish("Secret", "Sec Ret", "anne")])
    reach = session(store, "tom").reach
    assert store.dossiers(["sEcReT"], reach) == {"sEcReT": Dossier("contact:sEcReT", hidden=True)}
    assert store.tasks("anne", reach) == Dossier("user:anne", hidden=True)


class StoreWithRival:
    """A store in which another change is faster, just before the first change begins."""

    def __init__(self, store: Store, first: Callable[[], object]) -> None:
        self.store, self.first = store, [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def change(self, *head: Any, **how: Any) -> Any:
        while self.first:
            self.first.pop()()
        return self.store.change(*head, **how)


def test_P9_adding_the_same_name_at_once_gives_the_next_id(store: Store) -> None:
    first_store = StoreWithRival(store, lambda: for_contacts(session(store), [add_wish("Rae-Lee", "Rae Lee")]))
    new = add_contact(session(store)._replace(store=first_store), {"name": "Rae Lee", "owner": "tom"}, None, True)
    assert (new.id, list(new.outcome.done), new.outcome.refused) == ("rae-lee-2", ["rae-lee-2"], [])
    second_store = StoreWithRival(store, lambda: for_contacts(session(store), [add_wish("rae", "Rae")]))
    new = add_contact(session(store)._replace(store=second_store), {"name": "Rae", "owner": "tom"}, None, True, "rae")
    ((_, refusal),) = new.outcome.refused
    assert isinstance(refusal, Conflict), "an id that was chosen is not replaced"
