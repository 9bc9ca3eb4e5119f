"""An Office out of documents, wherever they are kept: each item is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from followup.core import office as o

Key = TypeVar("Key")
Item = TypeVar("Item")


class Source(Protocol):
    """Documents by kind and id."""

    def document(self, kind: str, id: str) -> o.Document | None: ...

    def documents(self, kind: str) -> Mapping[str, o.Document]: ...


class Documents(NamedTuple):
    """A catalog as it is read from files: everything is there already."""

    by_kind: Mapping[str, Mapping[str, o.Document]]

    def document(self, kind: str, id: str) -> o.Document | None:
        return self.documents(kind).get(id)

    def documents(self, kind: str) -> Mapping[str, o.Document]:
        return self.by_kind.get(kind, {})


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


#: kind of process -> what makes one of its document
PROCESSES: Mapping[str, Callable[[str, o.Document], o.Process]] = MappingProxyType({o.CYCLE: o.cycle, o.PLAN: o.plan})


def office(version: int, source: Source, users: Mapping[str, o.User] | None = None) -> o.Office:
    """The office that `source` declares, as version `version`. `users`: those of `source`, if they are made already."""
    return o.Office(
        version=version,
        processes=Lazy(lambda ref: _made(source, PROCESSES[ref.kind], ref.kind, ref.id)),
        aliases=Lazy(lambda id: _made(source, o.alias, "alias", id)),
        types=Lazy(lambda id: _made(source, o.action_type, "action_type", id)),
        users=made_users(source) if users is None else users,
        calendars=Lazy(lambda user: _calendar(source, user)),
        moved=source.document("moved", "moved") or {},
    )


def made_users(source: Source) -> dict[str, o.User]:
    roles = source.documents("role")
    return {id: o.user(id, text, roles[text["role"]]) for id, text in source.documents("user").items()}


def _made(source: Source, make: Callable[[str, o.Document], Item], kind: str, id: str) -> Item | None:
    document = source.document(kind, id)
    return make(id, document) if document else None


def _calendar(source: Source, user: str | None) -> o.Calendar:
    """The office's, then the property's, then the user's (T4)."""
    document = (source.document("user", user) if user else None) or {}
    place = document.get("property")
    layers = (source.document("office", "office"), source.document("property", place) if place else None, document)
    return o.calendar(*(layer for layer in layers if layer))
