"""Small offices, and the story of one contact in them. Everything a test doesn't set has a plain default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from followup.core import history as h
from followup.core import office as o
from followup.core import office_documents as documents
from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Decision, Draft, Stamp
from followup.core.evolve import replay
from followup.core.kinds import CYCLE, PLAN
from followup.core.migration.compare import edition
from followup.core.migration.edition import Heap
from followup.core.migration.effects import KINDS, Effect
from followup.core.migration.migrate import migrate
from followup.core.model import UNDONE, Action, Dossier, Enrolment
from followup.core.process.course import Course
from followup.core.process.rounds import begin
from followup.core.reassigning import rezone
from followup.core.timing import moment
from followup.core.undo import undo

ZONE = "America/Vancouver"
MONDAY = "2026-05-04T10:00"

PERMISSIONS: Mapping[str, list[str]] = {
    "administrator": ["apply-catalog", "add-contacts", "transfer-contacts", "remove-contacts"],
    "manager": ["add-contacts"],
    "sales-exec": [],
}


def step(id: str, offset: str = "1 day", type: str = "call", **how: Any) -> dict[str, Any]:
    """`how`: anchor, at, roll, min_gap, loop_to, template, active, name."""
    number, unit = offset.split(" ", 1)
    counted = [int(number), unit if unit.endswith("s") else unit + "s"]
    return {"id": id, "name": id.title(), "type": type, "offset": counted, "active": True, **how}


def cycle(
    id: str, *steps: Mapping[str, Any], anchor: str = "completed", active: bool = True, roll: str | None = None
) -> o.Process:
    return documents.cycle(id, {"name": id.title(), "active": active, "anchor": anchor, "roll": roll, "steps": steps})


def plan(id: str, *steps: Mapping[str, Any], anchor: str = "start", status: str = "ready") -> o.Process:
    return documents.plan(id, {"name": id.title(), "status": status, "anchor": anchor, "steps": steps})


def alias(id: str, cycle: str | None, active: bool = True) -> o.Alias:
    return documents.alias(id, {"name": id.title(), "cycle": cycle, "active": active})


def calendar(**how: Any) -> o.Calendar:
    """The office's calendar: every day is a working day unless `working_days` is set."""
    plain = {"zone": ZONE, "working_days": o.WEEKDAYS, "hours": ["09:00", "17:30"], "roll": "none"}
    return documents.calendar({**plain, **how})


def user(id: str, role: str = "sales-exec", **how: Any) -> o.User:
    return documents.user(
        id, {"name": id.title(), "role": role, "active": True, **how}, {"permissions": PERMISSIONS[role]}
    )


USERS = (
    user("sue", "administrator"),
    user("ann", "manager"),
    user("tom", manager="ann"),
    user("kim", manager="ann"),
    user("lone"),
)


def office(
    *processes: o.Process,
    aliases: Iterable[o.Alias] = (),
    moved: Mapping[str, str] | None = None,
    calendars: Mapping[str | None, o.Calendar] | None = None,
    types: Mapping[str, o.ActionType] = o.BUILT_IN_TYPES,
    users: Iterable[o.User] = USERS,
    version: int = 1,
) -> o.Office:
    """Every cycle has an alias of its own name; `just-looking` only categorises. Users share the office's calendar."""
    cycles = [process for process in processes if process.kind == CYCLE]
    all_aliases = [alias(c.id, c.id) for c in cycles] + [alias("just-looking", None), *aliases]
    users_by_id = {u.id: u for u in users}
    return o.Office(
        version=version,
        processes={o.Ref(process.kind, process.id): process for process in processes},
        aliases={a.id: a for a in all_aliases},
        types=types,
        users=users_by_id,
        calendars={None: calendar(), **dict.fromkeys(users_by_id, calendar()), **(calendars or {})},
        moved=moved or {},
    )


def instant(text: str, zone: str = ZONE) -> int:
    return moment(text, zone).at


def as_stored(dossier: Dossier) -> Dossier:
    """What a store reads of it, as Dossier promises: a decision may depend on nothing else."""
    enrolments = tuple(x for x in dossier.enrolments if x.open)
    open_ids = {x.id for x in enrolments}
    latest: dict[tuple[int | None, str | None], Action] = {}
    for action in sorted(dossier.actions, key=lambda a: (a.round, a.trial)):
        if not action.undone:
            latest[action.enrolment, action.step] = action
    latest_ids = {action.id for action in latest.values()}
    actions = tuple(
        a for a in dossier.actions if a.open or (a.enrolment in open_ids and (a.id in latest_ids or a.reason == UNDONE))
    )
    return dossier._replace(enrolments=enrolments, actions=actions)


def enrol_on_plan(draft: Draft, id: str) -> None:
    start, process = draft.now(draft.dossier.known.owner), draft.office.process(o.Ref(PLAN, id))
    event = h.Enrolled(next(draft.ids), PLAN, id, None, draft.office.version, start.text, start.at)
    draft.add(event)
    enrolment = draft.dossier.enrolment(event.enrolment)
    assert enrolment and process
    begin(Course(draft, enrolment), process.active_steps[0])


class Story:
    """The story of one subject, wish by wish; each wish is a separate change."""

    def __init__(self, office: o.Office, subject: str = "contact:jane", now: str = MONDAY) -> None:
        self.office, self.now = office, now
        self.dossier = Dossier(subject)
        self.history: list[h.Entry] = []
        self.offices: dict[int, o.Office] = {}  # by change: the office that it was decided under
        self.change = 0
        self.next_id = 1

    def at(self, now: str) -> Story:
        self.now = now
        return self

    def does(self, wish: w.Wish, by: str = "sue") -> Decision:
        """Decide on what a store reads, and check that the complete history leads to the same decision."""
        stamp = Stamp(self.change + 1, instant(self.now), self.office.users[by])
        decision = decide(as_stored(self.dossier), wish, self.office, stamp, count(self.next_id))
        full = decide(self.dossier, wish, self.office, stamp, count(self.next_id))
        assert decision.entries == full.entries
        assert full.after == replay(full.entries, self.dossier)
        self._keep(list(full.entries), full.after)
        return full

    def undoes(self, change: int | None = None, by: str = "sue") -> h.Entry:
        stamp = Stamp(self.change + 1, instant(self.now), self.office.users[by])
        change = change or self.change
        now, decision = undo(self.history, change, self.office, stamp, self.offices[change])
        assert now == self.dossier
        stored = replay(decision.entries, as_stored(now))
        assert (stored.cycle, [*stored.enrolments]) == (
            decision.after.cycle,
            sorted(stored.enrolments, key=lambda x: x.id),
        )
        self._keep(list(decision.entries), decision.after)
        return decision.entries[0]

    def applies(
        self,
        office: o.Office,
        *migrate_entries: Mapping[str, Any],
        by: str = "sue",
        heap: Mapping[tuple[str, str], int] | None = None,
    ) -> list[Effect]:
        """Apply `office` with these entries of `migrate:`; the stored and the complete dossier must give the same."""
        entries = {f"step:{x['step']}" if "step" in x else f"cycle:{x['cycle']}": x for x in migrate_entries}
        edit = edition(self.office, office, entries, {x.ref for x in self.dossier.enrolments if x.open})
        stamp = Stamp(self.change + 1, instant(self.now), office.users[by])
        why = {x.event.action: x.event.why or {} for x in self.history if isinstance(x.event, h.Scheduled)}
        heaps: Heap = {(office.current(self.enrolment.ref), *key): number for key, number in (heap or {}).items()}
        decision, effects = migrate(as_stored(self.dossier), edit, stamp, count(self.next_id), why, heaps)
        full, _ = migrate(self.dossier, edit, stamp, count(self.next_id), why, heaps)
        assert decision.entries == full.entries
        assert full.after == replay(full.entries, self.dossier)
        self._keep(list(full.entries), full.after)
        assert {effect.what for effect in effects} <= {*KINDS}
        self.office = office
        return list(effects)

    def gets(self, office: o.Office) -> None:
        """Switch to any office, even if an apply would be refused; open actions follow their owners' clocks."""
        stamp = Stamp(self.change + 1, instant(self.now), next(iter(office.users.values())))
        draft = Draft(self.dossier, office, stamp, count(self.next_id))
        rezone(draft, office.zones_left(self.office), self.open)
        self._keep(draft.entries, draft.dossier)
        self.office = office

    def _keep(self, entries: list[h.Entry], after: Dossier) -> None:
        self.change += 1
        self.offices[self.change] = self.office
        self.history += entries
        self.dossier = after
        self.next_id = 1 + max([a.id for a in after.actions] + [x.id for x in after.enrolments], default=0)

    def added(self, cycle: str | None = None, owner: str | None = "tom", **fields: Any) -> Story:
        """Add Jane as a contact of tom's, on `cycle`."""
        choice = w.Choice(cycle) if cycle else None
        self.does(w.Add({"name": "Jane Smith", "owner": owner, **fields}, choice, choice is None))
        return self

    def put_on_plan(self, id: str) -> Story:
        """Put the contact on a plan, as a launch will do; no wish does it yet."""
        stamp = Stamp(self.change + 1, instant(self.now), self.office.users["sue"])
        draft = Draft(self.dossier, self.office, stamp, count(self.next_id))
        enrol_on_plan(draft, id)
        self._keep(draft.entries, draft.dossier)
        return self

    def completes(self, step: str, on: str | None = None, choice: str | None = None, **how: Any) -> Decision:
        chosen = w.Choice(choice) if choice else None
        return self.does(w.Complete(self.action(step).id, on, choice=chosen, **how))

    def closes_on(self, step: str, day: str) -> Decision:
        """Set the clock to noon of `day`, and complete the open action of `step`."""
        return self.at(f"{day}T12:00").completes(step)

    def action(self, step: str) -> Action:
        """The open action of `step`, in the latest round."""
        return max((a for a in self.open if a.step == step), key=lambda a: a.round)

    @property
    def open(self) -> tuple[Action, ...]:
        return self.dossier.open_actions

    @property
    def due(self) -> dict[str | None, str]:
        """The due dates of open actions by step, or by title if they were created by hand."""
        return {action.step or action.title: action.due for action in self.open}

    @property
    def enrolment(self) -> Enrolment:
        """The latest enrolment."""
        return self.dossier.enrolments[-1]

    @property
    def last(self) -> list[str]:
        """The event kinds of the last change."""
        return [h.NAMES[type(x.event)] for x in self.history if x.change == self.change]
