"""What the JSON Schema says about one file, as problems in an admin's words, each at the text that it is about.

The schema is flat, so every error names one key; a reference outside the schema file is never followed.
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
    """The one validator of this process."""
    return build(schema())


@cache
def schema() -> Schema:
    with open(os.path.join(shipped("schema"), "catalog.schema.json"), encoding="utf-8") as file:
        document: Schema = json.load(file)
    return document


def build(document: Schema) -> Validator:
    """A validator of a schema whose own definitions are put in place: looking them up each time takes twice as long."""
    definitions = cast("Mapping[str, Schema]", document["$defs"])
    return STRICT(_mapping_inlined(document, definitions), registry=REGISTRY(retrieve=_never))


def _never(uri: str) -> SchemaResource:
    raise LookupError(f"{uri}: a schema never reaches out")


def _inlined(node: object, definitions: Mapping[str, Schema]) -> object:
    """The same schema without local references; what stands beside a reference says more than what it refers to."""
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
    """`$` is the end of the text, not the end of its last line. `minLength` and `maxLength` have problems of their own;
    without a `maxLength`, a text longer than LONGEST never fits."""
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
    """The message is the bare name of the key, for `messages` to put into words."""
    if isinstance(instance, dict):
        yield from (ValidationError(name) for name in required if name not in instance)


def _depends(_: Validator, needed: Mapping[str, list[str]], instance: object, __: Schema) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        present = (names for key, names in needed.items() if key in instance)
        yield from (ValidationError(name) for names in present for name in names if name not in instance)


def _is_whole(_: object, value: object) -> bool:
    """JSON Schema counts 2.0 as a whole number; Python's `range` doesn't."""
    return isinstance(value, int) and not isinstance(value, bool)


# Two calls for which the libraries declare no types.
EXTEND = cast("Callable[..., type[Validator]]", validators.extend)
REGISTRY = cast("Callable[..., SchemaRegistry]", Registry)
WHOLE = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
STRICT = EXTEND(
    Draft202012Validator,
    {"pattern": _pattern, "required": _required, "dependentRequired": _depends},
    type_checker=WHOLE,
)
