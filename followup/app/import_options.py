"""The options of an import: which column is which field, and who owns its contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from followup.app import lookup
from followup.app.session import Session
from followup.errors import UsageError
from followup.intake.mapping import ColumnMapping, field_of, map_columns, read_pairs

SYSTEM = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


class ImportOptions(NamedTuple):
    """The command's options; None: not given.

    `pairs`: FIELD=COLUMN, which overrule those in the file `map_file`; `key`: columns to make ids from; `day_first`:
    what 03/04/2026 means; `refused`: where the refused rows go; `system`: whose ids the file has. The rest is for rows
    that do not say it themselves.
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
    system: str | None = None

    def mapping(self, header: tuple[str, ...]) -> ColumnMapping:
        """A pair of the command overrules those of the file about the same field."""
        overruled = {field_of(pair) for pair in self.pairs}
        from_file = read_pairs(self.map_file) if self.map_file else ()
        return map_columns(
            header, [*(pair for pair in from_file if field_of(pair) not in overruled), *self.pairs], self.key
        )

    def checked(self) -> ImportOptions:
        """Raises UsageError for an option that says nothing, which is not the same as one that isn't there."""
        words = {"owner": self.owner, "cycle": self.alias, "property": self.property, "system": self.system}
        blank = next((name for name, word in words.items() if word is not None and not word.strip()), None)
        if blank:
            raise UsageError(f"--{blank} is blank. Name one, or leave the option out")
        if self.system is not None and not SYSTEM.fullmatch(self.system):
            raise UsageError(f"--system {self.system}: use letters, digits and hyphens only, such as --system hubspot")
        return self._replace(system=self.system and self.system.lower())


class Ownership(NamedTuple):
    """The owner of contacts without one in the file: of all of them, or only of new ones. `remark`: says so."""

    of_all: str | None = None
    of_new: str | None = None
    remark: str = ""


def ownership(session: Session, mapping: ColumnMapping, options: ImportOptions) -> Ownership:
    """The importing user owns new contacts, as with `contacts add`; unless they are an administrator, who doesn't sell.

    Raises UsageError if no contact would have an owner.
    """
    if options.owner and options.without_owner:
        raise UsageError("use --owner or --no-owner, not both")
    if options.owner:
        id = lookup.worker(session, options.owner).id
        return Ownership(of_all=id, remark=f"owner: {id}, for rows without an owner")
    if options.without_owner:
        return Ownership()
    user = session.user
    if not user.administers():
        return Ownership(of_new=user.id, remark=f"owner: {user.id} (you), for new contacts without an owner")
    if "owner" not in mapping.fields:
        raise UsageError("who should own these contacts? Use --owner USER, --map owner=COLUMN or --no-owner")
    return Ownership()


def ownership_so_far(session: Session, mapping: ColumnMapping, options: ImportOptions) -> Ownership:
    """The remark for a preview; an error becomes the remark, so that the file can be previewed before it's fixed."""
    try:
        return ownership(session, mapping, options)
    except UsageError as error:
        return Ownership(remark=str(error))
