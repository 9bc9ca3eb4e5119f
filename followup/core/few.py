"""A list that keeps its first few items and counts all of them, so that memory stays flat for a million."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class Few(list[T]):
    """The first `most` of the added items (None: all), and in `total` the number added."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self.most, self.total = most, 0

    @property
    def full(self) -> bool:
        return self.most is not None and len(self) >= self.most

    def add(self, item: T, named: bool = True) -> None:
        """`named`: false for what the reader may not see, which is only counted (F20)."""
        self.total += 1
        if named and not self.full:
            self.append(item)

    def join(self, other: Few[T]) -> None:
        """What another has kept and counted comes behind."""
        total = self.total + other.total
        for item in other:
            self.add(item)
        self.total = total
