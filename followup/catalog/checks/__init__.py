"""What the schema cannot see. A check is a plain function from the draft of a catalog to findings; all of them run.

Those across items are left out while a file is broken: nobody knows then what else is declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from followup.catalog.checks import (
    calendar,
    horizon,
    idle,
    lint,
    moves,
    names,
    people,
    plans,
    references,
    steps,
    templates,
)
from followup.catalog.draft import Draft, Finding

Check = Callable[[Draft], Iterator[Finding]]

WITHIN: tuple[Check, ...] = (
    names.declared_twice,
    calendar.zones,
    calendar.dates,
    calendar.hours,
    calendar.days_off,
    calendar.countries,
    steps.step_ids,
    steps.loops,
    steps.anchors,
    steps.offsets,
    steps.menus,
    references.begun,
    templates.files,
    templates.tokens,
    lint.loops_without_time,
    lint.lost_loops,
    lint.last_steps,
    lint.early_loops,
    lint.unreached,
    lint.unsaid_holds,
    idle.times,
    idle.rolls,
    idle.gaps,
    idle.set_dates,
)
ACROSS: tuple[Check, ...] = (
    names.no_office,
    references.undeclared,
    references.tests,
    references.migrations,
    calendar.nobody_works,
    horizon.holidays_end,
    steps.types,
    steps.templates,
    names.aliases,
    names.lists,
    people.logins,
    people.emails,
    people.managers,
    people.gone,
    people.nobody_applies,
    people.nobody_generates,
    moves.in_rings,
    moves.levels,
    moves.used_again,
    moves.destinations,
    plans.sources,
    plans.rings_of_plans,
    plans.drafts_that_follow,
    lint.inactive_targets,
    lint.unnamed_cycles,
)


def findings(draft: Draft) -> Iterator[Finding]:
    """Everything that any check has to say."""
    for check in WITHIN + (ACROSS if draft.whole else ()):
        yield from check(draft)
