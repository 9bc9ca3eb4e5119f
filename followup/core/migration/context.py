"""An edited cycle meets one contact who is on it: what both of them are, and how a line about them is made."""

from __future__ import annotations

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.migration.edition import Effect, Heap, ProcessEdit, Reasons
from followup.core.model import Action, Enrolment
from followup.core.timing import When, moment


class Migration:
    """`draft`: its office is the one that comes in force."""

    def __init__(self, draft: Draft, enrolment: Enrolment, edit: ProcessEdit, why: Reasons, heap: Heap) -> None:
        self.draft, self.edit, self.why, self.heap = draft, edit, why, heap
        self._process, self._looked_at = enrolment.process, draft.dossier
        self._look(enrolment.id)

    def _look(self, id: int) -> None:
        enrolment = self.draft.dossier.enrolment(id)
        assert enrolment is not None
        own = (action for action in self.draft.dossier.of(enrolment) if action.open)
        self._enrolment = enrolment
        self._actions = tuple(sorted(own, key=lambda action: (action.position, action.id)))

    def _now(self) -> None:
        """Looked at once for each state: diff and apply ask it for everybody, several times."""
        if self._looked_at is not self.draft.dossier:
            self._looked_at = self.draft.dossier
            self._look(self._enrolment.id)

    @property
    def enrolment(self) -> Enrolment:
        """As it stands by now."""
        self._now()
        return self._enrolment

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is open of it, in the order of the steps."""
        self._now()
        return self._actions

    def step(self, action: Action) -> str:
        return self.draft.step_id(self._process, action.step) or ""

    def moment(self, text: str, owner: str | None) -> When:
        return moment(text, self.draft.calendar(owner).zone)

    def original(self, action: Action) -> When:
        """What its date was counted from when it was made; a rebooked one has that of its first try."""
        why = self.why.get(action.id, {})
        while "rebooked" in why:
            why = self.why.get(why["rebooked"], {})
        if "from" not in why:
            return When(self.enrolment.round_start, self.enrolment.round_at)
        return self.moment(why["from"], action.owner)

    def became_today(self, action: int) -> bool:
        """Whether what this edit scheduled would lie in the past (E2)."""
        return any(
            isinstance(entry.event, h.Scheduled | h.Redated)
            and entry.event.action == action
            and "today" in (entry.event.why or {}).get("moved_by", ())
            for entry in self.draft.entries
        )

    def gained(self, action: Action) -> Effect:
        """Scheduled beside what the edit had to schedule."""
        how = {"was": None, "becomes": action.due, "past": self.became_today(action.id)}
        return self.effect("gains", action, **how)

    def effect(self, what: str, action: Action | None = None, **how: object) -> Effect:
        contact = self.draft.dossier.known
        about = {"action": action.id, "step": self.step(action), "was": action.due} if action else {}
        owner = action.owner if action else contact.owner
        return Effect(contact.id, contact.name, owner, self.edit.id, what, **{**about, **how})  # type: ignore[arg-type]
