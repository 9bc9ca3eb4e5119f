"""All items of all files, declared or built in, for checks across items.

An item with the wrong shape has no document, but counts as declared, so references to it aren't reported too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.catalog import builtin
from followup.catalog.documents import SECTIONS, document
from followup.catalog.reader import Reading
from followup.catalog.tree import TOP, Map, Node, Path, Place, Seq, locate, value_at
from followup.core.kinds import Kind

if TYPE_CHECKING:
    from followup.core import catalog_documents as d
    from followup.core.kinds import Form

NO_FILE = ""
#: The sections whose items are a list; those of the others are a mapping by id, and the office is one item.
LISTS = ("moved", "migrate")
#: Kinds that are declared, but not applied as they are.
MOVE: Kind[d.MoveDocument] = Kind("moved")
TEST: Kind[d.CaseDocument] = Kind("test")


class Item(NamedTuple):
    """A declared item. `at`: the place of its id; `path`: its path in the file. Built-in items have no file."""

    kind: str
    id: str
    file: str
    at: Place
    path: Path
    raw: Node
    document: d.Document | None

    def written(self, *path: str | int) -> Node:
        """The value at `path` in the file; None if there is none."""
        return value_at(self.raw, *path)


class Declarations(NamedTuple):
    """`items` by kind and id, the first of duplicates; `twice`: the later ones. `whole`: nothing is missing.

    `sections`: the first file and place of each section. `today`: a date, or empty if none was given.
    """

    folder: str
    items: Mapping[str, Mapping[str, Item]]
    twice: tuple[Item, ...]
    whole: bool
    sections: Mapping[str, tuple[str, Place]]
    today: str

    def documents(self, kind: Kind[Form]) -> Iterator[tuple[Item, Form]]:
        """The items of a kind with the right shape and a file."""
        for item in self.items.get(kind, {}).values():
            if item.document is not None and item.file:
                yield item, cast("Form", item.document)

    def one(self, kind: Kind[Form], id: str | None) -> Form | None:
        """The document of an item, built in or not; None if there is none, or it has the wrong shape."""
        item = self.items.get(kind, {}).get(id or "")
        return cast("Form", item.document) if item and item.document is not None else None

    def section(self, name: str) -> Item:
        """An item for problems of a section: at its key, or at the top of a file if no file has it."""
        files = (item.file for items in self.items.values() for item in items.values() if item.file)
        file, at = self.sections.get(name) or (min(files, default=self.folder), TOP)
        return Item(SECTIONS[name], name, file, at, (name,), None, None)


class Misshapen(NamedTuple):
    """Where the schema refuses something: files with the paths of items or sections, or `()` for all of the file.

    Only an item without such a place gets a document, so no code behind the schema meets a shape it doesn't expect.
    """

    places: frozenset[tuple[str, Path]]

    def has(self, file: str, item: Path) -> bool:
        """Whether the item has a wrong shape, or something that it is part of."""
        return any((file, item[:depth]) in self.places for depth in range(len(item) + 1))


class Finding(NamedTuple):
    """A check's finding. `path` is relative to the item's; `key`: it is about the key, not its value."""

    code: str
    item: Item
    path: Path
    message: str
    hint: str = ""
    key: bool = False

    @property
    def place(self) -> Place:
        return locate(self.item.raw, self.path, self.item.at, self.key) if self.path else self.item.at


def declare(folder: str, readings: Sequence[Reading], misshapen: Misshapen, whole: bool, today: str) -> Declarations:
    """Everything that was read. A misshapen item gets no document."""
    items = _built_in()
    twice = []
    for item in _declared(folder, readings, misshapen):
        first = items[item.kind].get(item.id)
        if first is None or not first.file:
            items[item.kind][item.id] = item
        else:
            twice.append(item)
    sections = {name: (each.file, each.data.keys_at[name]) for each in reversed(readings) for name in each.data}
    return Declarations(folder, items, tuple(twice), whole, sections, today)


def _built_in() -> dict[str, dict[str, Item]]:
    documents = builtin.documents()
    return {
        kind: {id: Item(kind, id, NO_FILE, TOP, (), None, text) for id, text in documents.get(kind, {}).items()}
        for kind in SECTIONS.values()
    }


def _declared(folder: str, readings: Iterable[Reading], misshapen: Misshapen) -> Iterator[Item]:
    for reading in readings:
        file, data = reading.file, reading.data
        for section in data.keys() & SECTIONS.keys():
            for id, path, at, raw in _entries(section, data[section], data.keys_at[section]):
                text = None if misshapen.has(file, path) else document(section, raw, id, folder)
                yield Item(SECTIONS[section], id, file, at, path, raw, text)


def _entries(section: str, content: Node, at: Place) -> Iterator[tuple[str, Path, Place, Node]]:
    """The items of one section: id, path, place of the id, what is written. A section of the wrong kind has none."""
    if section == "office":
        yield section, (section,), at, content
    elif isinstance(content, Map) and section not in LISTS:
        yield from ((id, (section, id), content.keys_at[id], raw) for id, raw in content.items())
    elif isinstance(content, Seq) and section in LISTS:
        for number, raw in enumerate(content):
            yield _subject(raw, number), (section, number), content.values_at[number], raw


def _subject(raw: Node, number: int) -> str:
    """The id of a `moved` or `migrate` entry: what it is about; there is one entry for each."""
    for key in ("from", "step", "cycle"):
        subject = value_at(raw, key)
        if isinstance(subject, str):
            return subject if key == "from" else f"{key}:{subject}"
    return str(number)
