"""Read YAML text into data with positions, from parse events in a loop, without recursion.

Problems that can be skipped (a tag, a duplicate key) are noted, and reading continues; others end this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import yaml

from followup.catalog.scalars import Scalar, resolve
from followup.catalog.source_text import INVISIBLE, invisible
from followup.catalog.syntax_advice import advice
from followup.catalog.syntax_slip import slip
from followup.catalog.tree import TOP, Map, Place, Seq
from followup.catalog.tree_builder import DEEPEST, DROPPED, LONG_TEXT, Anchored, Broken, Frame, Tree
from followup.errors import Problem

#: libyaml's if installed, ten times as fast; both give the same result.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


STARS = "put a text that begins with * into quotes"
OPENS = "put a text that begins with { or [ into quotes"


class Reading(NamedTuple):
    """A file that was read. `broken`: not to the end, so its declarations are unknown, and it has no data."""

    file: str
    data: Map
    problems: tuple[Problem, ...]
    broken: bool
    text: str


def read(text: str, file: str, loader: type[yaml.SafeLoader] = LOADER) -> Reading:
    """The data of one catalog file. Problems are in the order of the text."""
    tree = Tree(file)
    broken = False
    try:
        for event in _events(text, tree, loader):
            ON[type(event)](tree, event)
    except Broken:
        broken = True
    if not broken and tree.root is not None and not isinstance(tree.root, Map):
        tree.note("FU101", tree.root_at, "a catalog file must be a mapping", "such as `cycles:` with ids below it")
        broken = True
    data = tree.root if isinstance(tree.root, Map) and not broken else Map(TOP)
    return Reading(file, data, tuple(tree.problems), broken, text)


def _events(text: str, tree: Tree, loader: type[yaml.SafeLoader]) -> Iterator[yaml.Event]:
    event: yaml.Event | None = None
    try:
        for event in yaml.parse(text, Loader=loader):
            yield event
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, tree, event) from None
    except (yaml.YAMLError, ValueError) as error:
        raise tree.stop("FU007", TOP, f"not valid YAML: {error}") from None


def _syntax(error: yaml.MarkedYAMLError, text: str, tree: Tree, last: yaml.Event | None) -> Broken:
    around = tree.open[-1].value.at if tree.open else None
    at, message, hint = advice(slip(error, text, last, around))
    if "nesting depth" in (error.problem or ""):  # libyaml 0.2.6 and later stops before it sends an event
        return tree.stop("FU009", at, f"nested more than {DEEPEST} levels deep")
    return tree.stop("FU007", at, message, hint)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else TOP


def _ignore(_: Tree, __: yaml.Event) -> None:
    """Ignore stream events and document ends."""


def _document(tree: Tree, event: yaml.DocumentStartEvent) -> None:
    tree.documents += 1
    if tree.documents > 1:
        raise tree.stop("FU008", _place(event), "a second document in one file", "remove the line `---`")


def _refuse_tag(tree: Tree, event: yaml.CollectionStartEvent | yaml.ScalarEvent, at: Place) -> None:
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        tree.note("FU011", at, f"the tag {tag} isn't allowed", "remove the tag, or put it into quotes")


def _open_map(tree: Tree, event: yaml.MappingStartEvent) -> None:
    _open(tree, event, Map(_place(event)))


def _open_seq(tree: Tree, event: yaml.SequenceStartEvent) -> None:
    _open(tree, event, Seq(_place(event)))


def _open(tree: Tree, event: yaml.CollectionStartEvent, value: Map | Seq) -> None:
    _refuse_tag(tree, event, value.at)
    if tree.wants_key():
        raise tree.stop("FU014", value.at, "a key must be text, not a list or a mapping", OPENS)
    tree.count(1, 1, value.at)
    if event.anchor:
        tree.anchors[event.anchor] = None  # until it is closed: an alias to itself would never end
    frame = Frame(value, event.anchor, tree.values, tree.path())
    tree.put(value, value.at)
    tree.open.append(frame)


def _close(tree: Tree, _: yaml.CollectionEndEvent) -> None:
    """Close a collection: only now is the cost of an alias to it known; its depth counts in its parent too."""
    frame = tree.open.pop()
    depth = frame.depth + 1
    if frame.anchor:
        tree.anchors[frame.anchor] = Anchored(frame.value, tree.values - frame.before + 1, depth)
    if tree.open:
        tree.open[-1].depth = max(tree.open[-1].depth, depth)


def _scalar(tree: Tree, event: yaml.ScalarEvent) -> None:
    at = _place(event)
    _refuse_tag(tree, event, at)
    text = event.value
    cost = 1 + len(text) // LONG_TEXT
    tree.count(cost, 0, at)
    if event.style == '"' and (match := INVISIBLE.search(text)):
        tree.note("FU006", at, f"the text has {invisible(match[0])}", "write it without that escape")
        text = INVISIBLE.sub(" ", text)
    value = _resolved(tree, text, at) if event.implicit[0] else text  # implicit: plain, without quotes or a tag
    if tree.wants_key():
        _key(tree, value, text, at)
        return
    if event.anchor:
        tree.anchors[event.anchor] = Anchored(value, cost, 0)
    tree.put(value, at)


def _resolved(tree: Tree, text: str, at: Place) -> Scalar:
    try:
        return resolve(text)
    except OverflowError:
        tree.note("FU015", at, f"{text[:20]} isn't a usable number", "put text into quotes")
        return 0


def _key(tree: Tree, value: Scalar, text: str, at: Place) -> None:
    """Note a key that can't be used; its value is read and dropped, because it may have problems too."""
    frame = tree.open[-1]
    frame.key, frame.key_at = DROPPED, at
    keys_at = frame.value.keys_at if isinstance(frame.value, Map) else {}
    # YAML 1.2 has no merge keys, and merged keys have no place of their own to report.
    if text == "<<":
        tree.note("FU012", at, "merge keys (<<) aren't allowed", "write the keys out, or repeat a value with *alias")
        return
    if not isinstance(value, str):
        tree.note("FU014", at, f"the key {text or 'null'} isn't text", f'put it into quotes: "{text}"')
    first = keys_at.get(text)
    if first:
        message = f"the key '{text}' is used twice; the first one is on line {first.line}"
        tree.note("FU013", at, message, "remove one of the two")
    else:
        frame.key = text


def _alias(tree: Tree, event: yaml.AliasEvent) -> None:
    at = _place(event)
    if tree.wants_key():
        raise tree.stop("FU014", at, "a key must be text, not an alias")
    anchor = event.anchor or ""
    if anchor not in tree.anchors:
        raise tree.stop("FU016", at, f"*{anchor} has no &{anchor} above it", STARS)
    target = tree.anchors[anchor]
    if target is None:
        raise tree.stop("FU016", at, f"*{anchor} contains itself")
    tree.count(target.values, target.depth, at)
    tree.put(target.value, at, target.depth)


# Each takes its own event type, which the type of a mapping can't express.
ON: Mapping[type[yaml.Event], Callable[..., None]] = MappingProxyType(
    {
        yaml.StreamStartEvent: _ignore,
        yaml.StreamEndEvent: _ignore,
        yaml.DocumentStartEvent: _document,
        yaml.DocumentEndEvent: _ignore,
        yaml.MappingStartEvent: _open_map,
        yaml.SequenceStartEvent: _open_seq,
        yaml.MappingEndEvent: _close,
        yaml.SequenceEndEvent: _close,
        yaml.ScalarEvent: _scalar,
        yaml.AliasEvent: _alias,
    }
)
