"""Progress of a long command: a line that counts up, only on a terminal, and cleared at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def progress(ctx: typer.Context, noun: str) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with each new count; it prints nothing with -q, or without a terminal."""
    if not _is_shown(ctx):
        yield lambda _: None
        return
    try:
        yield lambda count: _write(f"\r{count:,} {noun}")
    finally:
        clear_line(ctx)


def clear_line(ctx: typer.Context) -> None:
    """Clear the progress line, so that something else can be printed."""
    if _is_shown(ctx):
        _write("\r\x1b[K")


def _is_shown(ctx: typer.Context) -> bool:
    return not ctx.obj.quiet and sys.stderr.isatty()


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
