"""Turn a schema error into messages for catalog authors: code, path, message and hint.

The hint is the key's description in the schema, so that it is written in one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from jsonschema import ValidationError

from followup.catalog.codes import nearest
from followup.catalog.near_misses import nearest_value
from followup.catalog.right_form import right_form
from followup.catalog.tree import Path

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "object": "a mapping",
        "array": "a list",
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "null": "empty",
    }
)
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("yes", "on", "y"), "true"),
        **dict.fromkeys(("no", "off", "n"), "false"),
    }
)
BOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "minLength": "{what} must not be empty",
        "maxLength": "{what} is longer than {bound} characters",
        "minItems": "{what} must not be empty",
        "maxItems": "{what} has more than {bound} items",
        "minimum": "{what} is less than {bound}",
        "maximum": "{what} is more than {bound}",
    }
)


class Message(NamedTuple):
    """`key`: the problem is the key at the end of the path, not its value."""

    code: str
    path: Path
    message: str
    hint: str
    key: bool = False


def messages(error: ValidationError) -> Iterator[Message]:
    """The messages for one error: one, or one for each unknown key."""
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if "propertyNames" in error.schema_path:
        yield _bad_key(error, path)
    elif keyword in SAY:
        yield from SAY[keyword](error, path)
    elif keyword in BOUNDS:
        message = BOUNDS[keyword].format(what=_what(path), bound=error.validator_value)
        yield Message("FU106", path, message, _description(error))
    else:
        yield Message("FU105", path, f"{_what(path)} is invalid", _description(error))


def _unknown_keys(error: ValidationError, path: Path) -> Iterator[Message]:
    keys = _properties(error)
    for key in _mapping(error):
        if key not in keys:
            hint = f"known keys: {', '.join(keys)}"
            yield Message("FU103", path + (key,), f"unknown key '{_short(key)}'{nearest(key, keys)}", hint, key=True)


def _missing(error: ValidationError, path: Path) -> Iterator[Message]:
    key = _properties(error).get(error.message, {})
    hint = str(key.get("description") or _description(error))
    where = f" in {_what(path)}" if path else ""
    yield Message("FU102", path, f"the key '{error.message}' is missing{where}", hint)


def _wrong_kind(error: ValidationError, path: Path) -> Iterator[Message]:
    value = error.instance
    kinds = [error.validator_value] if isinstance(error.validator_value, str) else _listed(error)
    kinds = [kind for kind in kinds if kind != "null"]
    message = f"{_what(path)} must be {' or '.join(KINDS[kind] for kind in kinds)}, not {_got(value)}"
    form = right_form(path[-1], value, _schema(error)) if path else ""
    yield Message("FU101", path, message, form or _way_out(value, kinds) or _description(error))


def _way_out(value: object, kinds: list[str]) -> str:
    """What to write instead, if that is obvious."""
    if kinds == ["boolean"] and str(value).lower() in ANSWERS:
        return f"write {ANSWERS[str(value).lower()]}"
    if kinds[0] == "string" and "integer" not in kinds and isinstance(value, bool | int | float):
        return f'put it into quotes: "{str(value).lower()}"'
    return ""


def _not_one_of(error: ValidationError, path: Path) -> Iterator[Message]:
    words = [word for word in _listed(error) if word is not None]
    message = f"{_what(path)} can't be {_got(error.instance, bare=True)}{nearest(str(error.instance), words)}"
    yield Message("FU104", path, message, _description(error))


def _badly_written(error: ValidationError, path: Path) -> Iterator[Message]:
    code = "FU107" if path and path[-1] == "id" else "FU105"
    meant = nearest_value(path[-1], str(error.instance), str(error.validator_value)) if path else ""
    message = f"{_what(path)} can't be {_got(error.instance, bare=True)}{meant}"
    yield Message(code, path, message, _description(error))


def _bad_key(error: ValidationError, path: Path) -> Message:
    """A key that isn't a valid id, date or header name."""
    key, is_id = str(error.instance), path[-1:] != ("holidays",) and path[-1:] != ("headers",)
    slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:64]
    hint = f"such as '{slug}'" if is_id and slug else _description(error)
    message = f"'{_short(key)}' can't be {'an id' if is_id else 'a key here'}"
    return Message("FU107" if is_id else "FU105", path + (key,), message, hint, key=True)


def _refused(error: ValidationError, path: Path) -> Iterator[Message]:
    if isinstance(error.instance, dict):  # a schema's `required` also holds for what has no keys at all
        yield Message("FU105", path, f"{_what(path)} has two keys that can't be used together", _description(error))


SAY: Mapping[str, Callable[[ValidationError, Path], Iterator[Message]]] = MappingProxyType(
    {
        "additionalProperties": _unknown_keys,
        "required": _missing,
        "dependentRequired": _missing,
        "type": _wrong_kind,
        "enum": _not_one_of,
        "pattern": _badly_written,
        "not": _refused,
    }
)


def _mapping(error: ValidationError) -> Mapping[str, object]:
    """The instance, if it is a mapping."""
    return error.instance if isinstance(error.instance, dict) else {}


def _listed(error: ValidationError) -> list[str]:
    """The keyword's value, if it is a list."""
    return error.validator_value if isinstance(error.validator_value, list) else []


def _schema(error: ValidationError) -> Mapping[str, object]:
    return error.schema if isinstance(error.schema, dict) else {}


def _properties(error: ValidationError) -> Mapping[str, Mapping[str, object]]:
    """The allowed keys, each with its own schema."""
    properties = _schema(error).get("properties")
    return properties if isinstance(properties, dict) else {}


def _description(error: ValidationError) -> str:
    return str(_schema(error).get("description", ""))


def _what(path: Path) -> str:
    """`'offset'`, or `item 2 of 'steps'`, counting from 1."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of {_what(path[:-1])}"
    return f"'{_short(path[-1])}'"


def _got(value: object, bare: bool = False) -> str:
    if isinstance(value, str):
        return f"'{_short(value)}'" if bare else f"the text '{_short(value)}'"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "empty"
    return KINDS["object"] if isinstance(value, dict) else KINDS["array"] if isinstance(value, list) else str(value)


def _short(text: str) -> str:
    """A text, shortened."""
    return text if len(text) <= 60 else text[:57] + "..."
