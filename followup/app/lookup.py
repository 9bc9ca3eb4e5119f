"""What words mean in this office: the declared items behind ids, names and logins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from followup.core.kinds import ACTION_TYPE, USER, Kind
from followup.core.office import BUILT_IN_TYPES, User
from followup.core.words import meant, nearest
from followup.errors import NotFound, Refused

if TYPE_CHECKING:
    from typing import Protocol

    from followup.core.catalog_documents import Document
    from followup.core.office_documents import Source

    class Declaring(Protocol):
        """What has a catalog in force."""

        @property
        def catalog(self) -> Source: ...

    class Working(Declaring, Protocol):
        """What has the office's users, too."""

        @property
        def users(self) -> Mapping[str, User]: ...


FEW = 12  # items that an error message can list


def one(where: Declaring, kind: str, word: str, offered: Callable[[Document], bool] = lambda _: True) -> str:
    """The id of the one item that `word` means, by id or name; raises NotFound with the nearest of those `offered`.

    Of several of one name the active one is meant (F15).
    """
    of_kind: Kind[Document] = Kind(kind)
    if where.catalog.document(of_kind, word) is not None:
        return word
    documents = where.catalog.documents(of_kind)
    names = {id: str(text.get("name") or id) for id, text in documents.items()}
    ids = meant(word, names)
    if len(ids) > 1:
        ids = [id for id in ids if documents[id].get("active", True)] or ids
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise NotFound(f"'{word}' is the name of several: {', '.join(ids)}; give the id")
    names = {id: name for id, name in names.items() if offered(documents[id])}
    near = nearest(word, [*names, *names.values()])
    few = f": {', '.join(names)}" if names and not near and len(names) <= FEW else ""
    raise NotFound(f"no {kind.replace('_', ' ')} '{word}'{near or few}")


def one_if_declared(where: Declaring, kind: str, word: str) -> str:
    """The same; a list that the office has not declared takes any word."""
    of_kind: Kind[Document] = Kind(kind)
    return one(where, kind, word) if where.catalog.documents(of_kind) else word


class Listed(NamedTuple):
    """A word as it is stored; `declared`: whether the office's list has it, or there is none."""

    id: str
    declared: bool


def undeclared(where: Declaring, kind: str, word: str) -> str:
    """That the office's list doesn't have a word, with the nearest ones."""
    try:
        one(where, kind, word)
    except NotFound as error:
        return str(error)
    return ""


def listed(where: Declaring, kind: str, word: str) -> Listed:
    """A source or type of contact, typed or imported: its id if the office's list has it, else as it is."""
    try:
        return Listed(one_if_declared(where, kind, word), True)
    except NotFound:
        return Listed(word, False)


def first_alias(where: Declaring, word: str) -> str:
    """The alias that a contact begins with: what it offers where there is none can be chosen, and has a cycle."""
    return one(where, "alias", word, lambda text: bool(text.get("active", True) and text.get("cycle")))


def worker(where: Working, word: str) -> User:
    """The active user that `word` means, who can be given work."""
    return active(where.users[one(where, "user", word)])


def active(user: User) -> User:
    """Raises Refused for one who is not."""
    if not user.active:
        raise Refused(f"{user.name} ({user.id}) works here no more: choose another user")
    return user


def user_of_login(catalog: Source, login: str | None) -> str | None:
    """The id of the user who declares this login; None for nobody's."""
    if login is None:
        return None
    return next((id for id, text in catalog.documents(USER).items() if text.get("login") == login), None)


def type_names(where: Declaring) -> dict[str, str]:
    """The types of action that have a name of the office's own (F1); the others are known by their ids."""
    names = {id: str(text["name"]) for id, text in where.catalog.documents(ACTION_TYPE).items()}
    return {id: name for id, name in names.items() if id not in BUILT_IN_TYPES or BUILT_IN_TYPES[id].name != name}
