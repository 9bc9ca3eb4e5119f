"""Sessions as text, including README.md: every ```console block is run, in order, in one empty folder, and must match.

`pytest --accept` rewrites them with the current output.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # they start dozens of processes


ROOT = Path(__file__).parent.parent.parent
SESSIONS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(Path(__file__).parent.glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Shell:
    """Runs lines one by one; `cd` and `export` stay in effect."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COLUMNS": "80",
            "FOLLOWUP_NOW": "2026-05-04T09:00",
            "FOLLOWUP_USER": "tom",
        }

    def run(self, line: str) -> str:
        if line.startswith("cd "):
            self.folder = self.folder / line[3:]
            return ""
        if line.startswith("export "):
            name, _, value = line[7:].partition("=")
            self.env[name] = value
            return ""
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        code = f"[exit {done.returncode}]\n" if done.returncode else ""
        return "".join(part.rstrip() + "\n" for part in done.stdout.splitlines()) + code


def replayed(block: str, shell: Shell) -> str:
    """The block with each command's real output after it."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{shell.run(line[2:])}" for line in commands)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.stem)
def test_every_session_matches_its_real_output(session: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shell = Shell(tmp_path)
    text = session.read_text()
    real = BLOCK.sub(lambda match: f"```console\n{replayed(match[1], shell)}```", text)
    if request.config.getoption("--accept"):
        session.write_text(real)
    assert real == text
