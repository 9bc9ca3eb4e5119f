"""docs/catalog.md is accurate: its examples are a valid catalog, and its tables match the code."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from followup.catalog.builtin import ROLES
from followup.catalog.checks.templates import TOKENS
from followup.catalog.codes import CODES
from followup.catalog.load import load
from tests.catalog.test_examples import NOT_YET
from tests.catalog.test_schema import SCHEMA, nodes

HERE = Path(__file__).parent
DOCS = (HERE.parent.parent / "docs" / "catalog.md").read_text()


PROPERTIES_KEY = "#/properties/properties"  # the key `properties` itself, which describes no object of its own


def table() -> str:
    rows = (f"| {code} | {severity} | {meaning} |" for code, (severity, meaning) in CODES.items())
    return "\n".join(("| code | | meaning |", "| --- | --- | --- |", *rows))


def test_the_table_of_codes_matches_the_code() -> None:
    assert DOCS.split("<!-- codes -->")[1].split("<!-- end of codes -->")[0].strip() == table()


def test_the_examples_are_one_valid_catalog(tmp_path: Path) -> None:
    for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", DOCS, re.S)):
        (tmp_path / f"{number}.yaml").write_text(text)
    assert [problem for problem in load(str(tmp_path)).problems if problem.code not in NOT_YET] == []


def test_every_key_of_the_schema_is_in_the_docs() -> None:
    keys = {
        key for path, node in nodes(SCHEMA) if path.endswith("/properties") for key in node if path != PROPERTIES_KEY
    }
    words = set(re.findall(r"[a-z_]+", DOCS))
    assert keys <= words


def test_the_tables_of_roles_and_tokens_match_the_code() -> None:
    for role, (_, permissions) in ROLES.items():
        assert f"| `{role}` | {', '.join(permissions)} |" in DOCS
    for thing, fields in TOKENS.items():
        assert f"| `{thing}` | {', '.join(fields)} |" in DOCS


@pytest.mark.parametrize("code", CODES)
def test_every_code_appears_in_a_test(code: str) -> None:
    texts = (path.read_text() for path in HERE.rglob("*") if path.suffix in (".py", ".yaml") and path != Path(__file__))
    assert any(code in text for text in texts)


def test_every_code_that_is_used_is_in_the_table() -> None:
    sources = Path(os.path.dirname(load.__code__.co_filename)).rglob("*.py")
    assert {code for path in sources for code in re.findall(r"FU\d{3}", path.read_text())} == CODES.keys()
