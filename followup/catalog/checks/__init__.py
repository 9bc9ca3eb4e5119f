"""Checks beyond the schema. A check is a plain function from declarations to findings; all of them run.

Checks across items are skipped while a file is broken, because its declarations are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from followup.catalog.checks import (
    calendar,
    horizon,
    idle,
    lengths,
    lint,
    loops,
    migrate_entries,
    moved_ids,
    naming,
    not_yet,
    plans,
    references,
    secrets,
    steps,
    templates,
    users,
)
from followup.catalog.declarations import Declarations, Finding

Check = Callable[[Declarations], Iterator[Finding]]

WITHIN: tuple[Check, ...] = (
    naming.duplicate_items,
    calendar.zones,
    calendar.dates,
    calendar.hours,
    calendar.days_off,
    calendar.countries,
    steps.duplicate_ids,
    steps.loop_targets,
    steps.anchors,
    steps.offsets,
    steps.alias_menus,
    references.test_verbs,
    templates.files,
    templates.tokens,
    loops.loops_without_time,
    loops.anchors_outside_of_rounds,
    lint.lost_loops,
    lint.last_steps,
    lint.early_loops,
    lint.unreached_steps,
    lint.holds,
    idle.times_of_day,
    idle.rolls,
    idle.gaps,
    idle.set_dates,
    lengths.unusual_lengths,
    secrets.literal_secrets,
    not_yet.ready_plans,
    not_yet.automatic_steps,
)
ACROSS: tuple[Check, ...] = (
    naming.no_office,
    naming.shared_ids,
    references.undeclared,
    references.test_steps,
    references.migrate_targets,
    migrate_entries.destinations,
    migrate_entries.subjects,
    calendar.times_of_day,
    horizon.holidays_end,
    steps.types,
    steps.templates,
    naming.alias_names,
    naming.names_in_lists,
    users.logins,
    users.emails,
    users.manager_rings,
    users.inactive_references,
    users.permission_to_apply,
    users.permission_to_generate,
    moved_ids.rings_of_moves,
    moved_ids.levels,
    moved_ids.reused_ids,
    moved_ids.destinations,
    plans.sources,
    plans.rings_of_plans,
    plans.drafts_that_follow,
    lint.inactive_targets,
    lint.unnamed_cycles,
)


def findings(declarations: Declarations) -> Iterator[Finding]:
    """All findings of all checks."""
    for check in WITHIN + (ACROSS if declarations.whole else ()):
        yield from check(declarations)
