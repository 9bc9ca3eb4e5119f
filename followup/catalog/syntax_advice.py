"""What is wrong with a text that isn't YAML, in plain words: where, what, and what to write instead.

The parser speaks of its grammar ("did not find expected key"). This module recognizes the usual slips by the parser's
message and by the text around it: a colon without quotes, a brace or quote that stays open, indentation, tabs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from followup.catalog.syntax_slip import IN_QUOTES, KEYED, LONGEST, Slip, quoted, short
from followup.catalog.tree import Place

LONGEST_KEY = 1000  # YAML's own limit is 1,024, quotes counted
#: what opens a mapping or a list on one line, with what closes it
CLOSING: Mapping[str, str] = MappingProxyType({"{": "}", "[": "]"})


class Advice(NamedTuple):
    at: Place
    message: str
    hint: str


def advice(slip: Slip) -> Advice:
    line = slip.line(slip.at.line)
    if "\t" in line[: slip.indent(slip.at.line)]:
        return Advice(Place(slip.at.line, line.index("\t") + 1), "a tab in the indentation", "use spaces")
    answer = next((say(slip) for signs, say in SLIPS if re.search(signs, slip.says)), _unknown(slip))
    return answer._replace(at=min(answer.at, slip.end))  # what the end of the text lacks is missing after its last word


def _unknown(slip: Slip) -> Advice:
    problem, _, context = slip.says.partition(" | ")
    begun = f"{context}, begun on line {slip.start.line}" if context != "None" else ""
    return Advice(slip.at, f"not valid YAML: {problem}", begun)


def _colon(slip: Slip) -> Advice:
    """A second colon in one value; or a line that goes on with the text of the one before, and has a colon."""
    keyed = KEYED.match(slip.line(slip.at.line))
    if keyed and keyed.start("value") < slip.at.column:
        return Advice(slip.at, "a text with a colon needs quotes", slip.in_quotes(slip.at.line))
    if slip.before and slip.before.begins.line < slip.at.line:
        return _continued(slip, slip.before.begins)
    if slip.before and not slip.before.quoted:
        return _no_colon(slip, slip.before.begins)
    return Advice(slip.at, "a colon that belongs to no key", "put a text with a colon into quotes")


def _continued(slip: Slip, begins: Place) -> Advice:
    if slip.up_to(begins).strip("- "):
        message = f"this line is indented too far: line {begins.line} has a value already"
        return Advice(slip.at, message, f"indent it like line {begins.line}, or put quotes around a longer text")
    return _no_colon(slip, begins)


def _no_colon(slip: Slip, begins: Place) -> Advice:
    """A line that should be a key."""
    if slip.before and slip.before.style in ("|", ">"):
        message = f"the text below {slip.before.style} has to be indented further than its key"
        return Advice(begins, message, "indent all of its lines by two more spaces")
    word = slip.rest(begins).strip()
    if "\uff1a" in word:
        return Advice(begins, "a full-width colon", "type a plain colon and a space")
    key, _, value = word.partition(":")
    if len(key) > LONGEST_KEY:
        return Advice(begins, f"a key longer than {LONGEST_KEY} characters", "give it a shorter one")
    if value.strip():
        return Advice(begins, "no space behind the colon", f"write `{short(f'{key}: {value.strip()}')}`")
    return Advice(begins, "a line without a colon", f"if it is a key, write `{short(word)}:`")


def _flow(slip: Slip) -> Advice:
    """Between braces or brackets."""
    opening, here = slip.rest(slip.start)[:1], slip.rest(slip.at)[:1]
    closing, opened = CLOSING.get(opening, "}"), f"the {opening} opened on line {slip.start.line}"
    if slip.at.line > slip.start.line and slip.indent(slip.at.line) <= slip.indent(slip.start.line):
        return _never_closed(slip, slip.start)
    if here in ("}", "]"):
        return Advice(slip.at, f"{opened} is closed by {here}", f"close it with {closing} first")
    if here == ":" and slip.before:
        return _colon_in_flow(slip, slip.before.begins)
    if here == ":":
        return Advice(slip.at, "a text with a colon needs quotes", IN_QUOTES)
    comma = Advice(
        slip.at, f"no comma before this; {opened} goes on here", f"write a comma, or close it with {closing}"
    )
    return _after_quote(slip) or comma


def _never_closed(slip: Slip, opened: Place) -> Advice:
    opening = slip.rest(opened)[:1]
    message = f"the {opening} opened on line {opened.line} is never closed"
    return Advice(opened, message, f"close it with {CLOSING.get(opening, opening)}")


def _no_value(slip: Slip) -> Advice:
    if slip.around and slip.rest(slip.around)[:1] in CLOSING and slip.at >= slip.end:
        return _never_closed(slip, slip.around)
    return Advice(slip.at, "no value before this", "take out what is too much, or put the text into quotes")


def _colon_in_flow(slip: Slip, begins: Place) -> Advice:
    """The value has a colon; or the comma before the next key is missing, which then looks like a word of the value."""
    if begins.line < slip.at.line:
        return Advice(slip.at, "no comma before this line", f"write one at the end of line {begins.line}")
    before, _, word = slip.rest(begins)[: slip.at.column - begins.column].rpartition(" ")
    if before and re.fullmatch("[a-z_]+", word):
        key_at = Place(slip.at.line, slip.at.column - len(word))
        return Advice(key_at, "no comma before this key", f"write `{short(before)}, {word}:`")
    value = re.split(r"[,}\]]", slip.rest(begins))[0].strip()
    key = re.search(r"([\w./-]+:\s*)$", slip.up_to(begins))
    hint = f"write `{key[1]}{quoted(value)}`" if key and len(value) <= LONGEST else IN_QUOTES
    return Advice(slip.at, "a text with a colon needs quotes", hint)


def _after_quote(slip: Slip) -> Advice | None:
    """A quoted text that ended earlier than it was meant to, or on a later line."""
    before = slip.before
    if not before or not before.quoted or slip.up_to(slip.at)[before.ends.column - 1 :].strip():
        return None
    if before.begins.line < before.ends.line:
        message = f"the quote opened on line {before.begins.line} is closed only on line {before.ends.line}"
        return Advice(before.begins, message, f"close it with {before.style} on line {before.begins.line}")
    hint = "write an apostrophe twice ('it''s'), or use double quotes"
    hint = hint if before.style == "'" else "put all of it into one pair of quotes"
    return Advice(slip.at, "text after the closing quote", hint)


def _key(slip: Slip) -> Advice:
    """In a mapping, where the next key would be."""
    rest, after_quote = slip.rest(slip.at), _after_quote(slip)
    if after_quote:
        return after_quote
    if rest[:1] in ("}", "]"):
        return Advice(slip.at, f"this {rest[0]} closes nothing", "take it out, or put the value into quotes")
    if slip.up_to(slip.at).rstrip().endswith(("}", "]")):
        return Advice(slip.at, "text after a closing brace or bracket", slip.in_quotes(slip.at.line))
    if re.match(r"-(\s|$)", rest):
        return Advice(slip.at, "a list item among keys", "indent it below the key that it belongs to")
    return _indentation(slip)


def _item(slip: Slip) -> Advice:
    """In a list, where the next item would be."""
    if slip.rest(slip.at)[:1] == "-":
        return _indentation(slip)
    message = f"a key where the list of line {slip.start.line} goes on"
    return Advice(slip.at, message, "indent it like the first key of its item, or begin the line with `- `")


def _indentation(slip: Slip) -> Advice:
    above = next((number for number in range(slip.at.line - 1, 0, -1) if slip.line(number).strip()), slip.start.line)
    hint = f"indent it like the key that it follows; line {above} begins in column {slip.indent(above) + 1}"
    return Advice(slip.at, "the indentation of this line fits none above", hint)


def _beginning(slip: Slip) -> Advice:
    """A character that means something else at the beginning of a value."""
    first = slip.rest(slip.start)[:1]
    if first == "\t":
        return Advice(slip.start, "a tab where only spaces can be", "use spaces")
    keyed = KEYED.match(slip.line(slip.start.line))
    alone = keyed and keyed.start("value") == slip.start.column - 1
    hint = slip.in_quotes(slip.start.line) if alone else IN_QUOTES
    return Advice(slip.start, f"a value can't begin with {first}", hint)


def _always(message: str, hint: str) -> Callable[[Slip], Advice]:
    return lambda slip: Advice(slip.at, message, hint)


#: what the parser says, libyaml or PyYAML's own, with what it was reading -> what to say
SLIPS: tuple[tuple[str, Callable[[Slip], Advice]], ...] = (
    (r"(end of stream|document (indicator|separator)).*\| .*quoted", lambda slip: _never_closed(slip, slip.start)),
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", lambda slip: _no_colon(slip, slip.start)),
    ("expected ',' or", _flow),
    (r"(expected key|<block end>).*\| .*block mapping", _key),
    (r"('-' indicator|<block end>).*\| .*block (collection|sequence)", _item),
    ("cannot start any token|alphabetic or numeric|mapping keys are not allowed", _beginning),
    ("sequence entries are not allowed", _always("a list begins below its key", "put `- ` on the next line")),
    ("hexa?decimal|escape", _always("a backslash begins an escape here", "use single quotes, or write it twice")),
    ("node content", _no_value),
    (
        r"comment or .*line break.*\| .*block scalar",
        _always("the text begins on the line below", "start a new line, and indent it"),
    ),
)
