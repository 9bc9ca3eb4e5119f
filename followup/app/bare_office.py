"""The catalog of an office of one's own: one user, who may do everything, and one cycle to begin with."""

from __future__ import annotations

import os
from json import dumps
from typing import NamedTuple

from followup.core.fields.values import slug
from followup.core.timing import zone_info
from followup.errors import BadInput, NoTimeZone

OFFICE_YAML = """\
# yaml-language-server: $schema=../schema/catalog.schema.json
#
# The office, and who works there. `followup validate` checks these files, `followup apply` makes them live.
office:
  name: {office}
  zone: {zone}
  working_days: mon-fri
  hours: "09:00-17:00"

users:
  {id}:
    name: {name}
    role: administrator{login}
"""

CYCLES_YAML = """\
# yaml-language-server: $schema=../schema/catalog.schema.json
#
# A cycle is what happens next, step by step. Reps choose it by the name of its alias.
cycles:
  new-lead:
    name: New lead
    steps:
      - {id: first-call, name: First call, type: call, offset: 0 days}
      - {id: check-in, name: Check-in call, type: call, offset: 30 days, loop_to: check-in}

aliases:
  new-lead: {name: New lead, cycle: new-lead}
"""


class BareOffice(NamedTuple):
    """`name`: of who starts it; they become its administrator."""

    office: str
    zone: str
    name: str


def checked(bare: BareOffice) -> BareOffice:
    """Raises BadInput for an answer that can be none."""
    office, zone, name = (" ".join(text.split()) for text in bare)
    if not all(text and text.isprintable() for text in (office, name)):
        raise BadInput("The office and you need names that can be printed. Nothing was made.")
    try:
        zone_info(zone)
    except NoTimeZone:
        raise BadInput(f"'{zone}' isn't a time zone. Examples: America/Vancouver, Europe/Berlin, UTC") from None
    return BareOffice(office, zone, name)


def user_id(bare: BareOffice) -> str:
    """Of who starts it. Ids are typed every day: letters that not every keyboard has make none."""
    id = slug(bare.name)[:40].strip("-")
    return id if id.isascii() and id[:1].isalpha() else "admin"


def write_bare(folder: str, bare: BareOffice, login: str | None) -> None:
    """The files of the catalog into `folder`; `login`: of who starts it, if they have one that can be written."""
    office = OFFICE_YAML.format(
        office=_quoted(bare.office),
        zone=_quoted(bare.zone),
        id=_quoted(user_id(bare)),
        name=_quoted(bare.name),
        login=f"\n    login: {_quoted(login)}" if login else "",
    )
    for name, text in (("office.yaml", office), ("cycles.yaml", CYCLES_YAML)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def _quoted(text: str) -> str:
    return dumps(text, ensure_ascii=False)  # a JSON text is a YAML text
