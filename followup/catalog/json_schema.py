"""JSON Schema errors of one file, as problems in an admin's words, each with its place in the text.

The schema is flat, so each error is about one key; references outside the schema file are never followed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, cast

from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry

from followup.catalog.codes import problem
from followup.catalog.schema_messages import messages
from followup.catalog.shipped import shipped
from followup.catalog.tree import TOP, Map, Path, locate
from followup.errors import Problem

if TYPE_CHECKING:
    from jsonschema.protocols import Validator
    from referencing.jsonschema import SchemaRegistry, SchemaResource

LONGEST = 2000  # characters of a text that has a form; a pattern is not searched in a longer one
MOST = 500  # problems of one file; more are the same mistake again and again
#: A part of a schema: the values of its keywords.
Schema: TypeAlias = Mapping[str, object]


def problems(data: Map, file: str) -> Iterator[tuple[Path, Problem]]:
    """Everything in one file that does not have the shape of a catalog, with its path.

    After MOST problems the last path is that of the file, `()`: the rest of it wasn't checked.
    """
    findings = (finding for error in validator().iter_errors(data) for finding in messages(error))
    for count, finding in enumerate(findings):
        place = locate(data, finding.path, TOP, finding.key)
        if count == MOST:
            message = f"more than {MOST} problems in this file"
            yield (), problem("FU018", file, place, (), message, "fix those above, and validate again")
            return
        yield finding.path, problem(finding.code, file, place, finding.path, finding.message, finding.hint)


@cache
def validator() -> Validator:
    """The shared validator of this process."""
    return build(schema())


@cache
def schema() -> Schema:
    with open(os.path.join(shipped("schema"), "catalog.schema.json"), encoding="utf-8") as file:
        document: Schema = json.load(file)
    return document


def build(document: Schema) -> Validator:
    """A validator with the schema's definitions inlined: looking them up each time takes twice as long."""
    definitions = cast("Mapping[str, Schema]", document["$defs"])
    return STRICT(_mapping_inlined(document, definitions), registry=REGISTRY(retrieve=_never))


def _never(uri: str) -> SchemaResource:
    raise LookupError(f"{uri}: schemas can't load other files")


def _inlined(node: object, definitions: Mapping[str, Schema]) -> object:
    """The same schema without local references; keywords next to a reference override the referenced ones."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    return _mapping_inlined(node, definitions) if isinstance(node, dict) else node


def _mapping_inlined(node: Schema, definitions: Mapping[str, Schema]) -> dict[str, object]:
    beside = {key: _inlined(value, definitions) for key, value in node.items() if key not in ("$ref", "$defs")}
    name = str(node.get("$ref", ""))
    if name.startswith("#/$defs/"):
        return {**_mapping_inlined(definitions[name.removeprefix("#/$defs/")], definitions), **beside}
    return {**beside, "$ref": name} if name else beside


def _pattern(_: Validator, pattern: str, instance: object, schema: Mapping[str, int]) -> Iterator[ValidationError]:
    """`$` matches only at the end of the text, not before a final newline. Texts that are too short or too long for
    `minLength` and `maxLength` aren't searched, nor those over LONGEST."""
    if isinstance(instance, str) and _fits(len(instance), schema):
        has_form = len(instance) <= LONGEST and _compiled(pattern).search(instance)
        if not has_form:
            yield ValidationError(pattern)


def _fits(length: int, schema: Mapping[str, int]) -> bool:
    return schema.get("minLength", 0) <= length <= schema.get("maxLength", length)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


def _required(_: Validator, required: list[str], instance: object, __: Schema) -> Iterator[ValidationError]:
    """The message is just the key's name; `messages` makes the sentence."""
    if isinstance(instance, dict):
        yield from (ValidationError(name) for name in required if name not in instance)


def _depends(_: Validator, needed: Mapping[str, list[str]], instance: object, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        present = (names for key, names in needed.items() if key in instance)
        yield from (ValidationError(name) for names in present for name in names if name not in instance)


def _is_whole(_: object, value: object) -> bool:
    """JSON Schema counts 2.0 as a whole number; Python's `range` doesn't."""
    return isinstance(value, int) and not isinstance(value, bool)


# The libraries have no types for these two calls.
EXTEND = cast("Callable[..., type[Validator]]", validators.extend)
REGISTRY = cast("Callable[..., SchemaRegistry]", Registry)
WHOLE = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
STRICT = EXTEND(
    Draft202012Validator,
    {"pattern": _pattern, "required": _required, "dependentRequired": _depends},
    type_checker=WHOLE,
)
