"""The schema has a description for every key, is flat and closed, and never refers to another file."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from jsonschema import Draft202012Validator

from followup.catalog import json_schema
from followup.catalog import raw_items as raw
from followup.catalog.checks.steps import CYCLE_TYPES
from followup.catalog.documents import SECTIONS
from followup.catalog.json_schema import build
from followup.catalog.shipped import shipped
from followup.core import catalog_documents as documents

SCHEMA = json.loads(Path(shipped("schema"), "catalog.schema.json").read_text())


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield from nodes(value, f"{path}/{key}")


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_its_sections_match_those_of_the_documents() -> None:
    assert SCHEMA["properties"].keys() == SECTIONS.keys()


def test_every_key_is_described() -> None:
    for path, node in nodes(SCHEMA):
        if path.endswith("/properties") and "/if/" not in path and path != "#/properties/properties":
            for key, value in node.items():
                assert value.get("description") or "$ref" in value, f"{path}/{key}"
    assert all(definition["description"] for definition in SCHEMA["$defs"].values())


def test_it_is_closed_and_flat() -> None:
    for path, node in nodes(SCHEMA):
        assert not {"oneOf", "anyOf", "unevaluatedProperties"} & node.keys(), path
        if isinstance(node.get("properties"), dict) and not path.endswith(("/if", "/properties")):
            assert node.get("additionalProperties") is False, path


def test_every_reference_is_local_and_valid() -> None:
    for path, node in nodes(SCHEMA):
        if isinstance(node.get("$ref"), str):
            name = node["$ref"].removeprefix("#/$defs/")
            assert name in SCHEMA["$defs"], path


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x.json", "file:///etc/passwd", "other.json"])
def test_a_reference_to_another_file_is_never_followed(reference: str) -> None:
    validator = build({"properties": {"a": {"$ref": reference}}, "$defs": {}})
    with pytest.raises(Exception, match="Unresolvable") as raised:
        list(validator.iter_errors({"a": 1}))
    assert "schemas can't load other files" in "".join(traceback.format_exception(raised.value))


def test_inlining_the_definitions_changes_no_verdict() -> None:
    plain = Draft202012Validator(SCHEMA)
    for value in ({}, {"cycles": None}, {"cycles": {"a": {"name": "A", "steps": []}}}, {"cycles": {"A": 1}}, {"x": 1}):
        assert plain.is_valid(value) == json_schema.validator().is_valid(value)


def test_every_reference_is_inlined() -> None:
    assert not any("$ref" in node for _, node in nodes(json_schema.validator().schema))


def test_the_description_next_to_a_reference_is_the_hint() -> None:
    office = json_schema.validator().schema["properties"]["office"]["properties"]
    assert office["holidays_until"]["description"].startswith("The last day for which holidays are listed")
    assert office["holidays_until"]["pattern"] == SCHEMA["$defs"]["date"]["pattern"]


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    assert not json_schema.validator().is_valid({"sources": {"web\n": "Website"}})
    assert not json_schema.validator().is_valid({"sources": {"web": "Website\n"}})
    assert json_schema.validator().is_valid({"sources": {"web": "Website"}})


def test_the_description_of_step_types_matches_the_checks() -> None:
    description = SCHEMA["$defs"]["cycle_step"]["properties"]["type"]["description"]
    assert all(word in description for word in CYCLE_TYPES)


def test_it_is_found_in_an_installed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from followup.catalog import shipped as module

    installed = tmp_path / "followup" / "office"
    installed.mkdir(parents=True)
    monkeypatch.setattr(module, "INSTALLED", str(installed))
    assert module.shipped("schema") == str(installed / "schema")


def test_importing_the_catalog_does_not_import_jsonschema() -> None:
    code = "import sys, followup.catalog; print('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


DEFINITIONS = SCHEMA["$defs"]
CASE = DEFINITIONS["test"]["properties"]
FORMS: tuple[tuple[dict[str, Any], type], ...] = (
    (DEFINITIONS["office"], raw.RawOffice),
    (DEFINITIONS["property"], raw.RawProperty),
    (DEFINITIONS["user"], raw.RawUser),
    (DEFINITIONS["role"], raw.RawRole),
    (DEFINITIONS["cycle"], raw.RawCycle),
    (DEFINITIONS["cycle_step"], raw.RawCycleStep),
    (DEFINITIONS["plan"], raw.RawPlan),
    (DEFINITIONS["plan"]["properties"]["launch_on"], raw.RawLaunch),
    (DEFINITIONS["plan_step"], raw.RawPlanStep),
    (DEFINITIONS["alias"], raw.RawAlias),
    (DEFINITIONS["template"], raw.RawTemplate),
    (DEFINITIONS["entry"], raw.RawEntry),
    (DEFINITIONS["action_type"], raw.RawActionType),
    (DEFINITIONS["test"], raw.RawCase),
    (CASE["given"], documents.GivenDocument),
    (CASE["when"]["items"], documents.WhenDocument),
    (CASE["then"]["items"], documents.ThenDocument),
    (DEFINITIONS["move"], documents.MoveDocument),
    (DEFINITIONS["migration"], documents.MigrateDocument),
    (DEFINITIONS["inclusion"], documents.IncludeDocument),
)
PYTHON = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}


def types_of_schema(node: dict[str, Any]) -> set[type]:
    node = DEFINITIONS[node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node
    if "enum" in node:
        return {type(word) for word in node["enum"]}
    names = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return {PYTHON.get(name, NoneType) for name in names}


def types_of_hint(hint: Any) -> set[type]:
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return {dict if is_typeddict(part) else get_origin(part) or part for part in parts}


@pytest.mark.parametrize(("schema", "form"), FORMS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_typed_dict_of_an_item_matches_its_schema(schema: dict[str, Any], form: type) -> None:
    hints = get_type_hints(form, include_extras=True)
    optional = {key for key, hint in hints.items() if get_origin(hint) is NotRequired} | form.__optional_keys__
    plain = get_type_hints(form)
    assert {key: types_of_hint(hint) for key, hint in plain.items()} == {
        key: types_of_schema(node) for key, node in schema["properties"].items()
    }
    assert hints.keys() - optional == set(schema.get("required", ()))


def test_every_object_of_the_schema_has_a_typed_dict() -> None:
    objects = [node for path, node in nodes(SCHEMA) if "additionalProperties" in node and "properties" in node]
    assert all(any(node is schema for schema, _ in FORMS) or node is SCHEMA for node in objects)
