"""The context of migrating one enrolment: its course, the edit, and how to build the diff's lines about it."""

from __future__ import annotations

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.migration.edition import Heap, ProcessEdit, Reasons
from followup.core.migration.effects import Effect, What
from followup.core.model import Action, Enrolment
from followup.core.process.course import Course
from followup.core.timing import When, moment


class Migration(Course):
    """A course under the edited process. `draft`: its office is the one that the apply makes live."""

    def __init__(self, draft: Draft, enrolment: Enrolment, edit: ProcessEdit, why: Reasons, heap: Heap) -> None:
        super().__init__(draft, enrolment)
        self.edit, self.why, self.heap = edit, why, heap

    def step_at(self, action: Action) -> str:
        """The current id of the step that an action was created for."""
        return self.step_id(action.step) or ""

    def moment(self, text: str, owner: str | None) -> When:
        return moment(text, self.draft.calendar(owner).zone)

    def original(self, action: Action) -> When:
        """What its date was counted from when it was created; for a rebooked action, that of its first attempt."""
        why = self.why.get(action.id, {})
        while "rebooked" in why:
            why = self.why.get(why["rebooked"], {})
        return self.moment(why["from"], action.owner) if "from" in why else self.round_start

    def became_today(self, action: int) -> bool:
        """Whether this edit moved its date to today because it would be in the past (E2)."""
        return any(
            isinstance(entry.event, h.Scheduled | h.Redated)
            and entry.event.action == action
            and "today" in (entry.event.why or {}).get("moved_by", ())
            for entry in self.draft.entries
        )

    def line(self, what: What, action: Action | None = None) -> Effect:
        """A line for the contact, or for an action that is or was open; set more fields with `_replace`."""
        contact = self.draft.dossier.known
        line = Effect(contact.id, contact.name, contact.owner, self.edit.ref, what)
        if action is None:
            return line
        return line._replace(owner=action.owner, step=self.step_at(action), action=action.id, was=action.due)

    def makes(self, what: What, action: Action, entry: str | None = None) -> Effect:
        """A line for an action that this edit creates.

        It leaves out the action's id: a diff can't assign real ids, so its digest would never match that of the apply.
        """
        past = self.became_today(action.id)
        return self.line(what)._replace(step=self.step_at(action), becomes=action.due, past=past, entry=entry)
