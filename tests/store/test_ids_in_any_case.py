"""D20, E10: ids are one regardless of case, in every store, and in one that is older than this rule."""

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
from tests.store.conftest import Kept

NOON = 1_777_910_400


@pytest.fixture
def store(anywhere: Kept) -> Iterator[Store]:
    with closing(open_store(anywhere.url)) as opened:
        yield opened


def session(store: Store, user: str = "sue") -> Session:
    return session_in(store, NOON, user, "test")


def added(id: str, name: str, owner: str = "tom") -> tuple[str, w.Wish]:
    return id, w.Add({"name": name, "owner": owner}, None, True)


def brought(id: str, name: str, phone: str) -> tuple[str, w.Wish]:
    return id, w.Bring({"name": name, "phone": phone, "owner": "tom"}, None, True)


def names(store: Store, *ids: str, reach: Reach = EVERYTHING) -> list[tuple[str, str] | None]:
    dossiers = store.dossiers(ids, reach)
    return [contact and (contact.id, contact.name) for contact in (dossiers[id].contact for id in ids)]


def test_D20_an_id_is_one_however_it_is_spelled(store: Store) -> None:
    assert not for_contacts(session(store), [added("JN3", "Jan")]).refused
    ((_, refusal),) = for_contacts(session(store), [added("jn3", "Jon")]).refused
    assert isinstance(refusal, Conflict)
    assert names(store, "JN3", "jn3", "Jn3", "jn4") == [("JN3", "Jan")] * 3 + [None]
    for_contacts(session(store), [brought("jn3", "Jan", "1"), ("Jn3", w.Set({"phone": "2"}))])
    dossier = store.dossiers(["jn3"], EVERYTHING)["jn3"]
    assert (dossier.subject, dossier.known.id, dossier.known.phone) == ("contact:JN3", "JN3", "2")
    assert named_contacts.contact_id(session(store), "jN3") == "JN3"
    assert named_contacts.contact_ids(session(store), ["jN3", "jn3"]) == (["JN3", "JN3"], [])
    assert list(Doctor(store).damage()) == list(Doctor(store).warnings()) == []


def test_D20_two_spellings_in_one_batch_are_one_new_contact(store: Store) -> None:
    outcome = for_contacts(
        session(store), [brought("AB1", "Abe", "1"), brought("ab1", "Abe", "2"), added("Ab1", "Abe")]
    )
    assert outcome.counted == {"new": 1, "changed": 1, "same": 0} and len(outcome.refused) == 1
    assert names(store, "ab1", "AB1") == [("AB1", "Abe")] * 2
    assert store.dossiers(["ab1"], EVERYTHING)["ab1"].known.phone == "2"


def both_of_old(store: Store) -> None:
    """As a version that told them apart by case has left them: one tom's, one anne's."""
    here = session(store)
    for id, name, owner in (("XY9", "Xaver", "tom"), ("xy9", "Yvonne", "anne")):
        with store.change(here.head()) as change:
            absent = Dossier(f"contact:{id}")
            change.save(
                [
                    (
                        absent,
                        decide(
                            absent,
                            added(id, name, owner)[1],
                            here.office,
                            Stamp(change.id, NOON, here.user),
                            change.ids,
                        ),
                    )
                ]
            )


def test_D20_an_older_store_may_have_both_and_each_is_found_by_its_own_spelling(store: Store) -> None:
    both_of_old(store)
    assert names(store, "XY9", "xy9", "Xy9") == [("XY9", "Xaver"), ("xy9", "Yvonne"), ("XY9", "Xaver")]
    assert list(Doctor(store).damage()) == []
    (warning,) = Doctor(store).warnings()
    assert warning.startswith("warning: the contacts XY9, xy9 have ids that differ in case only")
    for id in ("XY9", "xy9", "Xy9"):
        assert for_contacts(session(store), [added(id, "Third")]).refused
    for_contacts(session(store), [("xy9", w.Set({"phone": "1"})), ("XY9", w.Set({"phone": "2"}))])
    assert [store.dossiers([id], EVERYTHING)[id].known.phone for id in ("XY9", "xy9")] == ["2", "1"]


def test_F20_of_two_that_differ_in_case_a_user_is_answered_the_one_that_is_theirs(store: Store) -> None:
    both_of_old(store)
    for user, own in (("tom", ("XY9", "Xaver")), ("anne", ("xy9", "Yvonne"))):
        assert names(store, "XY9", "xy9", reach=session(store, user).reach) == [own, own]


def test_F20_whom_one_may_not_see_is_a_spelling_and_nothing_else(store: Store) -> None:
    for_contacts(session(store), [added("Secret", "Sec Ret", "anne")])
    reach = session(store, "tom").reach
    assert store.dossiers(["sEcReT"], reach) == {"sEcReT": Dossier("contact:sEcReT", hidden=True)}
    assert store.tasks("anne", reach) == Dossier("user:anne", hidden=True)


class Overtaken:
    """A store in which somebody is first, just before the first change begins."""

    def __init__(self, store: Store, first: Callable[[], object]) -> None:
        self.store, self.first = store, [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def change(self, *head: Any, **how: Any) -> Any:
        while self.first:
            self.first.pop()()
        return self.store.change(*head, **how)


def test_P9_whoever_adds_the_same_name_at_once_gets_the_next_id(store: Store) -> None:
    overtaken = Overtaken(store, lambda: for_contacts(session(store), [added("Rae-Lee", "Rae Lee")]))
    new = add_contact(session(store)._replace(store=overtaken), {"name": "Rae Lee", "owner": "tom"}, None, True)
    assert (new.id, list(new.outcome.done), new.outcome.refused) == ("rae-lee-2", ["rae-lee-2"], [])
    chosen = Overtaken(store, lambda: for_contacts(session(store), [added("rae", "Rae")]))
    new = add_contact(session(store)._replace(store=chosen), {"name": "Rae", "owner": "tom"}, None, True, "rae")
    ((_, refusal),) = new.outcome.refused
    assert isinstance(refusal, Conflict), "an id that was chosen is not another"
