"""The right form of a mapping or a list, where something else was written: the schema's example, in YAML.

If the value that was written has an id or a complete item, the form uses it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import yaml

LONGEST = 90  # characters of an item that is repeated; instead of a longer one, the example is shown


def right_form(key: str | int, value: object, schema: Mapping[str, object]) -> str:
    """What to write at `key` instead of `value`; nothing where the schema has no example of a mapping or a list."""
    examples = schema.get("examples")
    example = examples[0] if isinstance(examples, list) else None
    if isinstance(example, dict):
        return _written(key, _under_own_id(example, value, schema.get("propertyNames")))
    return _written(key, _own_item(value, schema) or example) if isinstance(example, list) else ""


def _under_own_id(example: dict[str, object], value: object, names: object) -> dict[str, object]:
    """The example under the first id of a list, as in `users: [tom]`. `names`: the schema of the ids."""
    first = value[0] if isinstance(value, list) and value else None
    id = first.get("id") if isinstance(first, dict) else first
    pattern = names.get("pattern") if isinstance(names, dict) else None
    if isinstance(id, str) and isinstance(pattern, str) and re.fullmatch(pattern.strip("^$"), id):
        return dict.fromkeys((id,), *example.values())
    return example


def _own_item(value: object, schema: Mapping[str, object]) -> list[object]:
    """The one item that was written without its list, or as a pair: `moved: {old: new}`."""
    items = schema.get("items")
    if not isinstance(value, dict) or not isinstance(items, dict) or len(_flow(value)) > LONGEST:
        return []
    if value and value.keys() <= items.get("properties", {}).keys():
        return [value]
    required, pair = items.get("required", ()), next(iter(value.items()), ())
    return [dict(zip(required, pair, strict=True))] if len(required) == 2 and _is_text(pair) else []


def _is_text(pair: tuple[object, ...]) -> bool:
    return len(pair) == 2 and all(isinstance(part, str) for part in pair)


def _written(key: str | int, form: dict[str, object] | list[object]) -> str:
    """On one line, or what contains more mappings or lists on two."""
    inner = list(form.values()) if isinstance(form, dict) else form
    if isinstance(key, int):
        return f"write `- {_flow(form)}`"
    if len(inner) != 1 or not isinstance(inner[0], dict):
        return f"write `{key}: {_flow(form)}`"
    below = f"{next(iter(form))}: {_flow(inner[0])}" if isinstance(form, dict) else f"- {_flow(inner[0])}"
    return f"write `{key}:`, and below it `  {below}`"


def _flow(value: object) -> str:
    """One line of YAML. What was read knows its place, which only JSON forgets."""
    plain = json.loads(json.dumps(value))
    return yaml.safe_dump(plain, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True).strip()
