"""Every code of a catalog problem: its meaning, and whether it blocks an apply.

A code is never reused: people search for codes and disable them by number.
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
    """A row of the table in docs/catalog.md."""

    severity: str
    meaning: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        "FU001": Code(ERROR, "not a regular file: a pipe, a device or a folder with a catalog file's name"),
        "FU002": Code(ERROR, "a link to a folder, or out of the catalog folder"),
        "FU003": Code(ERROR, "the file can't be read"),
        "FU004": Code(ERROR, "the file is too large for a catalog file"),
        "FU005": Code(ERROR, "the file is not UTF-8 text"),
        "FU006": Code(ERROR, "an invisible character that isn't allowed in a catalog"),
        "FU007": Code(ERROR, "not valid YAML"),
        "FU008": Code(ERROR, "a second YAML document in one file"),
        "FU009": Code(ERROR, "nested too deeply"),
        "FU010": Code(ERROR, "too many values in one file, those repeated through `*aliases` counted each time"),
        "FU011": Code(ERROR, "a YAML tag"),
        "FU012": Code(ERROR, "a YAML merge key (`<<`)"),
        "FU013": Code(ERROR, "the same key twice in one mapping"),
        "FU014": Code(ERROR, "a key that is not text"),
        "FU015": Code(ERROR, "a number that is too large"),
        "FU016": Code(ERROR, "a YAML `*alias` without its `&anchor`"),
        "FU017": Code(ERROR, "no catalog file in the folder"),
        "FU018": Code(ERROR, "more problems in one file than are listed"),
        "FU101": Code(ERROR, "the wrong kind of value"),
        "FU102": Code(ERROR, "a key is missing"),
        "FU103": Code(ERROR, "an unknown key"),
        "FU104": Code(ERROR, "not one of the allowed words"),
        "FU105": Code(ERROR, "not in the required format"),
        "FU106": Code(ERROR, "too long, too short, too many or too few"),
        "FU107": Code(ERROR, "an id with other characters than lowercase letters, digits and hyphens"),
        "FU201": Code(ERROR, "declared twice"),
        "FU202": Code(ERROR, "a reference to something that isn't declared, such as an alias of a missing cycle"),
        "FU203": Code(ERROR, "a step uses a template that is not active"),
        "FU204": Code(ERROR, "a step's template is for another channel"),
        "FU205": Code(ERROR, "a type that can't be used for a step of a cycle"),
        "FU206": Code(ERROR, "two steps with the same id"),
        "FU207": Code(ERROR, "the anchor of a step isn't an earlier active step"),
        "FU208": Code(ERROR, "a cycle with an event as anchor"),
        "FU209": Code(ERROR, "a negative offset whose anchor isn't an event"),
        "FU210": Code(ERROR, "a circle of managers"),
        "FU211": Code(ERROR, "an unknown time zone"),
        "FU212": Code(ERROR, "a date that doesn't exist, or isn't between 1970 and 2199"),
        "FU213": Code(ERROR, "hours that end before they begin"),
        "FU214": Code(ERROR, "an unknown or broken token in a template"),
        "FU215": Code(ERROR, "a template file that can't be used"),
        "FU216": Code(ERROR, "two active aliases with the same name"),
        "FU217": Code(ERROR, "two users with the same login"),
        "FU218": Code(ERROR, "two ready plans claim one source"),
        "FU219": Code(ERROR, "the holidays of the country can't be looked up"),
        "FU220": Code(ERROR, "ids that moved in a circle"),
        "FU221": Code(ERROR, "the catalog has no office"),
        "FU222": Code(WARNING, "plans that follow each other in a circle"),
        "FU223": Code(ERROR, "a cycle that moved to a step, or a step to a cycle"),
        "FU224": Code(ERROR, "a moved id that is still declared"),
        "FU225": Code(ERROR, "a step that moved to a step of another cycle"),
        "FU226": Code(ERROR, "no active user has permission to apply the catalog"),
        "FU227": Code(ERROR, "an active alias whose name is the id of another"),
        "FU228": Code(ERROR, "a test without a starting point, or with two events in one entry"),
        "FU229": Code(WARNING, "a test names something that isn't declared, so it can't pass"),
        "FU230": Code(ERROR, "a cycle and a plan with the same id"),
        "FU231": Code(ERROR, "a `migrate:` entry moves contacts to an alias that can't take them"),
        "FU241": Code(ERROR, "a secret written into a webhook"),
        "FU301": Code(ERROR, "a loop that takes no time"),
        "FU302": Code(ERROR, "an active alias of an inactive cycle"),
        "FU303": Code(ERROR, "an inactive last step carries the loop, so the loop is lost"),
        "FU304": Code(ERROR, "a step counts from one that a later round does not create"),
        "FU311": Code(WARNING, "the last active step has no `loop_to`: contacts drop off the cycle after it"),
        "FU312": Code(WARNING, "the last active step is not a call"),
        "FU313": Code(WARNING, "`loop_to` on a step that is not the last"),
        "FU314": Code(WARNING, "a step that is never reached"),
        "FU315": Code(WARNING, "an active cycle without an active alias: reps can't choose it"),
        "FU316": Code(WARNING, "a reference to an inactive user or property"),
        "FU317": Code(WARNING, "two items of the same kind with the same name"),
        "FU318": Code(WARNING, "two active users with the same e-mail address"),
        "FU319": Code(WARNING, "no active user has permission to generate letters and e-mails"),
        "FU320": Code(WARNING, "a ready plan is followed by a draft"),
        "FU321": Code(WARNING, "an active cycle whose steps are all inactive: it acts as a hold"),
        "FU322": Code(WARNING, "a built-in action type with an unusual `offers_cycle`"),
        "FU323": Code(WARNING, "`at` with an offset of hours or minutes, which ignores it"),
        "FU324": Code(WARNING, "`roll: forward` on a negative offset, which rolls back"),
        "FU325": Code(WARNING, "`min_gap` on a step with none before it"),
        "FU326": Code(WARNING, "an offset or an anchor next to a fixed date"),
        "FU327": Code(WARNING, "a time outside working hours"),
        "FU328": Code(WARNING, "a holiday after `holidays_until`"),
        "FU329": Code(WARNING, "a day that is both a holiday and a working day"),
        "FU330": Code(WARNING, "holidays that end before the last date of a cycle"),
        "FU341": Code(WARNING, "a ready plan, which this version does not run"),
        "FU342": Code(WARNING, "an automatic step, which this version leaves to a person"),
        "FU343": Code(WARNING, "a plan much longer or shorter than its type usually is"),
    }
)


def problem(code: str, file: str, place: Place, path: Path, message: str, hint: str = "") -> Problem:
    """A Problem with its code's severity."""
    severity, path_ = CODES[code].severity, visible(dotted(path))
    return Problem(code, severity, file, place.line, place.column, path_, visible(message), visible(hint))


def nearest(word: str, words: Iterable[object]) -> str:
    """`; did you mean 'offset'?`, or empty if no word is similar."""
    if len(word) > LONGEST_WORD:
        return ""
    close = get_close_matches(word.lower(), map(str, words), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
