"""A new project: the sample office's catalog and an empty store; nothing that is there is overwritten."""

from __future__ import annotations

import os
import shutil
from json import dumps

from followup.catalog.shipped import shipped
from followup.errors import CannotWrite


def start(folder: str, store: str, login: str | None) -> bool:
    """Make `folder` a project kept in `store`; whether the account `login` is now the sample office's first rep.

    Raises CannotWrite where there is a project already.
    """
    if os.path.exists(os.path.join(folder, "cycles")):
        raise CannotWrite(f"{folder} has a folder cycles/ already: nothing was changed")
    os.makedirs(folder, exist_ok=True)
    for name in ("schema", "sample_data", "cycles"):
        if not os.path.exists(os.path.join(folder, name)):
            shutil.copytree(shipped(name), os.path.join(folder, name))
    os.makedirs(os.path.join(folder, ".followup"), exist_ok=True)
    with open(os.path.join(folder, ".followup", "store"), "w", encoding="utf-8") as file:
        file.write(store + "\n")
    if login is None or not login.isprintable():
        return False
    _let_in(os.path.join(folder, "cycles", "people.yaml"), login)
    return True


def _let_in(path: str, login: str) -> None:
    """The first command after `init` is `due`: whoever starts the office is its Tom Brown."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        quoted = dumps(login, ensure_ascii=False)  # a JSON text is a YAML text
        file.write(text.replace("    name: Tom Brown\n", f"    name: Tom Brown\n    login: {quoted}\n", 1))
