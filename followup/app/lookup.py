"""What words mean in this office: the declared items behind ids and names."""

from __future__ import annotations

from followup.app.session import Session
from followup.core.office import BUILT_IN_TYPES


def type_names(session: Session) -> dict[str, str]:
    """The types of action that have a name of the office's own (F1); the others are known by their ids."""
    names = {id: str(text["name"]) for id, text in session.documents("action_type").items()}
    return {id: name for id, name in names.items() if id not in BUILT_IN_TYPES or BUILT_IN_TYPES[id].name != name}
