"""F20: who sees what is said in five places, each with a comment that names this file. Of any office they say the same.

The places are core/reach, the statements of the lists for contacts and actions, that for the history, and on
PostgreSQL the policies of the tables and the functions that they ask, each as a real login.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.app import action_lists, contact_lists, history_lists
from followup.app.applying import apply
from followup.app.deciding import for_actions, for_contacts, for_user
from followup.app.session import Session
from followup.app.versions import Version
from followup.core import wishes as w
from followup.core.list_filters import ActionFilter, ContactFilter
from followup.core.list_rows import ActionRow
from followup.core.reach import EVERYTHING, sees
from followup.store.opening import open_store
from followup.store.protocol import Store
from tests.app.small_catalog import Raw, loaded
from tests.app.test_any_edition import in_sqlite
from tests.properties import examples
from tests.servers import as_login, new_schema, schema_of, server_url
from tests.sessions import session_in, visit_of
from tests.store.conftest import dropped

MORNING = 1777910400
USERS = ("ann", "ben", "cem", "dot")
PLACES = (None, None, "north", "south")
#: role -> whether its users see all of their property, or of the office where they have none
ROLES = {"rep": False, "clerk": True, "printer": True, "administrator": True}


class Somebody(NamedTuple):
    role: str
    manager: str | None
    property: str | None


Staff = Mapping[str, Somebody]


class Known(NamedTuple):
    """A contact. `holders`: who has an open action of theirs; `past`: who had one that is closed."""

    owner: str | None
    property: str | None
    holders: list[str]
    past: list[str]


@st.composite
def staff(draw: st.DrawFn) -> dict[str, Somebody]:
    """Each may be below anyone who comes before."""
    role, place = st.sampled_from(["rep", "rep", *ROLES]), st.sampled_from(PLACES)
    above = [st.sampled_from([None, *USERS[:number]]) for number in range(len(USERS))]
    return {id: Somebody(draw(role), draw(above[number]), draw(place)) for number, id in enumerate(USERS)}


WHO = st.sampled_from(USERS)
SOME = st.lists(WHO, max_size=2, unique=True)
CONTACTS = st.lists(
    st.builds(Known, st.one_of(st.none(), WHO), st.sampled_from(PLACES), SOME, SOME), min_size=1, max_size=5
)
#: users who have tasks of their own, without a contact
TASKS = st.lists(WHO, max_size=3, unique=True)


def catalog(staff: Staff, login: str) -> Raw:
    users = {
        id: {"name": id.title(), "login": f"{id}_{login}", **{k: v for k, v in who._asdict().items() if v}}
        for id, who in staff.items()
    }
    return {
        "office": {"name": "Office", "zone": "America/Vancouver"},
        "properties": {"north": {"name": "North"}, "south": {"name": "South"}},
        "roles": {
            "rep": {"name": "Rep", "permissions": []},
            "clerk": {"name": "Clerk", "permissions": ["see-all"]},
            "printer": {"name": "Printer", "permissions": ["generate-fulfillment"]},
        },
        "users": {"sue": {"name": "Sue", "role": "administrator"}, **users},
    }


def live(store: Store, staff: Staff, contacts: list[Known], tasks: list[str], login: str = "x") -> None:
    found = loaded(catalog(staff, login))
    assert not found.errors, found.errors
    apply(visit_of(store, MORNING, "sue", "apply"), Version(found.documents, found.digest, None), "sue")
    here = session_in(store, MORNING, "sue", "test")
    for number, known in enumerate(contacts):
        id, fields = f"c{number}", {"name": f"C {number}", "owner": known.owner, "property": known.property}
        wishes = [w.Schedule("call", "2026-05-05", "Ring", who) for who in (*known.holders, *known.past)]
        outcome = for_contacts(here, [(id, w.Add(fields, None, True)), *((id, wish) for wish in wishes)])
        assert not outcome.refused
        made = [row.id for row in action_lists.search(here, ActionFilter(contact=id))]
        for action in made[len(known.holders) :]:
            for_actions(here, [([action], [w.Complete(action)])])
    for user in tasks:
        for_user(here, user, w.Schedule("task", "2026-05-05", "Tidy up", user))


class Seen(NamedTuple):
    contacts: set[str]
    actions: set[int]
    subjects: set[str]


def ruled(
    user: str, staff: Staff, contacts: Sequence[Known], actions: Sequence[ActionRow], by_a_server: bool = False
) -> Seen:
    """F20 once more, in other words: one's own and theirs who are below one; with a wide permission also what is of
    one's property, or of none, or whatever there is for who has no property.

    A task without a contact is of no property: the core and the lists show it to whoever sees a property, a server
    keeps it to those who see everything.
    """
    me, team = staff[user], {user}
    while more := {id for id, who in staff.items() if who.manager in team} - team:
        team |= more
    wide = ROLES[me.role]

    def shows(known: Known) -> bool:
        of_the_property = me.property is None or known.property in (None, me.property)
        return (wide and of_the_property) or not team.isdisjoint({known.owner, *known.holders})

    mine = {f"c{number}" for number, known in enumerate(contacts) if shows(known)}
    others_tasks = wide and not (by_a_server and me.property)
    rows = [x for x in actions if x.owner in team or (x.contact in mine if x.contact else others_tasks)]
    tasks = {f"user:{x.owner}" for x in rows if x.contact is None}
    return Seen(mine, {x.id for x in rows}, {"office", *tasks, *(f"contact:{id}" for id in mine)})


def of_the_core(here: Session, contacts: Sequence[Known]) -> tuple[set[str], set[str]]:
    """The contacts, and the subjects but for the office."""
    dossiers = here.store.dossiers([f"c{number}" for number in range(len(contacts))], EVERYTHING)
    mine = {id for id, dossier in dossiers.items() if sees(here.reach, dossier)}
    tasks = [here.store.tasks(user, EVERYTHING) for user in USERS]
    theirs = {dossier.subject for dossier in tasks if dossier.actions and sees(here.reach, dossier)}
    return mine, theirs | {f"contact:{id}" for id in mine}


def of_the_lists(here: Session) -> Seen:
    contacts = {row.id for row in contact_lists.contacts(here, ContactFilter(closed=True))}
    return Seen(
        contacts,
        {row.id for row in action_lists.search(here)},
        {item["subject"] for item in history_lists.history(here)},
    )


def of_a_login(url: str, contacts: Sequence[Known]) -> tuple[Seen, set[str]]:
    """What the server shows of its tables, and which contacts its function says that the login sees."""
    with psycopg.connect(re.sub("[?&]schema=.*", "", url)) as connection:
        connection.execute(f"SET search_path = {schema_of(url)}")

        def all_of(sql: str, *values: Any) -> set[Any]:
            return {row[0] for row in connection.execute(sql, values)}

        rows = "SELECT id FROM contact", "SELECT id FROM action", "SELECT subject FROM history"
        ids = [f"c{number}" for number in range(len(contacts))]
        by_function = all_of("SELECT id FROM unnest(%s::text[]) AS id WHERE sees_contact(id)", ids)
        return Seen(*map(all_of, rows)), by_function


@given(staff(), CONTACTS, TASKS)
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_F20_the_core_and_the_lists_of_sqlite_say_the_same(
    staff: Staff, contacts: list[Known], tasks: list[str]
) -> None:
    with in_sqlite() as store:
        live(store, staff, contacts, tasks)
        assert_the_core_and_the_lists(store, staff, contacts)


def assert_the_core_and_the_lists(store: Store, staff: Staff, contacts: list[Known]) -> None:
    actions = action_lists.search(session_in(store, MORNING, "sue"))
    for user in USERS:
        rule, here = ruled(user, staff, contacts, actions), session_in(store, MORNING, user)
        assert of_the_core(here, contacts) == (rule.contacts, rule.subjects - {"office"})
        assert of_the_lists(here) == rule
        look_ups_find_what_the_lists_show(here, rule, len(contacts), actions)


def look_ups_find_what_the_lists_show(here: Session, rule: Seen, count: int, actions: Sequence[ActionRow]) -> None:
    """By id, by name, by part of a name, one action by its number, and whose lists one may look at."""
    store, reach, ids = here.store, here.reach, [f"c{number}" for number in range(count)]
    assert {id for id, dossier in store.dossiers(ids, reach).items() if dossier.contact} == rule.contacts
    named = store.contacts.named_any([f"c {number}" for number in range(count)], reach)
    assert {id for id, _ in named} == {id for id in ids if store.contacts.named(f"c {id[1:]}", reach)} == rule.contacts
    assert {word for word in store.contacts.like("c", reach) if word in ids} <= rule.contacts
    shown = {x.id for x in actions if x.id in rule.actions and (x.contact is None or x.contact in rule.contacts)}
    assert {x.id for x in actions if store.actions.action(x.id, reach)} == shown
    assert {x.id for x in actions if store.dossier_of([x.id], reach)} == shown
    assert {row.contact for row in action_lists.search(here)} - {None} <= rule.contacts
    owners = {None, *here.seen_users()}
    due = {row.id for owner in owners for row in action_lists.due(here, owner, "2999-12-31")}
    assert due == {x.id for x in actions if x.id in shown and x.owner in owners and x.status == "scheduled"}


@pytest.fixture(scope="module")
def logins() -> Iterator[str]:
    """What those of the users end in."""
    ending = f"sees{os.getpid()}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        for user in USERS:
            connection.execute(f"CREATE ROLE {user}_{ending} LOGIN")
        yield ending
        for user in USERS:
            connection.execute(f"DROP ROLE {user}_{ending}")


@pytest.mark.slow(12)
@given(staff(), CONTACTS, TASKS)
@settings(max_examples=examples(20), suppress_health_check=list(HealthCheck))
def test_F20_a_server_shows_each_login_what_its_lists_and_the_core_say(
    logins: str, staff: Staff, contacts: list[Known], tasks: list[str]
) -> None:
    url = new_schema()
    with closing(open_store(url, create=True)) as store:
        live(store, staff, contacts, tasks, logins)
        with psycopg.connect(server_url(), autocommit=True) as connection:
            connection.execute(f"GRANT {schema_of(url)}_rep TO {', '.join(f'{user}_{logins}' for user in USERS)}")
        assert_the_core_and_the_lists(store, staff, contacts)
        actions = action_lists.search(session_in(store, MORNING, "sue"))
        for user in USERS:
            rule = ruled(user, staff, contacts, actions, by_a_server=True)
            assert of_a_login(as_login(url, f"{user}_{logins}"), contacts) == (rule, rule.contacts)
    dropped(url)
