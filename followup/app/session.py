"""What a command works in: the project, its store, the applied office, who asks, and when.

The office loads its items when they are asked for: `complete` reads one cycle and not the catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from followup.core import office as o
from followup.core import office_documents
from followup.core.permission import Reach, must, reach
from followup.core.timing import When, local
from followup.core.words import meant, nearest
from followup.errors import NoProject, NotFound, Refused
from followup.store.asking import parsed
from followup.store.protocol import Head, Store

FEW = 12  # items that an error message can list


class Session:
    """One command's world. `now`: UTC seconds; `user`: an id that the applied catalog declares; `typed`: command and
    options, by which an interrupted one is known again."""

    def __init__(
        self, store: Store, now: int, user: str | None, command: str = "", dry_run: bool = False, typed: str = ""
    ) -> None:
        self.store, self.now, self.user_id, self.command, self.dry_run = store, now, user, command, dry_run
        self.typed = typed
        self.quiet = False  # say nothing when all is well

    def document(self, kind: str, id: str) -> Mapping[str, Any] | None:
        row = next(self.store.ask("catalog.item", kind=kind, id=id), None)
        return parsed(row[0]) if row else None

    def documents(self, kind: str) -> dict[str, Mapping[str, Any]]:
        return {id: parsed(text) for id, text in self.store.ask("catalog.items", kind=kind)}

    @cached_property
    def office(self) -> o.Office:
        version = next(self.store.ask("catalog.version"))[0]
        if version == 0:
            raise NoProject("nothing is applied yet: `followup apply`")
        return office_documents.office(version, self, self.users)

    @cached_property
    def users(self) -> dict[str, o.User]:
        return office_documents.made_users(self)

    @cached_property
    def user(self) -> o.User:
        """Who asks; raises NotFound for a user whom nobody declared, Refused for one who works here no more, or who is
        not the user of this login."""
        if self.user_id is None:
            raise NotFound("who are you? --user ID or FOLLOWUP_USER, or `login:` in the catalog's users")
        user = self.worker(self.user_id)
        if not self.store.believes(user.login):
            raise Refused(f"your login is {self.store.account}, and not {user.name}'s ({user.id}): leave out --user")
        return user

    def administered(self, what: str) -> None:
        """Raises Refused where the user may not do `what`, since it is about everybody (F17). Before the first version
        there is nobody."""
        if next(self.store.ask("catalog.version"))[0]:
            must(self.user, "apply-catalog", what)

    def worker(self, word: str) -> o.User:
        """The user that `word` means, who works here and can be given work."""
        user = self.users[self.one("user", word)]
        if not user.active:
            raise Refused(f"{user.name} ({user.id}) works here no more: choose another user")
        return user

    @cached_property
    def shows_moments(self) -> bool:
        """Whether what is timed appears at its moment, and not from the morning of its day on (P5)."""
        return (self.document("office", "office") or {}).get("show") == "moment"

    def clock(self, user: str | None) -> When:
        """This moment as the user's clock shows it; the office's, for nobody."""
        return local(self.now, self.office.calendar(user).zone)

    @property
    def today(self) -> str:
        """The local date of the user who asks."""
        return self.clock(self.user.id).day

    @cached_property
    def reach(self) -> Reach:
        """Whose contacts the user sees (F20)."""
        return reach(self.user, self.users)

    def seen_users(self) -> list[str]:
        """Whose lists the user may look at: everyone's, or the team's and the property's (F20)."""
        everything, team, place = self.reach
        return [u.id for u in self.users.values() if everything or u.id in team or (place and u.property == place)]

    def one(self, kind: str, word: str) -> str:
        """The id of the one item that `word` means, by id or name; raises NotFound with the nearest ones.

        Of several of one name the active one is meant (F15).
        """
        documents = self.documents(kind)
        names = {id: str(text.get("name") or id) for id, text in documents.items()}
        found = meant(word, names)
        if len(found) > 1:
            found = [id for id in found if documents[id].get("active", True)] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"'{word}' is the name of several: {', '.join(found)}; give the id")
        near = nearest(word, [*names, *names.values()])
        few = f": {', '.join(names)}" if names and not near and len(names) <= FEW else ""
        raise NotFound(f"no {kind.replace('_', ' ')} '{word}'{near or few}")

    def head(self, undoes: int | None = None) -> Head:
        return Head(self.now, self.user.id, self.command, self.office.version, undoes)
