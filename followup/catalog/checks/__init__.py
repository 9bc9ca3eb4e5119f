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
    moved_ids,
    naming,
    plans,
    references,
    steps,
    templates,
    users,
)
from followup.catalog.declarations import Declarations, Finding

Check = Callable[[Declarations], Iterator[Finding]]

WITHIN: tuple[Check, ...] = (
    naming.declared_twice,
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
    naming.no_office,
    references.undeclared,
    references.tests,
    references.migrations,
    calendar.nobody_works,
    horizon.holidays_end,
    steps.types,
    steps.templates,
    naming.aliases,
    naming.lists,
    users.logins,
    users.emails,
    users.managers,
    users.gone,
    users.nobody_applies,
    users.nobody_generates,
    moved_ids.in_rings,
    moved_ids.levels,
    moved_ids.used_again,
    moved_ids.destinations,
    plans.sources,
    plans.rings_of_plans,
    plans.drafts_that_follow,
    lint.inactive_targets,
    lint.unnamed_cycles,
)


def findings(declarations: Declarations) -> Iterator[Finding]:
    """Everything that any check has to say."""
    for check in WITHIN + (ACROSS if declarations.whole else ()):
        yield from check(declarations)
