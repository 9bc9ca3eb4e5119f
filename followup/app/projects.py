"""A new project: a catalog and where its store is; nothing that is there is overwritten."""

from __future__ import annotations

import os
import shutil
from json import dumps
from typing import NamedTuple

from followup.catalog.shipped import shipped


class Started(NamedTuple):
    """`sample`: the catalog is the sample office's, and not one that was there; `let_in`: its first rep is `login`."""

    sample: bool
    let_in: bool


def start(folder: str, store: str | None, login: str | None) -> Started:
    """Make `folder` a project, with the sample office's catalog where it has none of its own, as a fresh clone of an
    office's repository has. A kill leaves no half of a catalog. `store`: a url; None: as it says, or the usual one."""
    own = os.path.exists(os.path.join(folder, "cycles"))
    line = os.path.join(folder, ".followup", "store")
    os.makedirs(os.path.dirname(line), exist_ok=True)
    if store or not os.path.exists(line):
        with open(line, "w", encoding="utf-8") as file:
            file.write((store or "sqlite:///followup.db") + "\n")
    let_in = not own and login is not None and login.isprintable()
    for name in () if own else ("schema", "sample_data", "cycles"):
        if not os.path.exists(os.path.join(folder, name)):
            _copied(shipped(name), os.path.join(folder, name), login if let_in and name == "cycles" else None)
    return Started(not own, let_in)


def _copied(source: str, place: str, login: str | None) -> None:
    """Whole or not at all."""
    part = place + ".part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source, part)
    if login is not None:
        _let_in(os.path.join(part, "people.yaml"), login)
    os.rename(part, place)


def _let_in(path: str, login: str) -> None:
    """The first command after `init` is `due`: whoever starts the office is its Tom Brown."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        quoted = dumps(login, ensure_ascii=False)  # a JSON text is a YAML text
        file.write(text.replace("    name: Tom Brown\n", f"    name: Tom Brown\n    login: {quoted}\n", 1))
