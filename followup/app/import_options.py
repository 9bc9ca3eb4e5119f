"""What is said of a file that is imported: which column is which field, and whose its contacts are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from followup.app import lookup
from followup.app.session import Session
from followup.errors import UsageError
from followup.intake.mapping import ColumnMapping, map_columns, read_pairs


class ImportOptions(NamedTuple):
    """The words of the command; None: not given.

    `pairs`: FIELD=COLUMN, after those in the file `map_file`; `key`: columns to make ids from; `day_first`: what
    03/04/2026 means; `refused`: where the refused rows go. The rest is for rows that do not say it themselves.
    """

    file: str
    pairs: Sequence[str] = ()
    map_file: str | None = None
    key: Sequence[str] = ()
    day_first: bool | None = None
    refused: str | None = None
    alias: str | None = None
    without_cycle: bool = False
    owner: str | None = None
    without_owner: bool = False
    property: str | None = None

    def mapping(self, header: tuple[str, ...]) -> ColumnMapping:
        return map_columns(header, [*(read_pairs(self.map_file) if self.map_file else ()), *self.pairs], self.key)


class Ownership(NamedTuple):
    """Who gets what has no owner in the file: every contact, or those that are new. `remark`: says so."""

    of_all: str | None = None
    of_new: str | None = None
    remark: str = ""


def ownership(session: Session, mapping: ColumnMapping, options: ImportOptions) -> Ownership:
    """Who imports owns what is new, as with `contacts add`; but not an administrator, who does not sell.

    Raises UsageError where no contact would have an owner.
    """
    if options.owner and options.without_owner:
        raise UsageError("--owner or --no-owner, not both")
    if options.owner:
        id = lookup.worker(session, options.owner).id
        return Ownership(of_all=id, remark=f"owner: {id}, of rows that name none")
    if options.without_owner:
        return Ownership()
    user = session.user
    if not user.administers():
        return Ownership(of_new=user.id, remark=f"owner: {user.id} (you), of new contacts whose row names none")
    if "owner" not in mapping.fields:
        raise UsageError("whose contacts are they? --owner USER, --map owner=COLUMN, or --no-owner to say nobody's")
    return Ownership()


def ownership_remark(session: Session, mapping: ColumnMapping, options: ImportOptions) -> str:
    """The same for a preview: a file that cannot be imported yet can be looked at."""
    try:
        return ownership(session, mapping, options).remark
    except UsageError as error:
        return str(error)
