"""Look up declared items by id, name or login."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from followup.core.kinds import ACTION_TYPE, ALIAS, CYCLE, PLAN, PROPERTY, RENAMED, USER, Kind
from followup.core.office import BUILT_IN_TYPES, User
from followup.core.words import meant, nearest
from followup.errors import NotFound, Refused

if TYPE_CHECKING:
    from typing import Protocol

    from followup.core.catalog_documents import Document
    from followup.core.office_documents import Source

    class Declaring(Protocol):
        """What has a catalog in force. `remark`: takes a line about a word that means something, but isn't right."""

        @property
        def catalog(self) -> Source: ...

        @property
        def remark(self) -> Callable[[str], None]: ...

    class Working(Declaring, Protocol):
        """Anything that also has the office's users."""

        @property
        def users(self) -> Mapping[str, User]: ...


FEW = 12  # an error message lists at most this many items


class Declared(NamedTuple):
    """A catalog that is in no store."""

    catalog: Source
    remark: Callable[[str], None]


def one(where: Declaring, kind: str, word: str, offered: Callable[[Document], bool] = lambda _: True) -> str:
    """The id of the one item that `word` means, by id or name; raises NotFound with the nearest of those `offered`.

    Of several of one name the active one is meant (F15). An id that moved means what it is called today (E5).
    """
    of_kind: Kind[Document] = Kind(kind)
    if where.catalog.document(of_kind, word) is not None:
        return word
    if kind in (CYCLE, PLAN, ALIAS) and where.catalog.document(of_kind, _today(where, word) or "") is not None:
        return moved(where, word) or word
    documents = where.catalog.documents(of_kind)
    names = {id: str(text.get("name") or id) for id, text in documents.items()}
    ids = meant(word, names)
    if len(ids) > 1:
        ids = [id for id in ids if documents[id].get("active", True)] or ids
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise NotFound(f"several are called '{word}': {', '.join(ids)}; use the id")
    names = {id: name for id, name in names.items() if offered(documents[id])}
    near = nearest(word, [*names, *names.values()])
    few = f": {', '.join(names)}" if names and not near and len(names) <= FEW else ""
    raise NotFound(f"unknown {kind.replace('_', ' ')} '{word}'{near or few}")


def moved(where: Declaring, old: str) -> str | None:
    """What an old id, of a process or as PROCESS/STEP, is called today (E5); None if nothing was ever called so."""
    today = _today(where, old)
    if today:
        where.remark(f"'{old}' is called '{today}' now")
    return today


def _today(where: Declaring, old: str) -> str | None:
    return (where.catalog.document(RENAMED, "moved") or {}).get(old)


def word_of(words: Collection[str], kind: str, word: str) -> str:
    """The one of a list that `word` means; raises NotFound with the nearest ones."""
    ids = meant(word, {each: each for each in words})
    if not ids:
        few = f": {', '.join(words)}" if 0 < len(words) <= FEW else ""
        raise NotFound(f"unknown {kind} '{word}'{nearest(word, words) or few}")
    return ids[0]


def one_if_declared(where: Declaring, kind: str, word: str) -> str:
    """The same; a list that the office has not declared takes any word."""
    of_kind: Kind[Document] = Kind(kind)
    return one(where, kind, word) if where.catalog.documents(of_kind) else word


class Listed(NamedTuple):
    """A word as it is stored. `unknown`: that the office has a list and the word isn't in it, with the nearest ones."""

    id: str
    unknown: str | None = None


def listed(where: Declaring, kind: str, word: str) -> Listed:
    """A source or type of contact, typed or imported: its id if the office's list has it, else as it is."""
    try:
        return Listed(one_if_declared(where, kind, word))
    except NotFound as unknown:
        return Listed(word, str(unknown))


def first_alias(where: Declaring, word: str) -> str:
    """The alias that a contact begins with: what it offers where there is none can be chosen, and has a cycle."""
    return one(where, "alias", word, lambda text: bool(text.get("active", True) and text.get("cycle")))


def worker(where: Working, word: str) -> User:
    """The active user that `word` means: work can be assigned to them."""
    return active(where.users[one(where, "user", word)])


def active(user: User) -> User:
    """Raises Refused if the user is inactive."""
    if not user.active:
        raise Refused(f"{user.name} ({user.id}) is no longer active: choose another user")
    return user


def site(where: Declaring, word: str) -> str:
    """The active property that `word` means: contacts can be added or moved to it."""
    id = one_if_declared(where, PROPERTY, word)
    document = where.catalog.document(PROPERTY, id)
    if document and not document.get("active", True):
        raise Refused(f"{document['name']} ({id}) is no longer active: choose another property")
    return id


def user_of_login(catalog: Source, login: str | None) -> str | None:
    """The id of the user with this login; None if there isn't one."""
    if login is None:
        return None
    return next((id for id, text in catalog.documents(USER).items() if text.get("login") == login), None)


def type_names(where: Declaring) -> dict[str, str]:
    """The action types that the office has named itself (F1); the others are shown by their ids."""
    names = {id: str(text["name"]) for id, text in where.catalog.documents(ACTION_TYPE).items()}
    return {id: name for id, name in names.items() if id not in BUILT_IN_TYPES or BUILT_IN_TYPES[id].name != name}
