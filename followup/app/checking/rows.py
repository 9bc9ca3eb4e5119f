"""Rows as they stand against rows as the history tells them, told apart by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = tuple[Any, ...]


def differences(
    subject: str, noun: str, columns: Sequence[str], told: Mapping[Any, Row], kept: Mapping[Any, Row]
) -> Iterator[str]:
    """One line for each row that differs, naming the columns; `noun` with the row's id is what it is called."""
    if told == kept:
        return
    for id in sorted(told.keys() | kept.keys(), key=lambda id: (str(type(id)), id)):
        said, stands = told.get(id), kept.get(id)
        name = subject if subject == f"{noun}:{id}" else f"{subject}: {noun} {id}"
        if stands is None:
            yield f"{name} is in the history, and there is no row"
        elif said is None:
            yield f"{name} is a row that no history tells of"
        elif said != stands:
            yield f"{name}: {'; '.join(_columns(columns, said, stands))}"


def _columns(columns: Sequence[str], said: Row, stands: Row) -> Iterator[str]:
    for column, told, kept in zip(columns, said, stands, strict=True):
        if told != kept:
            yield f"{column} is {_short(kept)}, the history says {_short(told)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
