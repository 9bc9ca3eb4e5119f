"""What an undo of an apply leaves: files that still say what was undone, so that the next apply would do it again."""

from __future__ import annotations

import os

from followup.app.project_catalog import cycles_in
from followup.app.session import Session
from followup.catalog.load import load


def stale_files(session: Session, project: str, change: int) -> str | None:
    """What to do about the files of `project`, once the apply `change` is undone; None where they don't hold its edit,
    since they are as they were before it."""
    versions = session.store.versions
    undone = versions.applied_by(change)
    before, after = versions.source(undone - 1), versions.source(undone)
    if load(os.path.relpath(cycles_in(project))).digest == before.digest:
        return None
    way_back = _way_back(before.git, after.git)
    return f"the files in cycles/ still hold that edit: {way_back}, or apply it again with `followup apply`"


def _way_back(before: str | None, after: str | None) -> str:
    """By git, as far as the versions know of it: a commit with edits on top is none that a file can be taken from."""
    if before and not before.endswith("-dirty"):
        return f"take it out with `git checkout {before[:8]} -- cycles`"
    if after and not after.endswith("-dirty"):
        return f"take it out with `git revert {after[:8]}`"
    return "take it out too (in git: `git checkout -- cycles`)" if before or after else "take it out there too"
