"""The office in plain dicts: who is on which cycle, what is open for whom, what was told. It knows nothing of the
core but the wishes, and says no where the domain says no.

A record holds what one subject (a contact, or a user's own tasks) has. Whoever touches it puts the record aside as it
was, and undo takes that back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from followup.core import wishes as w
from tests.app import office_edits as edits
from tests.app.small_catalog import Raw

Row = dict[str, Any]
OFFERING = {"call", "inbound", "tour"}  # completing one of these offers the aliases (F10)


class No(Exception):
    """The domain says no."""


class Office:
    """What the store should hold. `records` by subject; `changes` by number, from 1."""

    def __init__(self, catalog: Raw, now: int) -> None:
        self.catalog, self.now, self.by = catalog, now, ""
        self.records: dict[str, Row] = {}
        self.standing: dict[str, list[tuple[int, Row, Row]]] = {}  # the changes that stand: the record before and after
        self.changes: dict[int, Row] = {1: {"by": "ada", "subjects": ["office"], "undone": False}}
        self.versions = [(1, catalog)]  # with the change that each came with
        self.not_before: str | None = None  # the day before which nothing is scheduled, while an edit does it
        self.made = count(1)

    # A command is a change, if it changes anything

    def does(self, by: str, asked: Iterable[tuple[str, Sequence[w.Wish]]]) -> list[int]:
        """Wishes about a subject, together or not at all; answers the places of those refused."""
        self.by = by
        refused, touched = [], dict[str, Row]()
        for place, (subject, wishes) in enumerate(asked):
            before = self.records.get(subject) or record()
            mine = deepcopy(before)
            try:
                for wish in wishes:
                    self._permitted(subject, mine, wish)
                    self._carry_out(mine, wish)
            except No:
                refused.append(place)
                continue
            self.records[subject] = mine
            if mine["told"] != before["told"]:
                touched.setdefault(subject, before)
        if touched:
            self._note(touched)
        return refused

    def _note(self, touched: dict[str, Row], *more: str, undone: bool = False, under: Raw | None = None) -> None:
        """A change, what each subject was before it, and the catalog that it was decided under."""
        number = len(self.changes) + 1
        subjects = sorted([*touched, *more])
        self.changes[number] = {
            "by": self.by,
            "subjects": subjects,
            "undone": undone,
            "catalog": under or self.catalog,
        }
        if "office" in more:
            self.versions.append((number, self.catalog))
        for subject, before in touched.items():
            self.standing.setdefault(subject, []).append((number, before, deepcopy(self.records[subject])))

    def undo(self, by: str, partly: bool) -> list[str]:
        """E11. Raises No; answers the subjects that have changed since, or have nowhere to go back to."""
        self.by = by
        mine = [n for n, change in self.changes.items() if change["by"] == by and not change["undone"]]
        if not mine:
            raise No
        number, change = mine[-1], self.changes[mine[-1]]
        subjects, put_back = set(change["subjects"]) - {"office"}, "office" in change["subjects"]
        before = self.catalog
        if put_back:
            before = self._put_back(number)
        back = {subject: self._reversed(subject, number, change["catalog"], put_back) for subject in sorted(subjects)}
        refused = [subject for subject, record in back.items() if record is None]
        named = [s if self._sees(by, s, self.records[s]) else s.partition(":")[0] for s in refused]
        if refused and not (partly and (put_back or len(refused) < len(subjects))):
            self.catalog = before
            raise No
        records, standing = dict(self.records), {s: list(had) for s, had in self.standing.items()}
        for subject in subjects.difference(refused):
            self.records[subject] = back[subject]
            self.standing[subject] = [had for had in self.standing[subject] if had[0] != number]
        try:
            touched = self._comes_in_force(before, but=subjects.difference(refused)) if put_back else {}
        except No:
            self.catalog, self.records, self.standing = before, records, standing
            raise
        change["undone"] = True
        self._note(touched, *(["office"] if put_back else []), undone=True)
        return named

    def _put_back(self, number: int) -> Raw:
        """The catalog before the apply `number` is in force; answers the one that was until now."""
        version = next(n for n, (change, _) in enumerate(self.versions) if change == number)
        if version == 0 or self.versions[version][1] != self.catalog:
            raise No
        before, self.catalog = self.catalog, self.versions[version - 1][1]
        return before

    def _reversed(self, subject: str, number: int, then: Raw, of_apply: bool) -> Any:
        """The record without the change; None where others touched the same since (of an apply: did any work), or what
        it goes back to has left."""
        mine = self.standing[subject]
        place = next(place for place, had in enumerate(mine) if had[0] == number)
        own = touches(*mine[place][1:])
        since = [touches(*had[1:]) for had in mine[place + 1 :]]
        if any(own & other or "all" in own | other for other in since):
            return None
        if of_apply and any(key == "cycle" or key[0] != "field" for other in since for key in other):
            return None
        now, (_, was, left) = self.records[subject], mine[place]
        if not of_apply and not self._sees(self.by, subject, now) and self._sees(self.by, subject, left, then):
            return None
        back = self._taken_back(now, was, own if since else own | {("field", "updated")})
        reopened = [a for n, a in back["actions"].items() if a["status"] == "scheduled" and a != now["actions"].get(n)]
        self._follow_clocks(back, reopened, then)
        self._follow_owner(back, reopened, was)
        return back if self._is_possible(back, now, reopened, then) else None

    def _is_possible(self, back: Row, now: Row, reopened: list[Row], then: Raw) -> bool:
        """Its cycles and steps are active, and so are those who would own it."""
        for n, enrolment in back["enrolments"].items():
            cycle = cycle_of(self.catalog, enrolment)
            if not enrolment["ended"] and now["enrolments"][n]["ended"] and not (cycle and cycle.get("active", True)):
                return False
        contact, was = back["contact"], now["contact"]
        changed = contact and any(contact[name] != was[name] for name in ("owner", "stage", "gone"))
        followed_up = changed and contact["stage"] not in ("won", "lost") and not contact["gone"]
        if followed_up and not self._works(contact["owner"]):
            return False
        return all(self._works(a["owner"]) and not self._went_off(back, a, then) for a in reopened)

    def _works(self, user: str | None) -> bool:
        users = self.catalog["users"]
        return user is None or (user in users and bool(users[user].get("active", True)))

    def _went_off(self, back: Row, action: Row, then: Raw) -> bool:
        enrolment = back["enrolments"].get(action["enrolment"])
        if not enrolment:
            return False
        old, new = cycle_of(then, enrolment), cycle_of(self.catalog, enrolment)
        were = {s["id"] for s in active_steps(old)} if old else set()
        are = {s["id"] for s in active_steps(new)} if new else set()
        was_on = step_id(then, enrolment, action["step"]) in were
        return bool(new) and was_on and step_id(self.catalog, enrolment, action["step"]) not in are

    def _taken_back(self, now: Row, before: Row, own: set[Any]) -> Row:
        """What was touched is as it was; what was made since stays, as cancelled or ended, and so does what was told."""
        actions, enrolments = deepcopy(now["actions"]), deepcopy(now["enrolments"])
        for n, action in actions.items():
            if "all" in own or key_of(action) in own:
                undone = {**action, "status": "cancelled", "reason": "undone"}
                actions[n] = deepcopy(before["actions"].get(n, undone))
        for n, enrolment in enrolments.items():
            if "all" in own or ("enrolment", n) in own:
                enrolments[n] = deepcopy(before["enrolments"].get(n, {**enrolment, "ended": "undone"}))
        contact = now["contact"] and {**now["contact"], "gone": "undone"}
        if before["contact"]:
            fields = [name for name in before["contact"] if "all" in own or ("field", name) in own]
            contact = {**now["contact"], **{name: before["contact"][name] for name in fields}}
        told = now["told"] + Counter(["undone"])
        return {"contact": contact, "actions": actions, "enrolments": enrolments, "told": told}

    def _follow_clocks(self, back: Row, reopened: list[Row], then: Raw) -> None:
        """T1: what comes back open is read in its owner's zone of today."""
        for action in reopened:
            if zone_of(then, action["owner"]) != self.zone(action["owner"]):
                self.read_anew(back, action, zone_of(then, action["owner"]))

    def _follow_owner(self, back: Row, reopened: list[Row], was: Row) -> None:
        """F20: what an enrolment made for the owner of then goes to the owner of today."""
        if was["contact"] and back["contact"]["owner"] != was["contact"]["owner"]:
            for action in reopened:
                if action["enrolment"] and action["owner"] == was["contact"]["owner"]:
                    action["owner"] = back["contact"]["owner"]
                    self.read_anew(back, action, self.zone(was["contact"]["owner"]))

    def apply(self, by: str, catalog: Raw) -> list[str]:
        """E1. Raises No where somebody would be left with nothing (F12, F14, E4, E6)."""
        self.by = by
        if catalog == self.catalog:
            return []
        before, self.catalog = self.catalog, catalog
        try:
            touched = self._comes_in_force(before)
        except No:
            self.catalog = before
            raise
        self._note(touched, "office", under=before)
        return []

    def _comes_in_force(self, before: Raw, but: Container[str] = ()) -> dict[str, Row]:
        """Everybody meets the catalog, after `before`; answers the records as they were of those it touched."""
        zones = {owner: zone_of(before, owner) for owner in (None, *before["users"], *self.catalog["users"])}
        order = sorted((first(mine), s) for s, mine in self.records.items() if s not in but)
        met = {s: edits.met(self, deepcopy(self.records[s]), before, zones) for _, s in order}
        had, self.records = self.records, {**self.records, **met}
        if any(self._leaves_work(user, before) for user in before["users"]):
            self.records = had
            raise No
        return {subject: had[subject] for subject, mine in met.items() if mine["told"] != had[subject]["told"]}

    def _leaves_work(self, user: str, before: Raw) -> bool:
        after = self.catalog["users"].get(user)
        if after == before["users"][user] or (after and after.get("active", True)):
            return False
        mine = [x["contact"] for x in self.contacts().values() if x["contact"]["owner"] == user]
        return any(x["stage"] not in ("won", "lost") for x in mine) or any(a["owner"] == user for a in self.open())

    # Who may

    def _permitted(self, subject: str, mine: Row, wish: w.Wish) -> None:
        """F17, F20. A removed contact is asked for like any other; one that was undone never was there."""
        role = self.catalog["users"][self.by]["role"]
        if isinstance(wish, w.Transfer) and role == "sales-assistant":
            raise No
        if isinstance(wish, w.Remove) and not self._administers(self.by):
            raise No
        if isinstance(wish, w.Add | w.Bring) and not mine["contact"]:
            return
        if (subject.startswith("contact:") and not mine["contact"]) or not self._sees(self.by, subject, mine):
            raise No

    def _sees(self, user: str, subject: str, mine: Row, then: Raw | None = None) -> bool:
        """Today, or while the catalog `then` was in force."""
        users = (then or self.catalog)["users"]
        owner = mine["contact"]["owner"] if mine["contact"] else subject.partition(":")[2]
        holders = {owner, *(action["owner"] for action in opened(mine))}
        team = {user, *(id for id, other in users.items() if other.get("manager") == user)}
        return users[user]["role"] == "administrator" or not holders.isdisjoint(team)

    def _administers(self, user: str) -> bool:
        return bool(self.catalog["users"][user]["role"] == "administrator")

    # What is wished for

    def _carry_out(self, mine: Row, wish: w.Wish) -> None:
        match wish:
            case w.Add():
                self._add(mine, wish.fields, wish.choice, wish.without_cycle)
            case w.Bring():
                self._bring(mine, wish)
            case w.Schedule():
                self._schedule(mine, wish.type, wish.title, wish.owner, wish.due)
            case w.Log():
                done = self._schedule(mine, wish.type, wish.title, None, wish.on)
                self._complete(mine, [done], wish.on, wish.choice, wish.restart)
            case w.Complete() | w.Skip() | w.NoShow() | w.Fail() | w.Cancel() | w.Reschedule() | w.Attempt():
                self._about_an_action(mine, wish)
            case _:
                living(mine)
                self._about_a_contact(mine, wish)

    def _about_an_action(self, mine: Row, wish: Any) -> None:
        action = self._open(mine, wish.action)
        match wish:
            case w.Complete():
                others = [self._open(mine, id) for id in wish.others]
                self._complete(mine, [action, *others], wish.on, wish.choice, wish.restart)
            case w.Skip():
                self._follow(mine, action, self.close(mine, action, "skipped", wish.on, wish.reason))
            case w.Fail():
                self._follow(mine, action, self.close(mine, action, "failed", None, wish.reason))
            case w.NoShow():
                on = self.close(mine, action, "no-show", wish.on, wish.reason)
                if wish.rebook is None:
                    self._follow(mine, action, on)
                else:
                    again = {"due": wish.rebook, "nominal": action["nominal"] if action["enrolment"] else wish.rebook}
                    self._make(mine, {**action, **again})
            case w.Cancel():
                enrolment = mine["enrolments"].get(action["enrolment"])
                if enrolment and open_of(mine, enrolment) == [action]:
                    raise No
                self.close(mine, action, "cancelled", None, wish.reason or "by hand")
            case w.Reschedule():
                action["due"], action["moved"] = wish.due, action["moved"] + 1
                action["at"] = instant(wish.due, self.zone(action["owner"]))
                self._tell(mine, "rescheduled")
            case w.Attempt():
                action["attempts"] += 1
                self._tell(mine, "attempted")

    def _open(self, mine: Row, id: int) -> Row:
        action = next((a for a in mine["actions"].values() if a["id"] == id), None)
        if action is None or action["status"] != "scheduled":
            raise No
        return action

    def _about_a_contact(self, mine: Row, wish: w.Wish) -> None:
        contact = mine["contact"]
        match wish:
            case w.Assign():
                self._choose(mine, *self._meant(wish.choice), self.clock(contact["owner"]), wish.restart)
            case w.Set():
                self._set(mine, wish.fields)
            case w.Transfer():
                self._end_all(mine, "transferred")
                self._hand_over(mine, wish.owner, wish.property)
                title = f"Transfer to {wish.property or wish.owner}"
                self.close(mine, self._schedule(mine, "transfer", title, wish.owner, None), "completed", None, None)
                if wish.choice:
                    self._choose(mine, *self._meant(wish.choice), self.clock(wish.owner))
            case w.Close():
                if contact["stage"] in ("won", "lost"):
                    raise No
                contact["stage"] = wish.stage
                self._tell(mine, "closed")
                self._end_all(mine, "closed")
            case w.Stop():
                if not enrolled(mine):
                    raise No
                self._end_all(mine, "stopped")
            case w.Remove():
                self._end_all(mine, "removed")
                for action in opened(mine):
                    self.close(mine, action, "cancelled", None, "removed")
                contact["gone"] = "removed"
                self._tell(mine, "removed")

    def _add(self, mine: Row, fields: Row, choice: w.Choice | None, without: bool) -> None:
        known = mine["contact"]
        if known and known["gone"] != "undone":
            raise No
        mine["contact"] = {"owner": None, "stage": "lead", "follow_up": None, "gone": None, "property": None}
        mine["contact"] |= {"first_name": None, "last_name": None, **stated(fields)}
        self._tell(mine, "added")
        self._first_cycle(mine, choice, without)

    def _first_cycle(self, mine: Row, choice: w.Choice | None, without: bool) -> None:
        if choice:
            self._choose(mine, *self._meant(choice), self.clock(mine["contact"]["owner"]))
        if not enrolled(mine) and not without:
            raise No

    def _bring(self, mine: Row, wish: w.Bring) -> None:
        known, fields = mine["contact"], stated(wish.fields)
        if known is None or known["gone"] == "undone":
            stage = fields.get("stage")
            if stage not in ("won", "lost"):
                self._add(mine, fields, wish.choice, wish.without_cycle)
                return
            self._add(mine, {**fields, "stage": "lead"}, None, True)
            mine["contact"]["stage"] = stage
            self._tell(mine, "closed")
            return
        living(mine)
        if fields.get("name", known["name"]) != known["name"]:  # an id alone makes nobody another (F11)
            raise No
        was = known["stage"]
        if was in ("won", "lost"):
            fields.pop("stage", None)
        self._set(mine, fields)
        if (was, known["stage"]) == ("prospect", "lead") and not enrolled(mine):
            self._first_cycle(mine, wish.choice, wish.without_cycle)

    def _set(self, mine: Row, fields: Row) -> None:
        contact = mine["contact"]
        new = {name: value for name, value in fields.items() if contact[name] != value}
        if new.get("stage") in ("won", "lost"):
            raise No
        handed = {name: new.pop(name) for name in ("owner", "property") if name in new}
        if new:
            contact |= new
            self._tell(mine, "edited")
        if handed:
            self._hand_over(mine, handed.get("owner", contact["owner"]), handed.get("property", contact["property"]))

    def _hand_over(self, mine: Row, owner: str | None, property: str | None) -> None:
        """F20: the actions of the cycle go along; T1: dates stay as they read, times keep their instant."""
        contact = mine["contact"]
        old, contact["owner"], contact["property"] = contact["owner"], owner, property
        self._tell(mine, "handed")
        for action in opened(mine):
            if owner != old and action["enrolment"] and action["owner"] == old:
                action["owner"] = owner
                self.read_anew(mine, action, self.zone(old))

    def read_anew(self, mine: Row, action: Row, before: str) -> None:
        """In the zone of its owner, instead of the zone `before`."""
        zone = self.zone(action["owner"])
        for name in ("due", "nominal"):
            if len(action[name]) > 10:
                action[name] = wall(instant(action[name], before), zone)
        action["at"] = instant(action["due"], zone)
        self._tell(mine, "reassigned")

    def _schedule(self, mine: Row, type: str, title: str, owner: str | None, due: str | None) -> Row:
        if mine["contact"]:
            living(mine)
        owner = owner or self.by
        due = due or self.clock(owner)
        by_hand = {"enrolment": None, "step": None, "round": 1, "position": 0}
        return self._make(mine, {"type": type, "title": title, "owner": owner, "due": due, "nominal": due, **by_hand})

    def _complete(self, mine: Row, actions: list[Row], on: str | None, choice: w.Choice | None, restart: bool) -> None:
        """F10: onto the chosen cycle, or on with this one; never both. The choice is made once, on the last's day."""
        closed = [self.close(mine, action, "completed", on, None) for action in actions]
        alias, cycle = self._meant(choice) if choice else (None, None)
        if choice and (mine["contact"] is None or OFFERING.isdisjoint(action["type"] for action in actions)):
            raise No
        here = next(iter(enrolled(mine)), None)
        leaves = here if cycle and here and (restart or not self._is_on(here, cycle)) else {"n": 0}
        for action, when in zip(actions, closed, strict=True):
            if action["enrolment"] != leaves["n"]:
                self._follow(mine, action, when)
        if choice:
            each = zip(closed, (self.zone(action["owner"]) for action in actions), strict=True)
            text, zone = max(each, key=lambda when: instant(*when))
            theirs = self.zone(mine["contact"]["owner"])
            day = text if len(text) == 10 else wall(instant(text, zone), theirs)
            self._choose(mine, alias, cycle, day, restart)

    def close(self, mine: Row, action: Row, status: str, on: str | None, reason: str | None) -> str:
        """Today or earlier, on the clock of whoever it was for (T7)."""
        if on and instant(on, self.zone(action["owner"])) > self.now:
            raise No
        closed = on or self.clock(action["owner"])
        action |= {"status": status, "reason": reason, "completed_on": closed, "completed_by": self.by}
        self._tell(mine, {"no-show": "not-shown"}.get(status, status))
        return closed

    # Cycles

    def _meant(self, choice: w.Choice) -> tuple[str | None, str | None]:
        """F9: the alias and the cycle chosen."""
        if choice.alias is None and not self._administers(self.by):
            raise No
        alias = self.catalog["aliases"][choice.alias] if choice.alias else {"cycle": choice.cycle}
        id = alias["cycle"] and self.today(alias["cycle"])
        cycle = self.catalog["cycles"].get(id)
        if not alias.get("active", True) or (id and not (cycle and cycle.get("active", True))):
            raise No
        return choice.alias, id

    def _choose(self, mine: Row, alias: str | None, cycle: str | None, on: str, restart: bool = False) -> None:
        if cycle is None:
            mine["contact"]["follow_up"] = alias
            self._tell(mine, "categorised")
            return
        if mine["contact"]["stage"] in ("won", "lost"):
            raise No
        here = next(iter(enrolled(mine)), None)
        same = here and self._is_on(here, cycle)
        if here and same and not restart and (self.is_hold(cycle) or open_of(mine, here)):
            if alias and alias != here["alias"]:
                here["alias"] = alias
                self._tell(mine, "alias-chosen")
            return
        self._end_all(mine, "restarted" if same else "replaced")
        self._enrol(mine, alias, cycle, on)

    def _enrol(self, mine: Row, alias: str | None, cycle: str, on: str) -> None:
        n = next(self.made)
        enrolment = {"n": n, "id": None, "cycle": cycle, "alias": alias, "round": 1, "start": on[:10], "ended": None}
        mine["enrolments"][n] = enrolment
        self._tell(mine, "enrolled")
        if steps := active_steps(self.catalog["cycles"][cycle]):
            self._begin(mine, enrolment, steps)

    def _begin(self, mine: Row, enrolment: Row, steps: list[Row]) -> None:
        """A round: its first step, and with `anchor: due` every one up to the loop (L3)."""
        self.make_step(mine, enrolment, steps[0], enrolment["start"])
        if self._cycle_of(enrolment)["anchor"] == "due":
            self.fill(mine, enrolment, steps, None)

    def fill(self, mine: Row, enrolment: Row, steps: list[Row], closed: str | None) -> None:
        """What of `steps` this round has not had: with `completed` the next one, with `due` all, each after the other."""
        cycle = self._cycle_of(enrolment)
        for place, step in enumerate(up_to_the_loop(steps)):
            if self.had(mine, enrolment, step):
                continue
            earlier = [s for s in active_steps(cycle) if s["position"] < step["position"]][-1:]
            before = self.had(mine, enrolment, earlier[0]) if earlier else None
            if cycle["anchor"] == "due" and before:
                self.make_step(mine, enrolment, step, before["nominal"])
            elif closed and (place == 0 or (before and before["status"] != "scheduled")):
                self.make_step(mine, enrolment, step, closed)

    def _follow(self, mine: Row, action: Row, closed: str) -> None:
        """What comes of an action that was closed (F4, F5)."""
        enrolment = mine["enrolments"].get(action["enrolment"])
        if enrolment is None or enrolment["ended"]:
            return
        cycle = cycle_of(self.catalog, enrolment)
        if cycle and action["round"] == enrolment["round"]:
            id = step_id(self.catalog, enrolment, action["step"])
            step = next((s for s in numbered(cycle) if s["id"] == id), None)
            position = step["position"] if step else action["position"] - 1
            if step and "loop_to" in step and active_steps(cycle):
                self._loop(mine, enrolment, step, action, closed)
            else:
                self.fill(mine, enrolment, [s for s in active_steps(cycle) if s["position"] > position], closed)
        if not open_of(mine, enrolment):
            self.nothing_open(mine, enrolment, cycle, closed)

    def nothing_open(self, mine: Row, enrolment: Row, cycle: Raw | None, closed: str) -> None:
        """A hold waits (F8); steps and a loop behind what was cancelled by hand are not lost; else it is over."""
        steps = active_steps(cycle) if cycle else []
        if cycle and not steps:
            return
        had = {step["id"]: self.had(mine, enrolment, step) for step in steps}
        for before, step in pairwise(steps):
            cancelled = (had[before["id"]] or {}).get("status") == "cancelled"
            if cancelled and "loop_to" not in before and not had[step["id"]]:
                self.fill(mine, enrolment, [s for s in steps if s["position"] >= step["position"]], closed)
                return
        for step in steps:
            if "loop_to" in step and (action := had[step["id"]]):
                self._loop(mine, enrolment, step, action, closed)
                return
        self._end(mine, enrolment, "no-more-steps")

    def _loop(self, mine: Row, enrolment: Row, step: Row, action: Row, closed: str) -> None:
        """The next round, from the closing; with `anchor: due` not before the day that was planned (L3)."""
        cycle = self._cycle_of(enrolment)
        planned = action["nominal"][:10] if cycle["anchor"] == "due" else ""
        enrolment["round"] += 1
        enrolment["start"] = max(closed[:10], planned)
        self._tell(mine, "round-began")
        target = next((s["position"] for s in numbered(cycle) if s["id"] == step["loop_to"]), 0)
        steps = active_steps(cycle)
        self._begin(mine, enrolment, [s for s in steps if s["position"] >= target] or steps)

    def _end(self, mine: Row, enrolment: Row, reason: str) -> None:
        for action in open_of(mine, enrolment):
            self.close(mine, action, "cancelled", None, reason)
        enrolment["ended"] = reason
        self._tell(mine, "ended")

    def _end_all(self, mine: Row, reason: str) -> None:
        for enrolment in enrolled(mine):
            self._end(mine, enrolment, reason)

    def _is_on(self, enrolment: Row, cycle: str) -> bool:
        return today(self.catalog, enrolment["cycle"]) == cycle

    def _cycle_of(self, enrolment: Row) -> Raw:
        cycle = cycle_of(self.catalog, enrolment)
        assert cycle
        return cycle

    def had(self, mine: Row, enrolment: Row, step: Row) -> Row | None:
        """This round's latest action of the step; what was undone never was."""
        of_it = (a for a in mine["actions"].values() if a["enrolment"] == enrolment["n"])
        of_it = (a for a in of_it if step_id(self.catalog, enrolment, a["step"]) == step["id"])
        tries = [a for a in of_it if a["round"] == enrolment["round"] and a["reason"] != "undone"]
        return max(tries, key=lambda a: a["n"], default=None)

    def make_step(self, mine: Row, enrolment: Row, step: Row, counted_from: str) -> None:
        nominal = (date.fromisoformat(counted_from[:10]) + timedelta(days=step["offset"])).isoformat()
        due = max(nominal, self.not_before or "")
        of_it = {"enrolment": enrolment["n"], "step": step["id"], "round": enrolment["round"]}
        of_it |= {"position": step["position"], "due": due, "nominal": nominal, "from": counted_from[:10]}
        self._make(mine, {"type": step["type"], "title": step["id"], "owner": mine["contact"]["owner"], **of_it})

    def _make(self, mine: Row, fields: Row) -> Row:
        n = next(self.made)
        fresh = {"n": n, "id": None, "status": "scheduled", "reason": None, "moved": 0, "attempts": 0}
        at = instant(fields["due"], self.zone(fields["owner"]))
        mine["actions"][n] = {**fields, **fresh, "at": at}
        self._tell(mine, "scheduled")
        return mine["actions"][n]

    def _tell(self, mine: Row, kind: str) -> None:
        mine["told"][kind] += 1
        if mine["contact"]:
            mine["contact"]["updated"] = f"{datetime.fromtimestamp(self.now, UTC):%Y-%m-%dT%H:%M:%SZ}"

    # Questions

    def today(self, cycle: str) -> str:
        return today(self.catalog, cycle)

    def zone(self, owner: str | None) -> str:
        return zone_of(self.catalog, owner)

    def clock(self, owner: str | None) -> str:
        return wall(self.now, self.zone(owner))

    def is_hold(self, cycle: str) -> bool:
        return cycle in self.catalog["cycles"] and not active_steps(self.catalog["cycles"][cycle])

    def open(self) -> Iterator[Row]:
        for mine in self.records.values():
            yield from opened(mine)

    def contacts(self) -> dict[str, Row]:
        """The records of those who are contacts now."""
        known = {subject.partition(":")[2]: mine for subject, mine in self.records.items() if mine["contact"]}
        return {id: mine for id, mine in known.items() if mine["contact"]["gone"] is None}

    def seen(self, user: str) -> set[str]:
        """F20."""
        return {id for id, mine in self.contacts().items() if self._sees(user, "contact:" + id, mine)}

    def works_here(self, user: str | None) -> bool:
        return bool(self.catalog["users"].get(user, {"active": False}).get("active", True))

    def stranded(self) -> list[str]:
        """F12."""
        return sorted(id for id, mine in self.contacts().items() if self._falls_through(mine))

    def _falls_through(self, mine: Row) -> bool:
        """Nothing is scheduled, and not because it rests; or nothing that anybody who works here holds."""
        if mine["contact"]["stage"] != "lead":
            return False
        if any(a["enrolment"] or a["type"] in ("tour", "sale") for a in opened(mine)):
            return not any(self.works_here(a["owner"]) for a in opened(mine))
        return not any(self.is_hold(today(self.catalog, e["cycle"])) for e in enrolled(mine))


def record() -> Row:
    return {"contact": None, "actions": {}, "enrolments": {}, "told": Counter()}


def key_of(action: Row) -> tuple[str, Any]:
    return ("enrolment", action["enrolment"]) if action["enrolment"] else ("action", action["n"])


def touches(before: Row, after: Row) -> set[Any]:
    """What a change touched, by what differs: of enrolments with their actions, of others' actions, and of fields."""
    was, contact = before["contact"] or {"gone": "unknown"}, after["contact"]
    if contact and was["gone"] != contact["gone"]:
        return {"all"}
    touched: set[Any] = {key_of(a) for n, a in after["actions"].items() if before["actions"].get(n) != a}
    for n, enrolment in after["enrolments"].items():
        old = before["enrolments"].get(n)
        if old != enrolment:
            touched.add(("enrolment", n))
            touched |= {"cycle"} if old is None or old["ended"] != enrolment["ended"] else set()
    if contact:
        touched |= {("field", name) for name in contact if was[name] != contact[name] and name != "updated"}
        touched |= {"cycle"} if was["stage"] != contact["stage"] and contact["stage"] in ("won", "lost") else set()
    if before["told"]["categorised"] != after["told"]["categorised"]:
        touched.add(("field", "follow_up"))
    return touched


def living(mine: Row) -> None:
    if mine["contact"]["gone"]:
        raise No


def stated(fields: Row) -> Row:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def next_due(mine: Row) -> str | None:
    """C2: of the action that is due first, by its instant."""
    first = min(opened(mine), key=lambda action: (action["at"], action["n"]), default=None)
    return first and str(first["due"])


def opened(mine: Row) -> list[Row]:
    return [action for action in mine["actions"].values() if action["status"] == "scheduled"]


def enrolled(mine: Row) -> list[Row]:
    return [enrolment for enrolment in mine["enrolments"].values() if enrolment["ended"] is None]


def first(mine: Row) -> str:
    """The cycle that the contact is on, as the enrolment has it: contacts meet an edit in the order of these."""
    return next((str(enrolment["cycle"]) for enrolment in enrolled(mine)), "")


def open_of(mine: Row, enrolment: Row) -> list[Row]:
    return [action for action in opened(mine) if action["enrolment"] == enrolment["n"]]


def today(catalog: Raw, id: str) -> str:
    """E5: under which id a cycle, or CYCLE/STEP, is declared now."""
    moved = {entry["from"]: entry["to"] for entry in catalog["moved"]}
    while id in moved or id.partition("/")[0] in moved:
        cycle, slash, step = id.partition("/")
        id = moved.get(id) or moved[cycle] + slash + step
    return id


def zone_of(catalog: Raw, owner: str | None) -> str:
    return str(catalog["users"].get(owner, {}).get("zone") or catalog["office"]["zone"])


def cycle_of(catalog: Raw, enrolment: Row) -> Raw | None:
    return catalog["cycles"].get(today(catalog, enrolment["cycle"]))


def step_id(catalog: Raw, enrolment: Row, step: str) -> str:
    return today(catalog, f"{enrolment['cycle']}/{step}").partition("/")[2]


def numbered(cycle: Raw) -> list[Row]:
    return [{**step, "position": position} for position, step in enumerate(cycle["steps"])]


def active_steps(cycle: Raw) -> list[Row]:
    return [step for step in numbered(cycle) if step.get("active", True)]


def up_to_the_loop(steps: list[Row]) -> list[Row]:
    end = next((place for place, step in enumerate(steps, 1) if "loop_to" in step), len(steps))
    return steps[:end]


def instant(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def wall(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
