"""Every code that a catalog problem can carry: what it means, and whether it stops an apply.

A code is never used again for something else: people search for them and switch them off by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from followup.catalog.source_text import visible
from followup.catalog.tree import Path, Place, dotted
from followup.errors import Problem

ERROR, WARNING = "error", "warning"
LONGEST_WORD = 200  # characters: looking for what is near a longer text takes seconds


class Code(NamedTuple):
    """One line of the table in docs/catalog.md."""

    severity: str
    meaning: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        "FU001": Code(ERROR, "not a regular file: a pipe, a device or a folder with a catalog file's name"),
        "FU002": Code(ERROR, "a link that leads out of the catalog folder, or to a folder"),
        "FU003": Code(ERROR, "the file cannot be read"),
        "FU004": Code(ERROR, "the file is larger than a catalog file may be"),
        "FU005": Code(ERROR, "the file is not UTF-8 text"),
        "FU006": Code(ERROR, "an invisible character that may not stand in a catalog"),
        "FU007": Code(ERROR, "not valid YAML"),
        "FU008": Code(ERROR, "a second YAML document in one file"),
        "FU009": Code(ERROR, "nested too deeply"),
        "FU010": Code(ERROR, "too many values in one file, those repeated through `*aliases` counted each time"),
        "FU011": Code(ERROR, "a YAML tag"),
        "FU012": Code(ERROR, "a YAML merge key (`<<`)"),
        "FU013": Code(ERROR, "the same key twice in one mapping"),
        "FU014": Code(ERROR, "a key that is not text"),
        "FU015": Code(ERROR, "a number that is too large to be meant"),
        "FU016": Code(ERROR, "a YAML `*alias` without its `&anchor`"),
        "FU017": Code(ERROR, "the folder holds no catalog file"),
        "FU018": Code(ERROR, "more problems in one file than are listed"),
        "FU101": Code(ERROR, "the wrong kind of value"),
        "FU102": Code(ERROR, "a key is missing"),
        "FU103": Code(ERROR, "an unknown key"),
        "FU104": Code(ERROR, "not one of the words that can stand here"),
        "FU105": Code(ERROR, "not written the way it has to be"),
        "FU106": Code(ERROR, "too long, too short, too many or too few"),
        "FU107": Code(ERROR, "an id that is not made of small letters, digits and hyphens"),
        "FU201": Code(ERROR, "declared twice"),
        "FU202": Code(ERROR, "names something that is not declared, such as an alias of a missing cycle"),
        "FU203": Code(ERROR, "a step uses a template that is not active"),
        "FU204": Code(ERROR, "a step's template is for another channel"),
        "FU205": Code(ERROR, "a type that cannot be a step of a cycle"),
        "FU206": Code(ERROR, "two steps with one id"),
        "FU207": Code(ERROR, "a step counts from one that is not an earlier active step"),
        "FU208": Code(ERROR, "a cycle counts from an event"),
        "FU209": Code(ERROR, "an offset before its anchor, where the anchor is no event"),
        "FU210": Code(ERROR, "managers in a ring"),
        "FU211": Code(ERROR, "an unknown time zone"),
        "FU212": Code(ERROR, "a date that no calendar has"),
        "FU213": Code(ERROR, "closing before opening"),
        "FU214": Code(ERROR, "an unknown or broken token in a template"),
        "FU215": Code(ERROR, "a template's file cannot be used"),
        "FU216": Code(ERROR, "two active aliases with one name"),
        "FU217": Code(ERROR, "two users with one login"),
        "FU218": Code(ERROR, "two ready plans claim one source"),
        "FU219": Code(ERROR, "a country's holidays cannot be looked up"),
        "FU220": Code(ERROR, "ids that moved in a ring"),
        "FU221": Code(ERROR, "no office is declared"),
        "FU222": Code(WARNING, "plans that follow each other in a ring"),
        "FU223": Code(ERROR, "a cycle that moved to a step, or a step to a cycle"),
        "FU224": Code(ERROR, "an id that has moved, and is still declared"),
        "FU225": Code(ERROR, "a step that moved to a step of another cycle"),
        "FU226": Code(ERROR, "no active user may apply the catalog"),
        "FU227": Code(ERROR, "an active alias whose name is the id of another"),
        "FU228": Code(ERROR, "a test that begins with nothing, or says two things where one can happen"),
        "FU229": Code(WARNING, "a test names something that is not declared, and cannot hold"),
        "FU230": Code(ERROR, "a cycle and a plan with one id"),
        "FU231": Code(ERROR, "a `migrate:` entry moves contacts to an alias that takes nobody"),
        "FU241": Code(ERROR, "a secret written into a webhook"),
        "FU301": Code(ERROR, "a loop that takes no time"),
        "FU302": Code(ERROR, "an active alias of an inactive cycle"),
        "FU303": Code(ERROR, "an inactive last step carries the loop, so the loop is lost"),
        "FU304": Code(ERROR, "a step counts from one that a later round does not create"),
        "FU311": Code(WARNING, "the last active step has no `loop_to`: contacts step off"),
        "FU312": Code(WARNING, "the last active step is not a call"),
        "FU313": Code(WARNING, "`loop_to` on a step that is not the last"),
        "FU314": Code(WARNING, "a step that is never reached"),
        "FU315": Code(WARNING, "an active cycle without an active alias: nobody can choose it"),
        "FU316": Code(WARNING, "a user or a property that is not active is still named"),
        "FU317": Code(WARNING, "two of a kind with one name"),
        "FU318": Code(WARNING, "two active users with one e-mail address"),
        "FU319": Code(WARNING, "no active user may generate letters and e-mails"),
        "FU320": Code(WARNING, "a ready plan is followed by a draft"),
        "FU321": Code(WARNING, "an active cycle with steps, none of them active: a hold that does not say so"),
        "FU322": Code(WARNING, "a built-in action type that offers the menu of aliases, or none, against its meaning"),
        "FU323": Code(WARNING, "`at` beside an offset of hours or minutes, which passes it over"),
        "FU324": Code(WARNING, "`roll: forward` on an offset before its event, which rolls back"),
        "FU325": Code(WARNING, "`min_gap` where nothing comes before"),
        "FU326": Code(WARNING, "an offset or an anchor beside a set date"),
        "FU327": Code(WARNING, "a time of day at which nobody works"),
        "FU328": Code(WARNING, "a holiday after the last day whose holidays are declared"),
        "FU329": Code(WARNING, "a day that is a holiday and worked"),
        "FU330": Code(WARNING, "holidays that end before a cycle's furthest date"),
        "FU341": Code(WARNING, "a ready plan, which this version does not run"),
        "FU342": Code(WARNING, "an automatic step, which this version leaves to a person"),
        "FU343": Code(WARNING, "a plan much longer or shorter than its type usually is"),
    }
)


def problem(code: str, file: str, place: Place, path: Path, message: str, hint: str = "") -> Problem:
    """A Problem with the severity that its code has."""
    severity, path_ = CODES[code].severity, visible(dotted(path))
    return Problem(code, severity, file, place.line, place.column, path_, visible(message), visible(hint))


def nearest(word: str, words: Iterable[object]) -> str:
    """`; did you mean 'offset'?`, or nothing where nothing is near."""
    if len(word) > LONGEST_WORD:
        return ""
    close = get_close_matches(word.lower(), map(str, words), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
