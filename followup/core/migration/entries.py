"""What `migrate:` entries are about (E2 to E6). One that names nothing is an error; one with nothing to do says why.

A cycle or step that the edit takes out is named all the same, as long as it was there before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.core.kinds import CYCLE, PLAN
from followup.core.office import Office, Process, Ref

if TYPE_CHECKING:
    from followup.core.catalog_documents import MigrateDocument


def subject(document: MigrateDocument) -> tuple[str, str]:
    """The ids of the process and of the step that an entry names, as written; no step, where it is about a cycle."""
    process, _, step = document.get("step", document.get("cycle", "")).partition("/")
    return process, step


def is_known(document: MigrateDocument, before: Office, after: Office) -> bool:
    """Whether what it names is declared, or was until this edit."""
    return any(_names(document, office) for office in (after, before))


def _names(document: MigrateDocument, office: Office) -> bool:
    id, step = subject(document)
    process = _process(office, id, (CYCLE,) if "cycle" in document else (CYCLE, PLAN))
    return process is not None and (not step or office.step_id(id, step) in {s.id for s in process.steps})


def _process(office: Office, id: str, kinds: tuple[str, ...]) -> Process | None:
    return next(filter(None, (office.process(Ref(kind, id)) for kind in kinds)), None)


def idle(document: MigrateDocument, after: Office, standing: bool) -> str:
    """Why an entry changed nothing. `standing`: whether any contact is on its process."""
    id, _ = subject(document)
    process = _process(after, id, (CYCLE, PLAN))
    if not standing:
        return f"no contact is on '{id}'"
    if "cycle" in document:
        return f"'{id}' is still active" if process and process.active else f"contacts are finishing '{id}' already"
    if document.get("backfill"):
        return "no contact has missed this step"
    return "no date of it changes" if "dates" in document else "no open action loses this step"
