"""Catalogs with something odd in them: a node replaced by another kind of value, or by a similar one from elsewhere.

Each number gives one catalog, so a failure can be reproduced: `odd_office(number)`.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from copy import deepcopy
from random import Random
from typing import Any, TypeAlias

from followup.catalog.reader import read
from followup.catalog.shipped import shipped

Path: TypeAlias = tuple[str | int, ...]
HERE = os.path.dirname(__file__)


class Verbatim(str):
    """YAML that is written verbatim, since JSON can't express it."""


def _data(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.loads(json.dumps(read(file.read(), path).data))


def _folder(path: str) -> list[Any]:
    return [_data(os.path.join(path, name)) for name in sorted(os.listdir(path)) if name.endswith(".yaml")]


SAMPLE = _folder(shipped("cycles"))
GOOD = [[_data(os.path.join(HERE, "office.yaml")), file] for file in _folder(os.path.join(HERE, "good"))]
OTHER_KINDS = (
    *(None, True, False, 0, 1, -1, 5, 2.0, 2.5, 10**17, "", " ", "x", "a b", "a: b", "x" * 5000, "a/b", "x/y/z", "*"),
    *([], {}, [[]], [None], [{}], ["a"], [1], {"a": None}, {"": 1}, {"name": "x"}, [{"id": "a", "type": "call"}]),
    *({"2026-05-04": "x"}, "\u202e", "\u00e9", "\u674e", "\u200b", "e\u0301", "\U0001f600", "{{contact.name}}", "{{"),
)
VERBATIM = tuple(
    map(
        Verbatim,
        (
            *(
                "!!python/object:x 1",
                "!x {}",
                "! 1",
                "&n [1]",
                "*n",
                "{<<: {a: 1}}",
                "1e3",
                "0.0",
                "-0.0",
                ".inf",
                ".nan",
            ),
            *(
                "99999999999999999999",
                "0x10",
                "0o7",
                "~",
                "? [1] : 2",
                "'it''s'",
                '"\\0"',
                '"\\u202e"',
                "[" * 22 + "]" * 22,
            ),
            *(
                "|\n    x\n    y\n  ",
                "{a: 1, a: 2}",
                "{1: 2, null: 3}",
                "{? {a: 1} : 2}",
                "[a, b",
                "'",
                "- a",
                "@",
                "a: b: c",
            ),
        ),
    )
)
#: Unusual values in the right form, by key.
ODD = {
    "offset": ("9999 days", "-9999 days", "0 days", "999 months", "-999 months", "9999 business days", "0 hours", 9999),
    "min_gap": (0, 9999, "9999 days"),
    "at": ("00:00", "23:59", None),
    "anchor": ("start", "due", "event", "completed", "step:x", None),
    "roll": ("forward", "back", "none", None),
    "working_days": ("sun", "sun-sat", ["mon", "mon"], None),
    "hours": ("00:00-00:01", "23:58-23:59", None),
    "zone": ("Asia/Kathmandu", "America", "localtime", "UTC", "../UTC", "a\u0000b", "x" * 200),
    "holidays": ({"0001-01-01": "x", "9999-12-31": "x"}, {"2026-02-30": "x"}, {}, None),
    "holidays_until": ("0000-01-01", "0001-01-01", "9999-12-31", "2026-05-04", None),
    "holidays_from": (1970, 2200, 2026),
    "country": ("CA", "XX", "USA"),
    "subdivision": ("BC", "XX", "B C"),
    "on": ("0001-01-01", "0000-01-01", "9999-12-31", "9999-12-31T23:59", "2026-05-04T14:00", "2026-02-30"),
    "due": ("0001-01-01", "9999-12-31T23:59", "2026-05-04"),
    "to": ("0001-01-01", "9999-12-31T23:59", "future-prospect", "future-prospect/callback", "a/b", "callback"),
    "from": ("future-prospect", "old/callback", "old", "callback"),
    "rebook": ("0001-01-01", "9999-12-31T23:59", "2026-05-04"),
    "loop_to": ("callback", None, "x"),
    "cycle": (None, "future-prospect", "company/x", "x"),
    "url": ("https://[x", "${env:X}", "https://\u00e9", "https://x?a=%zz", "http://"),
    "file": ("/etc/passwd", "../x", ".", "x", "\u0000", "a\u0000b", "cycles.yaml"),
    "round": (1, 9999),
    "active": (True, False),
    "steps": ([],),
    "name": ("x", "\U0001f600", "e\u0301"),
}


def odd_office(number: int) -> dict[str, str]:
    """File names with their texts."""
    random = Random(number)
    files = deepcopy(random.choice((SAMPLE, random.choice(GOOD), random.choice(GOOD))))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        _change(random.choice(files), random)
    return {f"{place}.yaml": _text(file, random) for place, file in enumerate(files)}


def _change(file: Any, random: Random) -> None:
    paths = _paths(file)[1:]
    if not paths:  # an earlier change removed everything
        return
    path = random.choice(paths)
    around, last = _at(file, path[:-1]), path[-1]
    match random.choice((*range(12), 4, 5, 6, 6)):
        case 0 | 1 | 2:
            around[last] = deepcopy(random.choice(OTHER_KINDS))
        case 3:
            around[last] = random.choice(VERBATIM)
        case 4 | 5 | 6:
            around[last] = deepcopy(random.choice(_like(last)))
        case 7:
            around[last] = deepcopy(random.choice(random.choice(list(LIKE.values()))))
        case 8:
            around[last] = random.choice(([around[last]], {"a": around[last]}, [around[last]] * 3))
        case 9:
            del around[last]
        case 10 if isinstance(around, dict):
            around[
                random.choice((*LIKE, "", "a b", "x" * 5000, "\u202e", Verbatim("5"), Verbatim("<<"), Verbatim("[a]")))
            ] = around[last]
        case _:
            around[last] = Verbatim("&n " + _flow(around[last]))
            other = random.choice(paths)
            if other[: len(path)] != path and path[: len(other)] != other:
                _at(file, other[:-1])[other[-1]] = Verbatim("*n")


def _like(key: str | int) -> list[Any]:
    return [*ODD.get(str(key), ()), *LIKE.get(key if isinstance(key, str) else 0, ())] or list(OTHER_KINDS)


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _paths(value: Any, path: Path = ()) -> list[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, part in parts for below in _paths(part, (*path, key)))]


def _text(file: Any, random: Random) -> str:
    """Each section on one line, or one line per item."""
    if not isinstance(file, dict):
        return _flow(file)
    lines = []
    for section, items in file.items():
        if isinstance(items, dict) and items and random.random() < 0.5:
            lines += [f"{_flow(section)}:", *(f"  {_flow(id)}: {_flow(item)}" for id, item in items.items())]
        else:
            lines.append(f"{_flow(section)}: {_flow(items)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(part)}" for key, part in value.items()) + "}"
    return f"[{', '.join(map(_flow, value))}]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def _by_key() -> dict[str | int, list[Any]]:
    """All values of all catalogs by their key; items of lists by 0."""
    values = defaultdict[str | int, list[Any]](list)
    for file in (file for files in (SAMPLE, *GOOD) for file in files):
        for path in _paths(file):
            if path:
                values[path[-1] if isinstance(path[-1], str) else 0].append(_at(file, path))
    return values


LIKE = _by_key()
