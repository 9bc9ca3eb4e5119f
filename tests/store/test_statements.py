"""Each statement is one typed question: nothing outside the store names it, and every statement is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import followup
from followup.store.questions.doctor_questions import Fault
from followup.store.statements import FOLDER, statements

HOUSE = Path(followup.__file__).parent
FILES = sorted({path.stem for path in Path(FOLDER).rglob("*.sql") if "migrations" not in path.parts})
STATEMENT = re.compile(rf"(?:{'|'.join(FILES)})\.\w+")
#: an engine -> the packages that are not part of it
OTHERS = {"sqlite": {"postgres"}, "postgres": {"sqlite", "folder"}}


def statements_in(path: Path) -> Iterator[tuple[str, str]]:
    """Each statement that a file names, with the function that names it."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.fullmatch(node.value):
                    yield node.value, f"{path.relative_to(HOUSE)}: {function.name}"


@pytest.mark.parametrize("engine", OTHERS)
def test_every_statement_is_used_by_one_method(engine: str) -> None:
    texts = {f"{file}.{name}": text for file in FILES for name, text in statements(engine, file).items()}
    parts = {
        f"{name.partition('.')[0]}.{part}" for name, text in texts.items() for part in re.findall(r"{(\w+)}", text)
    }
    users: dict[str, set[str]] = {name: set() for name in texts.keys() - parts}
    for path in (HOUSE / "store").rglob("*.py"):
        if not OTHERS[engine] & set(path.parts):
            for name, user in statements_in(path):
                users.setdefault(name, set()).add(user)
    for fault in get_args(Fault):
        users[f"doctor.{fault}"].add("DoctorQuestions.faults")
    assert users.keys() - texts.keys() == set(), "used, but missing"
    assert {name: sorted(by) for name, by in users.items() if len(by) != 1} == {}


def test_only_the_store_names_statements() -> None:
    paths = {path.relative_to(HOUSE) for path in HOUSE.rglob("*.py") if any(statements_in(path)) or calls_ask(path)}
    assert len(paths) > 10 and {path.parts[0] for path in paths} == {"store"}


def calls_ask(path: Path) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ask"
        for node in ast.walk(ast.parse(path.read_text()))
    )
