"""The product speaks plain current English: no old-fashioned words and no rule numbers in what people read.

Help, messages, codes and the schema's descriptions are collected from the code itself, so new ones are checked too.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from typer._click import Command, Context
from typer.core import TyperGroup

from followup.cli.root import COMMANDS, Root, app

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "followup"

#: what a reader wouldn't search for -> what to say
PLAIN = {
    r"who(m)?ever": "the user, anyone who",
    r"whom": "which user, which contact",
    r"(no|some|every)body": "no one in particular: name the user, the contact, or say `no contacts`",
    r"mend(s|ed|ing)?": "fix",
    r"anew": "again",
    r"beside": "next to, besides: with",
    r"whole(?! number)": "complete, all of",
    r"in force": "live, applied",
    r"comes? in force|put in force": "apply",
    r"(?<!no longer )works? here": "is active",
    r"t(ook|aken?|akes|aking) back": "undo",
    r"has to be there|have to be there": "required",
    r"under way": "in progress",
    r"tells?\b(?! them apart)|told": "say, report, record",
    r"stands? (beside|there|behind|before|for)": "is",
    r"(^|\W)stands?(\W|$)": "is",
    r"said outright|outright": "explicitly",
    r"(?<!there )is no (?!longer)": "isn't a",
    r"(?<!there )are no (?!longer)": "aren't",
    r"yours to": "you don't have access to",
    r"lives? through": "run",
    r"made up": "generated",
    r"upon|thereby|hence|shall|thus|wherein": "plain words",
    r"so many": "N",
    r"fall(s)? through": "have no next step",
    r"had better": "should",
    r"without it\b": "default",
    r"may be done all the same": "may have been saved",
    r"worth waiting": "timed out",
    r"say which": "specify",
    r"within reach": "valid",
    r"lacks?": "has no",
}
RULE = re.compile(r"\b(?!T00)[FLAPCTERSWG]\d{1,2}\b")


#: a statement's name, or a key: for programs
NAME = re.compile(r"[a-z_]+\.[a-z_]+|mend")


class Text(NamedTuple):
    place: str
    words: str


def commands() -> Iterator[tuple[str, Command]]:
    root = typer.main.get_group(app)
    context = Context(root, info_name="followup")
    assert isinstance(root, Root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, TyperGroup):
            for inner, sub in command.commands.items():
                yield f"{name} {inner}", sub


def helps() -> Iterator[Text]:
    for name, command in commands():
        yield Text(f"followup {name} --help", command.help or "")
        for parameter in command.params:
            yield Text(f"followup {name} --help, {parameter.name}", getattr(parameter, "help", None) or "")


def literals() -> Iterator[Text]:
    """Every string that isn't a docstring: messages, tables of words, parts of f-strings."""
    for file in sorted(HOUSE.rglob("*.py")):
        tree = ast.parse(file.read_text())
        docstrings = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
            if is_text and not NAME.fullmatch(node.value):
                yield Text(f"{file.relative_to(ROOT)}:{node.lineno}", node.value)


def descriptions() -> Iterator[Text]:
    for file in sorted((ROOT / "schema").glob("*.json")):
        yield from _described(json.loads(file.read_text()), file.name)


def _described(node: object, path: str) -> Iterator[Text]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield Text(path, value)
            yield from _described(value, f"{path}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _described(value, f"{path}/{number}")


def faults(text: Text) -> Iterator[str]:
    for pattern, instead in PLAIN.items():
        if found := re.search(rf"\b(?:{pattern})", text.words, re.IGNORECASE):
            yield f"{text.place}: '{found[0]}' in {text.words!r}; say: {instead}"
    if found := RULE.search(text.words):
        yield f"{text.place}: rule number {found[0]} in {text.words!r}"


@pytest.mark.parametrize("texts", [helps, literals, descriptions], ids=["help", "messages", "schema"])
def test_what_people_read_is_plain_english(texts: object) -> None:
    collected = [*texts()]  # type: ignore[operator]
    assert len(collected) > 50
    assert [fault for text in collected for fault in faults(text)] == []


def test_a_commands_first_line_is_short() -> None:
    for name, command in commands():
        first = (command.help or "").strip().partition("\n")[0]
        assert len(first) <= 45, (name, first)
