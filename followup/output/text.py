"""Text for the terminal. Contact data is untrusted until cleaned: no control character reaches a terminal (P6)."""

from __future__ import annotations

from unicodedata import category

from followup.errors import Problem


def clean(text: str) -> str:
    """`text` on one line, without characters that a terminal acts on: controls, escapes, direction overrides."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cs")
    )


def short(text: str, room: int = 90) -> str:
    """`text` on one line; a long one loses its middle, because the ends identify things."""
    text = clean(text)
    return text if len(text) <= room else f"{text[: room * 2 // 3].rstrip()} … {text[-room // 4 :].lstrip()}"


def markdown(text: str) -> str:
    """`text` escaped for Markdown, so that none of it becomes markup (P6)."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in clean(text))


def uncontrolled(text: str) -> str:
    """`text` for a data file: no control characters except line ends and tabs; marks and joiners stay, as in names."""
    if text.isprintable():
        return text
    return "".join(c for c in text if category(c) != "Cc" or c in "\n\t")


def json_text(value: object, indent: int | None = 2) -> str:
    """JSON with terminal control characters as \\u escapes: parsing it gives the same value."""
    from json import dumps

    text = dumps(value, ensure_ascii=False, indent=indent)
    odd = {c for c in set(text) if not c.isprintable() and c != "\n"}
    return text.translate({ord(c): "\\u007f" if c == "\x7f" else dumps(c)[1:-1] for c in odd}) if odd else text


def problem_line(problem: Problem) -> str:
    """`file:line:column: error FU101 message (hint)`."""
    hint = f" ({problem.hint})" if problem.hint else ""
    place = f"{problem.file}:{problem.line}:{problem.column}"
    return f"{clean(place)}: {problem.severity} {problem.code} {clean(problem.message + hint)}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
