"""Rows that are damaged and still valid text: no reader falls over one, and each is named."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.test_doctor import LIVED
from tests.conftest import command
from tests.properties import examples
from tests.store.damaging import Answer, commands, damage, here

#: commands that each damaged store is asked
MANY = 12

#: what a command may leave with; 70 is a bug
LEAVES = {0, 1, 3, 4, 5, 65, 66, 69, 73, 75, 78}


@pytest.fixture(scope="module")
def lived(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which things have happened."""
    office = Path(shutil.copytree(sample, tmp_path_factory.mktemp("lived") / "demo"))
    for user, words in (
        *LIVED,
        ("sue", "complete 10"),
        ("sue", "complete 18"),
        ("sue", "contacts set li-wei --source x"),
    ):
        done = command(*words.split(), cwd=office, user=user)
        assert done.returncode == 0 or user == "sue", done.stderr
    return office


def check(answer: Answer, what: str, words: tuple[str, ...]) -> None:
    told = (what, words, answer.err[-3000:])
    assert answer.code in LEAVES, told
    assert "Traceback" not in answer.err, told
    if answer.code == 69:
        assert answer.err.count("\n") == 1, told


@pytest.mark.slow(60)
@settings(max_examples=examples(300))
@given(st.integers(0, 2**63))
def test_no_command_falls_over_a_damaged_row(lived: Path, seed: int) -> None:
    draw, file = Random(seed), lived / "followup.db"
    whole = file.read_bytes()
    try:
        damaged = damage(file, draw)
        if damaged is None:
            return
        asked = commands(damaged.contact, damaged.action)
        with here(lived) as answered:
            for words in draw.sample(asked, MANY):
                answer = answered(*words)
                check(answer, damaged.what, words)
    finally:
        file.write_bytes(whole)
