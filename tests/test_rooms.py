"""What only one package may do, where import-linter can't check it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

from followup.store.protocol import Store
from followup.store.questions.action_questions import ActionQuestions
from followup.store.questions.contact_questions import ContactQuestions
from tests.conftest import ROOT

#: names that tell a module how the program was started
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "argv"}


def modules(room: str = "") -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted((ROOT / "followup" / room).rglob("*.py")):
        yield path, ast.parse(path.read_text())


def attributes(tree: ast.AST) -> set[str]:
    """The names that are read from a module or an object, or imported from a module."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return names | {alias.name for node in imports for alias in node.names}


def imported(tree: ast.AST) -> set[str]:
    """The imported packages, including lazy and type-only imports."""
    packages = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.partition(".")[0])
    return packages


def test_only_the_command_line_reads_the_environment_and_the_arguments() -> None:
    readers = {path for path, tree in modules() if attributes(tree) & ENVIRONMENT}
    assert readers and {path.parent for path in readers} == {ROOT / "followup" / "cli"}, readers


def test_only_the_command_line_imports_typer() -> None:
    users = {path for path, tree in modules() if "typer" in imported(tree)}
    assert users and {path.parent for path in users} == {ROOT / "followup" / "cli"}, users


def test_the_files_named_in_the_developer_docs_exist() -> None:
    paths: set[str] = set()
    for doc in ("docs/architecture.md", "CONTRIBUTING.md"):
        paths |= set(re.findall(r"`((?:[a-z_]+/)+[a-z_0-9.-]+(?:/[a-z_]+)?)`", (ROOT / doc).read_text()))
    assert len(paths) > 20
    missing = {path for path in paths if not any((ROOT / place / path).exists() for place in ("", "followup"))}
    assert {path for path in missing if not (ROOT / "followup" / (path + ".py")).exists()} == set()


def test_F20_every_question_about_people_needs_a_reach() -> None:
    """The only exception: any user may learn that an id is taken."""
    asked = {
        f"{asker.__name__}.{name}": "reach" in signature(method).parameters
        for asker in (ContactQuestions, ActionQuestions)
        for name, method in vars(asker).items()
        if not name.startswith("_")
    }
    asked |= {
        name: "reach" in signature(getattr(Store, name)).parameters for name in ("dossiers", "dossier_of", "tasks")
    }
    assert len(asked) > 15 and {name for name, takes in asked.items() if not takes} == {"ContactQuestions.taken"}


def test_F20_only_a_migration_sees_every_contact() -> None:
    users = {path.name for path, tree in modules() if "EVERYTHING" in attributes(tree)}
    assert users == {"migrating.py"}
    assert {path.name for path, tree in modules() if "Reach" in called(tree)} == {"reach.py"}


def called(tree: ast.AST) -> set[str]:
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
