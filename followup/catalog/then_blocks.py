"""Where the `then:` of a test stands in its file, to the character: what rewrites one leaves every other byte alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import yaml

from followup.catalog.reader import LOADER


class Written(NamedTuple):
    """A value: the characters from `start` to `end` of the text. `quotes`: around it, if any."""

    start: int
    end: int
    quotes: str | None


class Entry(NamedTuple):
    """One expected action. `flow`: it stands in braces. `column`: of its first key, from 0."""

    start: int
    end: int
    flow: bool
    column: int
    values: Mapping[str, Written]


class Block(NamedTuple):
    """All of them. `flow`: in brackets; else a line, or some, for each, whose dashes stand in `column`."""

    start: int
    end: int
    flow: bool
    column: int
    entries: tuple[Entry, ...]


def then_blocks(text: str, tests: Collection[str]) -> dict[str, Block]:
    """By test. `text`: of a file without errors, which declares them."""
    line_starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n"), len(text)]
    root = yaml.compose(text, Loader=LOADER)
    thens = {test: _below(root, "tests", test, "then") for test in tests}
    return {
        test: _block(node, text, line_starts) for test, node in thens.items() if isinstance(node, yaml.SequenceNode)
    }


def _below(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    return node


def _block(node: yaml.SequenceNode, text: str, line_starts: Sequence[int]) -> Block:
    entries = tuple(_entry(each, text, line_starts) for each in node.value)
    return Block(*_span(node, line_starts), bool(node.flow_style), node.start_mark.column, entries)


def _entry(node: yaml.MappingNode, text: str, line_starts: Sequence[int]) -> Entry:
    values = {key.value: _written(value, text, line_starts) for key, value in node.value}
    start, end = _span(node, line_starts)
    if not node.flow_style:  # the parser's own end is where the next thing begins
        end = max(value.end for value in values.values())
    return Entry(start, end, bool(node.flow_style), node.start_mark.column, values)


def _written(node: yaml.ScalarNode, text: str, line_starts: Sequence[int]) -> Written:
    start, end = _span(node, line_starts)
    if node.style in ("|", ">"):  # the parser's own end is where the next thing begins
        end = len(text[:end].rstrip())
    return Written(start, end, node.style)


def _span(node: yaml.Node, line_starts: Sequence[int]) -> tuple[int, int]:
    start, end = (line_starts[mark.line] + mark.column for mark in (node.start_mark, node.end_mark))
    return start, end
