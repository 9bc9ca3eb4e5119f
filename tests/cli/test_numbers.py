"""A number that is too large for a store is refused by every command that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer._click import Command, Context
from typer._click.types import IntParamType, IntRange

from followup.cli.options import LAST_ID
from followup.cli.root import app
from tests.conftest import Run
from tests.store.faults import one_line


def commands(group: Any, ctx: Context, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, ctx, (*words, name))
        else:
            yield (*words, name), command


def numbers() -> Iterator[tuple[str, str, IntParamType]]:
    root = typer.main.get_command(app)
    for words, command in commands(root, Context(root), ()):
        for param in command.params:
            if isinstance(param.type, IntParamType):
                yield " ".join(words), param.name or "", param.type


NUMBERS = list(numbers())


@pytest.mark.parametrize(("command", "name", "type"), NUMBERS, ids=[" ".join(each[:2]) for each in NUMBERS])
def test_every_number_has_bounds_that_fit_in_a_store(command: str, name: str, type: IntParamType) -> None:
    assert isinstance(type, IntRange) and type.max is not None and type.max <= LAST_ID, f"{command} {name}"
    assert type.min is not None and type.min >= -LAST_ID


@pytest.mark.parametrize("number", ["99999999999999999999", "-99999999999999999999", "9223372036854775807", "1e9", "½"])
@pytest.mark.parametrize(
    "words",
    [["explain"], ["complete"], ["attempt"], ["skip"], ["cancel"], ["history", "--change"], ["catalog", "show"]]
    + [["contacts", "list", "-n"], ["search", "-n"], ["due", "--upcoming"], ["reschedule"], ["history", "-n"]],
    ids=" ".join,
)
def test_12_a_number_out_of_range_is_a_one_line_error(run: Run, words: list[str], number: str) -> None:
    more = ["+3d"] if words == ["reschedule"] else []
    value = [f"{words.pop()}={number}"] if words[-1].startswith("--") else [number]
    result = run(
        *words, *(value if words[-1] == "-n" or (value[0][:1] == "-" and "=" in value[0]) else ["--", *value]), *more
    )
    assert result.returncode in (0, 2, 4, 65, 66) and "Traceback" not in result.stderr, result.stderr
    assert result.returncode in (0, 2) or one_line(result.stderr), result.stderr
