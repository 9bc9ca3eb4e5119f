"""Lines for people. Values of contacts are hostile until cleaned: no control character reaches a terminal (P6)."""

from __future__ import annotations

from unicodedata import category

from followup.errors import Problem


def clean(text: str) -> str:
    """`text` on one line, without what a terminal would act on: controls, escapes, direction overrides."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cs")
    )


def problem_line(problem: Problem) -> str:
    """`file:line:column: error FU101 message (hint)`."""
    hint = f" ({problem.hint})" if problem.hint else ""
    place = f"{problem.file}:{problem.line}:{problem.column}"
    return f"{clean(place)}: {problem.severity} {problem.code} {clean(problem.message + hint)}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
