"""F20: who sees what is defined in five places, each with a comment that names this file. They agree for any office.

The places are core/reach, the statements of the lists for contacts and actions, the one for the history, and on
PostgreSQL the policies of the tables and the functions that they call, each tested with a real login.
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
#: role -> whether its users see all of their property, or all of the office if they have none
ROLES = {"rep": False, "clerk": True, "printer": True, "administrator": True}


class Member(NamedTuple):
    role: str
    manager: str | None
    property: str | None


Staff = Mapping[str, Member]


class SampleContact(NamedTuple):
    """A contact. `holders`: users with an open action on it; `past`: users with a closed one."""

    owner: str | None
    property: str | None
    holders: list[str]
    past: list[str]


@st.composite
def staff(draw: st.DrawFn) -> dict[str, Member]:
    """Each user may report to any earlier one."""
    role, place = st.sampled_from(["rep", "rep", *ROLES]), st.sampled_from(PLACES)
    above = [st.sampled_from([None, *USERS[:number]]) for number in range(len(USERS))]
    return {id: Member(draw(role), draw(above[number]), draw(place)) for number, id in enumerate(USERS)}


WHO = st.sampled_from(USERS)
SOME = st.lists(WHO, max_size=2, unique=True)
CONTACTS = st.lists(
    st.builds(SampleContact, st.one_of(st.none(), WHO), st.sampled_from(PLACES), SOME, SOME), min_size=1, max_size=5
)
#: users who have tasks without a contact
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


def populate(store: Store, staff: Staff, contacts: list[SampleContact], tasks: list[str], login: str = "x") -> None:
    result = loaded(catalog(staff, login))
    assert not result.errors, result.errors
    apply(visit_of(store, MORNING, "sue", "apply"), Version(result.documents, result.digest, None), "sue")
    session = session_in(store, MORNING, "sue", "test")
    for number, contact in enumerate(contacts):
        id, fields = f"c{number}", {"name": f"C {number}", "owner": contact.owner, "property": contact.property}
        wishes = [w.Schedule("call", "2026-05-05", "Ring", who) for who in (*contact.holders, *contact.past)]
        outcome = for_contacts(session, [(id, w.Add(fields, None, True)), *((id, wish) for wish in wishes)])
        assert not outcome.refused
        actions = [row.id for row in action_lists.search(session, ActionFilter(contact=id))]
        for action in actions[len(contact.holders) :]:
            for_actions(session, [([action], [w.Complete(action)])])
    for user in tasks:
        for_user(session, user, w.Schedule("task", "2026-05-05", "Tidy up", user))


class View(NamedTuple):
    contacts: set[str]
    actions: set[int]
    subjects: set[str]


def expected_view(
    user: str, staff: Staff, contacts: Sequence[SampleContact], actions: Sequence[ActionRow], by_a_server: bool = False
) -> View:
    """F20 again, written differently: a user's own rows and those of their reports; with a wide permission also the
    rows of their property or of none, or all rows if the user has no property.

    A task without a contact has no property: the core and the lists show it to users who see a property, a server
    only to users who see everything.
    """
    me, team = staff[user], {user}
    while more := {id for id, who in staff.items() if who.manager in team} - team:
        team |= more
    wide = ROLES[me.role]

    def is_visible(contact: SampleContact) -> bool:
        of_the_property = me.property is None or contact.property in (None, me.property)
        return (wide and of_the_property) or not team.isdisjoint({contact.owner, *contact.holders})

    ids = {f"c{number}" for number, contact in enumerate(contacts) if is_visible(contact)}
    sees_all_tasks = wide and not (by_a_server and me.property)
    rows = [x for x in actions if x.owner in team or (x.contact in ids if x.contact else sees_all_tasks)]
    tasks = {f"user:{x.owner}" for x in rows if x.contact is None}
    return View(ids, {x.id for x in rows}, {"office", *tasks, *(f"contact:{id}" for id in ids)})


def core_view(session: Session, contacts: Sequence[SampleContact]) -> tuple[set[str], set[str]]:
    """The contacts, and the subjects except the office."""
    dossiers = session.store.dossiers([f"c{number}" for number in range(len(contacts))], EVERYTHING)
    ids = {id for id, dossier in dossiers.items() if sees(session.reach, dossier)}
    tasks = [session.store.tasks(user, EVERYTHING) for user in USERS]
    subjects = {dossier.subject for dossier in tasks if dossier.actions and sees(session.reach, dossier)}
    return ids, subjects | {f"contact:{id}" for id in ids}


def lists_view(session: Session) -> View:
    contacts = {row.id for row in contact_lists.contacts(session, ContactFilter(closed=True))}
    return View(
        contacts,
        {row.id for row in action_lists.search(session)},
        {item["subject"] for item in history_lists.history(session)},
    )


def login_view(url: str, contacts: Sequence[SampleContact]) -> tuple[View, set[str]]:
    """What the server shows of its tables, and which contacts its function says the login can see."""
    with psycopg.connect(re.sub("[?&]schema=.*", "", url)) as connection:
        connection.execute(f"SET search_path = {schema_of(url)}")

        def column(sql: str, *values: Any) -> set[Any]:
            return {row[0] for row in connection.execute(sql, values)}

        rows = "SELECT id FROM contact", "SELECT id FROM action", "SELECT subject FROM history"
        ids = [f"c{number}" for number in range(len(contacts))]
        by_function = column("SELECT id FROM unnest(%s::text[]) AS id WHERE sees_contact(id)", ids)
        return View(*map(column, rows)), by_function


@given(staff(), CONTACTS, TASKS)
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_F20_the_core_and_the_sqlite_lists_agree(staff: Staff, contacts: list[SampleContact], tasks: list[str]) -> None:
    with in_sqlite() as store:
        populate(store, staff, contacts, tasks)
        assert_core_and_lists_agree(store, staff, contacts)


def assert_core_and_lists_agree(store: Store, staff: Staff, contacts: list[SampleContact]) -> None:
    actions = action_lists.search(session_in(store, MORNING, "sue"))
    for user in USERS:
        rule, session = expected_view(user, staff, contacts, actions), session_in(store, MORNING, user)
        assert core_view(session, contacts) == (rule.contacts, rule.subjects - {"office"})
        assert lists_view(session) == rule
        assert_look_ups_match_lists(session, rule, len(contacts), actions)


def assert_look_ups_match_lists(session: Session, rule: View, count: int, actions: Sequence[ActionRow]) -> None:
    """By id, by name, by part of a name, one action by its number, and the due lists of the users one can see."""
    store, reach, ids = session.store, session.reach, [f"c{number}" for number in range(count)]
    assert {id for id, dossier in store.dossiers(ids, reach).items() if dossier.contact} == rule.contacts
    matches = store.contacts.named_any([f"c {number}" for number in range(count)], reach)
    assert (
        {id for id, _ in matches} == {id for id in ids if store.contacts.named(f"c {id[1:]}", reach)} == rule.contacts
    )
    assert {word for word in store.contacts.like("c", reach) if word in ids} <= rule.contacts
    visible = {x.id for x in actions if x.id in rule.actions and (x.contact is None or x.contact in rule.contacts)}
    assert {x.id for x in actions if store.actions.action(x.id, reach)} == visible
    assert {x.id for x in actions if store.dossier_of([x.id], reach)} == visible
    assert {row.contact for row in action_lists.search(session)} - {None} <= rule.contacts
    owners = {None, *session.seen_users()}
    due = {row.id for owner in owners for row in action_lists.due(session, owner, "2999-12-31")}
    assert due == {x.id for x in actions if x.id in visible and x.owner in owners and x.status == "scheduled"}


@pytest.fixture(scope="module")
def logins() -> Iterator[str]:
    """The suffix of the users' logins."""
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
def test_F20_a_server_shows_each_login_what_the_lists_and_the_core_show(
    logins: str, staff: Staff, contacts: list[SampleContact], tasks: list[str]
) -> None:
    url = new_schema()
    with closing(open_store(url, create=True)) as store:
        populate(store, staff, contacts, tasks, logins)
        with psycopg.connect(server_url(), autocommit=True) as connection:
            connection.execute(f"GRANT {schema_of(url)}_rep TO {', '.join(f'{user}_{logins}' for user in USERS)}")
        assert_core_and_lists_agree(store, staff, contacts)
        actions = action_lists.search(session_in(store, MORNING, "sue"))
        for user in USERS:
            rule = expected_view(user, staff, contacts, actions, by_a_server=True)
            assert login_view(as_login(url, f"{user}_{logins}"), contacts) == (rule, rule.contacts)
    dropped(url)
