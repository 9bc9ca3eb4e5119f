"""The context of a command: a Visit until its user is resolved, then a Session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from followup.app import lookup
from followup.core import office_documents
from followup.core.kinds import OFFICE
from followup.core.office import Office, User
from followup.core.reach import Reach, reach
from followup.core.timing import When, local
from followup.errors import NoProject, NotFound, Refused

if TYPE_CHECKING:
    from followup.core.office_documents import Source
    from followup.store.heads import Head
    from followup.store.protocol import Store
    from followup.store.questions.catalog_questions import AppliedCatalog

FEW = 5  # users that a refusal names


class Visit(NamedTuple):
    """A store that a command has opened. `now`: UTC seconds; `word`: who asks, as typed or by login; None: unknown;
    `typed`: command and options, by which an interrupted one is recognized; `remark`: takes a line to print beside the
    results.

    Before the first version is applied there are no users, and a Visit is all there is.
    """

    store: Store
    catalog: AppliedCatalog
    now: int
    word: str | None
    command: str = ""
    dry_run: bool = False
    typed: str = ""
    remark: Callable[[str], None] = lambda _: None

    def administered(self, what: str) -> None:
        """Raises Refused if the user may not do `what`, which concerns all contacts (F17). Before the first version
        there are no users to check."""
        if self.catalog.version:
            administrator_of(self, what)


class Session(NamedTuple):
    """A command's user in the applied office. The office loads items on demand: `complete` reads one cycle, not the
    catalog. `reach`: whose contacts the user sees (F20)."""

    store: Store
    catalog: AppliedCatalog
    office: Office
    user: User
    reach: Reach
    now: int
    command: str
    dry_run: bool
    typed: str
    remark: Callable[[str], None]

    @property
    def users(self) -> Mapping[str, User]:
        return self.office.users

    @property
    def shows_moments(self) -> bool:
        """Whether timed actions appear at their time of day, and not already from the morning (P5)."""
        office = self.catalog.document(OFFICE, "office")
        return office is not None and office.get("show") == "moment"

    def clock(self, user: str | None) -> When:
        """The current time on the user's clock; None: the office's."""
        return local(self.now, self.office.calendar(user).zone)

    @property
    def today(self) -> str:
        """The local date of the current user."""
        return self.clock(self.user.id).day

    def seen_users(self) -> list[str]:
        """The users whose lists this user may see: all, or those of the team and the property (F20)."""
        everything, team, place = self.reach
        return [u.id for u in self.users.values() if everything or u.id in team or (place and u.property == place)]

    def cycle_ids(self, cycle: str | None) -> list[str] | None:
        """Every id that a current cycle has had, because rows keep the old ids (E5); None for None."""
        return self.office.every_id(cycle) if cycle else None

    def head(self, undoes: int | None = None) -> Head:
        from followup.store.heads import Head

        return Head(self.now, self.user.id, self.command, self.office.version, undoes)


def zone_of(catalog: Source) -> str:
    """The office's zone; UTC before an office is applied."""
    office = catalog.document(OFFICE, "office")
    return str(office["zone"]) if office else "UTC"


def session_of(visit: Visit) -> Session:
    """Resolve the user. Raises NotFound for one who isn't declared, Refused for one who is inactive or has another
    login, NoProject if nothing is applied yet."""
    store, catalog, now, _, command, dry_run, typed, remark = visit
    users = office_documents.users_of(catalog)
    user = _user(visit, users)
    if catalog.version == 0:
        raise NoProject("no catalog is applied yet: run `followup apply`")
    office = office_documents.office(catalog.version, catalog, users)
    return Session(store, catalog, office, user, reach(user, users), now, command, dry_run, typed, remark)


def administrator_of(visit: Visit, what: str) -> User:
    """The user, who may do `what`, which is about everybody (F17).

    Raises what session_of does, and Refused where they may not. Both name the users who may: an administrator who has
    put new users into the files is not one of those applied yet, and would not know whose turn it is.
    """
    from followup.core.permission import must

    try:
        user = session_of(visit).user
        must(user, "apply-catalog", what)
    except (NotFound, Refused) as refusal:
        raise type(refusal)(f"{refusal}. {_who_may(visit.catalog)}") from None
    return user


def _who_may(catalog: AppliedCatalog) -> str:
    users = office_documents.users_of(catalog).values()
    able = [f"{user.name} ({user.id})" for user in users if user.active and user.administers()]
    more = f" and {len(able) - FEW} more" if len(able) > FEW else ""
    return f"Users who may: {', '.join(able[:FEW])}{more}"


def _user(visit: Visit, users: Mapping[str, User]) -> User:
    if visit.word is None:
        raise NotFound("unknown user: use --user ID, set FOLLOWUP_USER, or ask an administrator to add your login")
    user = lookup.active(users[lookup.one(visit, "user", visit.word)])
    if not visit.store.believes(user.login):
        raise Refused(f"your login is {visit.store.account}, not {user.name}'s ({user.id}): leave out --user")
    return user
