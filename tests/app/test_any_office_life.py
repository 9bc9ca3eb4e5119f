"""The whole application against an office in plain dicts: whatever is done, by whomever, in whatever order, killed
and done again, the store holds what the dicts say.

It runs over any store: a subclass says what opens an empty one.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from followup.app import action_lists, applying, contact_lists, history_lists, stranded_contacts
from followup.app.checking import Doctor
from followup.app.deciding import Outcome, for_actions, for_contacts, for_user
from followup.app.importing import Defaults, Importer
from followup.app.session import Session, Visit
from followup.app.undoing import undo_change
from followup.app.versions import Version
from followup.catalog.load import Catalog
from followup.core import wishes as w
from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ActionRow
from followup.errors import NotFound, Refused
from followup.intake.mapping import map_columns
from followup.intake.refusals import Refusal
from followup.intake.sheet import open_table
from followup.store.opening import open_store
from tests.app import small_catalog as c
from tests.app.dying_store import Dying, Killed
from tests.app.office_model import No, Office, enrolled, instant, next_due, opened, step_id
from tests.properties import examples
from tests.servers import new_schema
from tests.sessions import session_in, visit_of

MORNING = 1777910400  # 2026-05-04T09:00 in Vancouver, an hour into the 5th in Tokyo
#: who is there from the start, whose they are, and on which cycle; nora is not known yet
CONTACTS = (("jane", "tom", "calls"), ("john", "kim", "talks"), ("mary", "kim", "sale"), ("omar", None, "once"),
            ("zoe", "tom", "rest"))  # fmt: skip


class Command(NamedTuple):
    """The same thing asked of the dicts and of the application; both answer what was refused, or refuse it all."""

    by: str
    name: str
    ideal: Callable[[], list[str]]
    real: Callable[[Session], list[str]]


BY = st.sampled_from(("sue", "sue", "sue", "tom", "tom", "kim", "ann"))
WHO = st.sampled_from([id for id, _, _ in CONTACTS])
ANYBODY = st.sampled_from(["nora", *(id for id, _, _ in CONTACTS)])
SOME = st.lists(WHO, min_size=1, max_size=3, unique=True)
OWNER = st.sampled_from(("tom", "tom", "kim", "kim", None))
ALIAS = st.sampled_from(c.ALIASES)
CHOICE = st.one_of(*[ALIAS.map(w.Choice)] * 3, st.builds(w.Choice, st.none(), st.sampled_from(c.CYCLES)))
MAYBE = st.one_of(st.none(), CHOICE)
WHICH = st.lists(st.integers(0, 40), min_size=1, max_size=3)
DAYS = st.sampled_from((0, 1, 2, 5, 12))
TIME = st.sampled_from(("", "", "T14:00"))
BACK = st.sampled_from((None, None, None, 0, 1, 6, -1))
YES = st.booleans()
RESTART = st.sampled_from((False, False, True))
ZONES = ("Asia/Tokyo", "Europe/London", "America/Vancouver")
FIELDS = ({"stage": "lead"}, {"stage": "prospect"}, {"stage": "won"}, {"name": "Jo"})
CYCLE, PLACE = st.sampled_from(c.CYCLES), st.integers(0, 3)
EDIT = st.one_of(
    st.builds(partial, st.sampled_from(c.OF_A_CYCLE), cycle=CYCLE, place=PLACE, days=DAYS),
    st.builds(partial, st.just(c.points_an_alias), alias=ALIAS, cycle=st.one_of(st.none(), CYCLE)),
    st.builds(partial, st.just(c.turns_an_alias), alias=ALIAS),
    st.builds(partial, st.sampled_from((c.dismisses, c.turns_a_user)), user=st.sampled_from(("kim", "tom"))),
    st.builds(partial, st.just(c.moves_a_user), user=st.sampled_from(("kim", "tom")), zone=st.sampled_from(ZONES)),
    st.just(partial(c.goes_back)),
)


class AnyOfficeLife(RuleBasedStateMachine):
    """One life of one office. `fresh` opens a place for an empty store and answers its url."""

    fresh: Callable[[], AbstractContextManager[str]]

    def __init__(self) -> None:
        super().__init__()
        self.place = self.fresh()
        self.url = self.place.__enter__()
        self.store = open_store(self.url, create=True)
        self.model = Office(c.OFFICE, MORNING)
        _applied(c.loaded(c.OFFICE), visit_of(self.store, MORNING, "ada"))
        self.told: list[dict[str, Any]] = []
        self.last: Command | None = None
        self.trouble: str | int | None = None
        known = [(id, _added(id, owner, "lead", w.Choice(alias), False)) for id, owner, alias in CONTACTS]
        self.of_contacts("sue", "add", known)
        self.of_contacts("sue", "schedule", [("mary", w.Schedule("call", "2026-05-05", "By hand", "tom"))])

    def teardown(self) -> None:
        self.store.close()
        self.place.__exit__(None, None, None)

    def session(self, by: str, command: str = "look", dry_run: bool = False) -> Session:
        """A new one for each command, as the command line has it."""
        return session_in(self.store, self.model.now, by, command, dry_run)

    # What happens to contacts

    @rule(by=BY, who=ANYBODY, owner=OWNER, stage=st.sampled_from(("lead", "prospect")), choice=MAYBE, without=YES)
    def add(self, by: str, who: str, owner: str | None, stage: str, choice: w.Choice | None, without: bool) -> None:
        self.of_contacts(by, "add", [(who, _added(who, self.here(owner), stage, choice, without))])

    @rule(by=BY, who=SOME, choice=CHOICE, restart=RESTART)
    def assign(self, by: str, who: list[str], choice: w.Choice, restart: bool) -> None:
        self.of_contacts(by, "assign", [(one, w.Assign(choice, restart)) for one in who])

    @rule(by=BY, who=WHO, type=st.sampled_from(("call", "tour")), days=DAYS, time=TIME, owner=OWNER)
    def schedule(self, by: str, who: str, type: str, days: int, time: str, owner: str | None) -> None:
        wish = w.Schedule(type, self.ahead(days, time), "By hand", self.here(owner))
        self.of_contacts(by, "schedule", [(who, wish)])

    @rule(
        by=BY, who=WHO, type=st.sampled_from(("inbound", "inbound", "email")), back=BACK, choice=MAYBE, restart=RESTART
    )
    def log(self, by: str, who: str, type: str, back: int | None, choice: w.Choice | None, restart: bool) -> None:
        self.of_contacts(by, "log", [(who, w.Log(type, "Came in", self.ago(back), choice=choice, restart=restart))])

    @rule(by=BY, who=WHO, owner=st.sampled_from(("tom", "kim")), choice=MAYBE)
    def transfer(self, by: str, who: str, owner: str, choice: w.Choice | None) -> None:
        self.of_contacts(by, "transfer", [(who, w.Transfer("north", self.here(owner) or "", choice))])

    @rule(by=BY, who=SOME, wish=st.sampled_from((w.Close("won"), w.Close("lost"), w.Stop(), w.Remove(), w.Remove())))
    def close_stop_or_remove(self, by: str, who: list[str], wish: w.Wish) -> None:
        self.of_contacts(by, "close", [(one, wish) for one in who])

    @rule(by=BY, who=SOME, fields=st.one_of(st.sampled_from(FIELDS), OWNER.map(lambda owner: {"owner": owner})))
    def change(self, by: str, who: list[str], fields: dict[str, Any]) -> None:
        fields = {**fields, "owner": self.here(fields["owner"])} if "owner" in fields else fields
        self.of_contacts(by, "set", [(one, w.Set(fields)) for one in who])

    @rule(
        by=BY,
        rows=st.lists(
            st.tuples(ANYBODY, OWNER, st.one_of(st.just(""), ALIAS), st.sampled_from(("", "", "lead", "won"))),
            min_size=1,
            unique_by=lambda row: row[0],
        ),
        without=YES,
        twice=YES,
    )
    def import_(self, by: str, rows: list[Imported], without: bool, twice: bool) -> None:
        command = Command(by, "import", lambda: self._ideal_import(by, rows, without), partial(_import, rows, without))
        self.carry_out(command)
        if twice:
            self.carry_out(command)

    # What happens to actions

    @rule(who=WHO, place=PLACE, times=st.integers(1, 5), regret=YES)
    def work(self, who: str, place: int, times: int, regret: bool) -> None:
        """Days go by, and what comes due of a contact's cycle is done; perhaps taken back, and done again."""
        for _ in range(times):
            mine = self.model.records["contact:" + who]
            if due := sorted((a["due"], a["id"], a["owner"]) for a in opened(mine) if a["enrolment"]):
                day, id, owner = due[min(place, len(due) - 1)]
                self.model.now = max(self.model.now, instant(day[:10] + "T10:00", self.model.zone(owner)))
                self.of_actions("sue", "complete", [([id], [w.Complete(id)])])
                if regret:
                    self.undo(ago=1, times=1, partly=False, again=True)

    @rule(by=BY, which=WHICH, back=BACK, choice=MAYBE, restart=RESTART, then=YES)
    def complete(
        self, by: str, which: list[int], back: int | None, choice: w.Choice | None, restart: bool, then: bool
    ) -> None:
        """With a choice those of one contact together; perhaps with a next one by hand, for a task its owner's."""
        holders, groups = self._holders(), dict[str | int, list[int]]()
        for id in self.chosen(which):
            groups.setdefault(holders[id] if choice else id, []).append(id)
        done = w.Complete(0, self.ago(back), choice=choice, restart=restart)
        asked: list[tuple[list[int], list[w.Wish]]] = []
        for ids in groups.values():
            kind, _, whose = holders[ids[0]].partition(":")
            more = [w.Schedule("task", None, "Look again", whose if kind == "user" else by)] if then else []
            asked.append((ids, [done._replace(action=ids[0], others=tuple(ids[1:])), *more]))
        self.of_actions(by, "complete", asked)

    @rule(by=BY, which=WHICH, back=BACK, fails=YES)
    def skip(self, by: str, which: list[int], back: int | None, fails: bool) -> None:
        self.of_any(by, "skip", which, w.Fail(0, "bounced") if fails else w.Skip(0, self.ago(back), "busy"))

    @rule(by=BY, which=WHICH, rebook=st.one_of(st.none(), DAYS), time=TIME)
    def no_show(self, by: str, which: list[int], rebook: int | None, time: str) -> None:
        self.of_any(by, "no-show", which, w.NoShow(0, "away", None, self.ahead(rebook, time)))

    @rule(by=BY, which=WHICH, wish=st.sampled_from((w.Cancel(0, "mistake"), w.Cancel(0), w.Attempt(0))))
    def cancel_or_attempt(self, by: str, which: list[int], wish: w.Wish) -> None:
        self.of_any(by, "cancel", which, wish)

    @rule(by=BY, which=WHICH, days=DAYS, time=TIME)
    def reschedule(self, by: str, which: list[int], days: int, time: str) -> None:
        self.of_any(by, "reschedule", which[:1], w.Reschedule(0, self.ahead(days, time) or ""))

    @rule(by=BY, days=st.one_of(st.none(), DAYS))
    def schedule_a_task(self, by: str, days: int | None) -> None:
        wish, mine = w.Schedule("task", self.ahead(days), "Tidy up"), "user:" + by

        def ideal() -> list[str]:
            return [by for _ in self.model.does(by, [(mine, [wish])])]

        self.carry_out(Command(by, "schedule", ideal, lambda here: _refused(for_user(here, by, wish))))

    # What happens to the office

    @rule(ago=st.sampled_from((1, 1, 1, 2, 3, 5)), times=st.sampled_from((1, 1, 2, 3)), partly=YES, again=YES)
    def undo(self, ago: int, times: int, partly: bool, again: bool) -> None:
        """By whoever made the last change but so many; several in a row; and what was undone done again."""
        by, before = list(self.model.changes.values())[-ago:][0]["by"], self.last
        for _ in range(times):
            self.carry_out(Command(by, "undo", partial(self.model.undo, by, partly), partial(_undo, partly)))
        if again and before:
            self.carry_out(before)

    @rule(changes=st.lists(EDIT, min_size=1, max_size=2))
    def edit_and_apply(self, changes: list[c.Edit]) -> None:
        self.apply(c.edited(self.model.catalog, *changes))

    @rule(which=st.integers(0, 9), how=st.sampled_from(c.OF_A_CYCLE), place=PLACE, days=DAYS, back=YES)
    def edit_what_somebody_is_on(self, which: int, how: Callable[..., None], place: int, days: int, back: bool) -> None:
        """And they go on with it, or back to where they were."""
        on = [(id, self.model.today(x["cycle"])) for id, mine in self.model.contacts().items() for x in enrolled(mine)]
        if on:
            who, cycle = on[which % len(on)]
            self.apply(c.edited(self.model.catalog, partial(how, cycle=cycle, place=place, days=days)))
            if back:
                self.undo(ago=2, times=1, partly=False, again=False)
            else:
                self.work(who, place=0, times=2, regret=False)

    def apply(self, catalog: c.Raw) -> None:
        found = c.loaded(catalog)
        if not found.errors:  # `apply` stops there
            self.carry_out(Command("ada", "apply", partial(self.model.apply, "ada", catalog), partial(_apply, found)))

    @rule(hours=st.sampled_from((1, 7, 24, 72, 240, 1000)))
    def later(self, hours: int) -> None:
        self.model.now += 3600 * hours

    @rule(trouble=st.sampled_from(("dry run", 0, 1, 2, 9)))
    def trouble_with_the_next(self, trouble: str | int) -> None:
        """What comes next is first done with --dry-run, or killed after so many writes or before its COMMIT."""
        self.trouble = trouble

    @precondition(lambda self: self.last)
    @rule()
    def once_more(self) -> None:
        assert self.last
        self.carry_out(self.last)

    # How it is asked for

    def here(self, owner: str | None) -> str | None:
        return owner if owner is None or self.model.works_here(owner) else "sue"

    def ago(self, days: int | None) -> str | None:
        return None if days is None else self.ahead(-days)

    def ahead(self, days: int | None, time: str = "") -> str | None:
        if days is None:
            return None
        return (date.fromisoformat(self.model.clock(None)[:10]) + timedelta(days)).isoformat() + time

    def of_contacts(self, by: str, name: str, wishes: list[tuple[str, w.Wish]]) -> None:
        def ideal() -> list[str]:
            return [wishes[place][0] for place in self.model.does(by, [("contact:" + id, [x]) for id, x in wishes])]

        self.carry_out(Command(by, name, ideal, lambda here: _refused(for_contacts(here, wishes))))

    def of_any(self, by: str, name: str, which: list[int], wish: Any) -> None:
        self.of_actions(by, name, [([id], [wish._replace(action=id)]) for id in self.chosen(which)])

    def chosen(self, which: list[int]) -> list[int]:
        """Of the open actions; a number beyond them is a closed one."""
        open_ = sorted(action["id"] for action in self.model.open())
        ids = [*open_ * 3, *sorted(self._holders().keys() - open_)]
        return list(dict.fromkeys(ids[n % len(ids)] for n in which)) if ids else []

    def _holders(self) -> dict[int, str]:
        return {a["id"]: subject for subject, mine in self.model.records.items() for a in mine["actions"].values()}

    def of_actions(self, by: str, name: str, asked: list[tuple[list[int], list[w.Wish]]]) -> None:
        holders = self._holders()

        def ideal() -> list[str]:
            refused = self.model.does(by, [(holders[ids[0]], wishes) for ids, wishes in asked])
            return [str(id) for place in refused for id in asked[place][0]]

        self.carry_out(Command(by, name, ideal, lambda here: _refused(for_actions(here, asked))))

    def carry_out(self, command: Command) -> None:
        """Done by both, which must refuse the same and end alike; first the trouble, which must change nothing."""
        by, name, ideal, real = self.last = command
        trouble, self.trouble = self.trouble, None
        if not self.model.works_here(by):
            with suppress(NotFound, Refused):
                real(self.session(by, name))
            return
        if trouble == "dry run":
            _answer(real, self.session(by, name, dry_run=True))
            self.holds()
        elif trouble is not None:
            with suppress(Killed):
                _answer(real, session_in(Dying(self.store, trouble), self.model.now, by, name))
            self.store.close()
            self.store = open_store(self.url)
            self.holds()
        refused = _answer(ideal)
        assert _answer(real, self.session(by, name)) == refused
        self.holds()

    def _ideal_import(self, by: str, rows: list[Imported], without: bool) -> list[str]:
        known = [row for row in rows if row[1] is None or self.model.works_here(row[1])]
        wishes = [
            ("contact:" + id, [w.Bring({**_named(id), "owner": owner, "stage": stage}, _choice(alias), without)])
            for id, owner, alias, stage in known
        ]
        refused = [known[place][0] for place in self.model.does(by, wishes)]
        return sorted([*refused, *(row[0] for row in rows if row not in known)])

    # What always holds

    def holds(self) -> None:
        here = self.session("sue")
        actions, told = action_lists.search(here), list(history_lists.history(here))
        enrolments = {id: row for _, id, *row in self.store.ask("doctor.enrolments", since="", before=None)}
        self._learns_ids("actions", [row.id for row in actions])
        self._learns_ids("enrolments", list(enrolments))
        self._holds_the_same(here, actions, enrolments)
        self._tells_all_that_happened(told)
        self._keeps_the_rules(here, [row for row in actions if row.status == "scheduled"], enrolments)
        self._shows_to_each_what_is_theirs()

    def _learns_ids(self, kind: str, ids: list[int]) -> None:
        """What is new in the store is what is new in the dicts, in the order of its making; no id comes back."""
        every = [row for mine in self.model.records.values() for row in mine[kind].values()]
        known = {row["id"] for row in every if row["id"]}
        new = sorted(set(ids) - known)
        assert not known or not new or min(new) > max(known)
        for row, id in zip(sorted((r for r in every if not r["id"]), key=lambda r: r["n"]), new, strict=False):
            row["id"] = id

    def _holds_the_same(self, here: Session, actions: list[ActionRow], enrolments: dict[int, list[Any]]) -> None:
        records = [(_contact(subject), mine) for subject, mine in self.model.records.items()]
        assert {row.id: _shown(row.contact, row._asdict()) for row in actions} == {
            action["id"]: _shown(contact, {**action, **self._as_listed(mine, action)})
            for contact, mine in records
            for action in mine["actions"].values()
        }
        assert {
            id: (contact, process, alias, round, start[:10], reason)
            for id, (contact, _, process, alias, _, _, _, round, start, _, _, _, reason) in enrolments.items()
        } == {
            x["id"]: (contact, x["cycle"], x["alias"], x["round"], x["start"], x["ended"])
            for contact, mine in records
            for x in mine["enrolments"].values()
        }
        listed = contact_lists.contacts(here, ContactFilter(closed=True))
        assert {row.id: tuple(getattr(row, name) for name in LISTED) for row in listed} == {
            id: self._as_contact(mine) for id, mine in self.model.contacts().items()
        }

    def _as_listed(self, mine: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
        """Lists say the ids of today (E5)."""
        on = mine["enrolments"].get(action["enrolment"])
        return {"enrolment": on and on["id"], "step": on and step_id(self.model.catalog, on, action["step"])}

    def _as_contact(self, mine: dict[str, Any]) -> tuple[Any, ...]:
        contact = mine["contact"]
        on = next(((self.model.today(x["cycle"]), x["alias"]) for x in enrolled(mine)), (None, None))
        return (*(contact[name] for name in LISTED[:5]), *on, next_due(mine), contact["updated"])

    def _tells_all_that_happened(self, told: list[dict[str, Any]]) -> None:
        """The history only grows, has no gap, and says neither more nor less than what was done."""
        assert told[: len(self.told)] == self.told
        self.told = told
        kinds: dict[str, Counter[str]] = {}
        for item in told:
            of_it = kinds.setdefault(item["subject"], Counter())
            of_it[item["kind"]] += 1
            assert item["seq"] == of_it.total()
        kinds.pop("office")
        assert kinds == {subject: mine["told"] for subject, mine in self.model.records.items() if mine["told"]}
        made = [x["action"] or x["data"]["enrolment"] for x in told if x["kind"] in ("scheduled", "enrolled")]
        assert len(made) == len(set(made))
        numbers = sorted({item["change"] for item in told})
        heads = [list(self.store.ask("lists.the_change", id=number)) for number in (*numbers, numbers[-1] + 1)]
        assert [[head[2] for head in found] for found in heads] == [
            *([x["by"]] for x in self.model.changes.values()),
            [],
        ]

    def _keeps_the_rules(self, here: Session, open_: list[ActionRow], enrolments: dict[int, list[Any]]) -> None:
        assert list(Doctor(self.store).damage()) == []
        tries = [(row.enrolment, row.step, row.round) for row in open_ if row.enrolment]
        assert len(tries) == len(set(tries))
        on = [contact for contact, *_, ended, _ in enrolments.values() if ended is None]
        assert len(on) == len(set(on))
        # of those who have left too: an undo, or a lost contact that is a lead again, may give them something
        due = [row.id for owner in (None, *c.OFFICE["users"]) for row in action_lists.due(here, owner, "2999-12-31")]
        assert sorted(due) == sorted(row.id for row in open_)
        assert [found.contact for found in stranded_contacts.stranded_contacts(here)] == self.model.stranded()

    def _shows_to_each_what_is_theirs(self) -> None:
        """F20: whoever acted last finds what is theirs in their list, and nothing that is none of their business."""
        if self.last and self.model.works_here(self.last.by):
            listed = {row.id for row in contact_lists.contacts(self.session(self.last.by), ContactFilter(closed=True))}
            assert listed == self.model.seen(self.last.by)


#: of an action, and of a contact: what is compared
SHOWN = (
    "enrolment", "owner", "type", "title", "status", "due", "nominal", "at", "step", "round", "moved", "attempts",
    "reason",
)  # fmt: skip
CLOSED = ("completed", "skipped", "no-show", "failed")
LISTED = ("name", "owner", "stage", "property", "follow_up", "cycle", "alias", "next_action", "updated_at")
Imported = tuple[str, "str | None", str, str]


def _contact(subject: str) -> str | None:
    return subject.removeprefix("contact:") if subject.startswith("contact:") else None


def _shown(contact: str | None, action: dict[str, Any]) -> tuple[Any, ...]:
    """Who closed it and when is said of those that somebody closed, and not of those that were cancelled with others."""
    closed = [action["completed_on"], action["completed_by"]] if action["status"] in CLOSED else []
    return (contact, *(action[name] for name in SHOWN), *closed)


def _named(id: str) -> dict[str, Any]:
    return {"name": f"{id.title()} Smith", "first_name": id.title(), "last_name": "Smith"}


def _added(id: str, owner: str | None, stage: str, choice: w.Choice | None, without: bool) -> w.Add:
    return w.Add({**_named(id), "owner": owner, "stage": stage}, choice, without)


def _choice(alias: str) -> w.Choice | None:
    return w.Choice(alias) if alias else None


# What is asked of the application; each answers what was refused


def _answer(asked: Callable[..., list[str]], *of: Session) -> list[str]:
    try:
        return asked(*of)
    except (No, Refused):
        return ["all of it"]


def _refused(outcome: Outcome) -> list[str]:
    return [str(id) for id, _ in outcome.refused]


def _undo(partly: bool, here: Session) -> list[str]:
    return [subject for subject, _ in undo_change(here, partial=partly).refused]


def _apply(found: Catalog, here: Session) -> list[str]:
    return _applied(found, visit_of(here.store, here.now, "ada", here.command, here.dry_run))


def _applied(found: Catalog, visit: Visit) -> list[str]:
    applying.apply(visit, Version(found.documents, found.digest, None), "ada")
    return []


def _import(rows: list[Imported], without: bool, here: Session) -> list[str]:
    lines = [f"{id},{id.title()},Smith,{owner or ''},{alias},{stage}" for id, owner, alias, stage in rows]
    refused: list[Refusal] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contacts.csv"
        file.write_text("\n".join(["id,first_name,last_name,owner,cycle,stage", *lines]) + "\n")
        with open_table(str(file)) as table:
            importer = Importer(here, table, Defaults(None, None, None, without))
            for _ in importer.run(map_columns(table.header), None, refused.append):
                pass
    return sorted(refusal.record[0] for refusal in refused)


# Where it is lived


@contextmanager
def sqlite() -> Iterator[str]:
    """A file in memory, where the machine has such a folder: what a disk keeps is not asked here."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="followup-", dir=memory) as folder:
        yield f"sqlite:///{folder}/followup.db"


class InSqlite(AnyOfficeLife):
    fresh = staticmethod(sqlite)


@contextmanager
def in_a_folder() -> Iterator[str]:
    with sqlite() as url:
        yield "csv:" + os.path.dirname(url.removeprefix("sqlite:///")) + "/office"


class InCsv(AnyOfficeLife):
    fresh = staticmethod(in_a_folder)


@contextmanager
def postgres() -> Iterator[str]:
    yield new_schema()


class InPostgres(AnyOfficeLife):
    fresh = staticmethod(postgres)


def lives(life: type[AnyOfficeLife], examples: int, steps: int) -> None:
    """A failing one is printed as a program."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(life, settings=chosen)


@pytest.mark.hypothesis
def test_whatever_an_office_does_its_store_holds_what_plain_dicts_say() -> None:
    lives(InSqlite, examples=examples(25), steps=15)


def test_the_task_of_another_is_followed_by_one_of_theirs() -> None:
    """A life that failed once: it asked for one of whoever completed it, which no command does."""
    life = InSqlite()
    life.schedule_a_task(by="tom", days=None)
    life.complete(by="sue", which=[len(list(life.model.open())) - 1], back=None, choice=None, restart=False, then=True)
    (task,) = (row for row in action_lists.search(life.session("sue")) if row.title == "Look again")
    assert task.owner == "tom"
    life.teardown()


@pytest.mark.hypothesis
@pytest.mark.slow(12)
def test_the_same_in_a_folder_of_csv_files() -> None:
    lives(InCsv, examples=examples(15), steps=20)


@pytest.mark.hypothesis
@pytest.mark.slow(12)
def test_the_same_in_postgresql() -> None:
    lives(InPostgres, examples=examples(6), steps=20)


@pytest.mark.hypothesis
@pytest.mark.slow(18)
def test_however_long_an_office_lives_its_store_holds_what_plain_dicts_say() -> None:
    lives(InSqlite, examples=examples(25), steps=40)
