"""An Office out of documents, wherever they are kept: each item is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, cast

from followup.core import office as o
from followup.core.kinds import (
    ACTION_TYPE,
    ALIAS,
    CYCLE,
    OFFICE,
    PLAN,
    PROPERTY,
    RENAMED,
    ROLE,
    USER,
    Form,
    Kind,
)

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind

Item = TypeVar("Item")
Key = TypeVar("Key")


class Source(Protocol):
    """Documents by kind and id."""

    def document(self, kind: Kind[Form], id: str) -> Form | None: ...

    def documents(self, kind: Kind[Form]) -> Mapping[str, Form]: ...


class Documents(NamedTuple):
    """A catalog as it is read from files: everything is there already."""

    by_kind: DocumentsByKind

    def document(self, kind: Kind[Form], id: str) -> Form | None:
        return self.documents(kind).get(id)

    def documents(self, kind: Kind[Form]) -> Mapping[str, Form]:
        return cast("Mapping[str, Form]", self.by_kind.get(kind, {}))


class Lazy(dict[Key, Item]):
    """Items by id, each loaded once; KeyError for what is not declared."""

    def __init__(self, load: Callable[[Key], Item | None]) -> None:
        super().__init__()
        self._load = load

    def __missing__(self, key: Key) -> Item:
        item = self._load(key)
        if item is None:
            raise KeyError(key)
        self[key] = item
        return item


def office(version: int, source: Source, users: Mapping[str, o.User] | None = None) -> o.Office:
    """The office that `source` declares, as version `version`. `users`: those of `source`, if they are made already."""
    return o.Office(
        version=version,
        processes=Lazy(lambda ref: _process(source, ref)),
        aliases=Lazy(lambda id: _made(source, o.alias, ALIAS, id)),
        types=Lazy(lambda id: _made(source, o.action_type, ACTION_TYPE, id)),
        users=made_users(source) if users is None else users,
        calendars=Lazy(lambda user: _calendar(source, user)),
        moved=source.document(RENAMED, "moved") or {},
    )


def made_users(source: Source) -> dict[str, o.User]:
    roles = source.documents(ROLE)
    return {id: o.user(id, text, roles[text["role"]]) for id, text in source.documents(USER).items()}


def _made(source: Source, make: Callable[[str, Form], Item], kind: Kind[Form], id: str) -> Item | None:
    document = source.document(kind, id)
    return make(id, document) if document else None


def _process(source: Source, ref: o.Ref) -> o.Process | None:
    """Raises KeyError for a kind that has no steps."""
    match ref.kind:
        case "cycle":
            return _made(source, o.cycle, CYCLE, ref.id)
        case "plan":
            return _made(source, o.plan, PLAN, ref.id)
        case _:
            raise KeyError(ref.kind)


def _calendar(source: Source, user: str | None) -> o.Calendar:
    """The office's, then the property's, then the user's (T4)."""
    office = source.document(OFFICE, "office")
    if office is None:
        raise KeyError("office")
    own = source.document(USER, user) if user else None
    place = own.get("property") if own else None
    layers = (source.document(PROPERTY, place) if place else None, own)
    return o.calendar(office, *(layer for layer in layers if layer))
