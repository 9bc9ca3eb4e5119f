"""The alias menu, shown on a terminal when the completed action's type offers a next cycle (F10)."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from followup.app import action_lists
from followup.app.session import Session
from followup.cli.arguments import optional_choice
from followup.cli.command_session import print_remark
from followup.cli.prompt import ask
from followup.core.kinds import ALIAS
from followup.core.wishes import Choice
from followup.errors import NotFound


def choice_from_menu(session: Session, action: int) -> Choice | None:
    """The chosen alias; None if the action offers no menu, or for an empty answer."""
    row = action_lists.action(session, action)
    if row.contact is None or row.status != "scheduled" or not session.office.offers_cycle(row.type):
        return None
    aliases = [id for id, document in session.catalog.documents(ALIAS).items() if document["active"]]
    for number, id in enumerate(aliases, 1):
        typer.echo(f"{number:>3}  {session.office.aliases[id].name}", err=True)
    return _answer(session, aliases)


def _answer(session: Session, aliases: Sequence[str]) -> Choice | None:
    """Ask until the answer is an alias, or empty."""
    numbers = {str(number): id for number, id in enumerate(aliases, 1)}
    while True:
        word = ask("Next cycle? A number or a name; Enter keeps the current one")
        try:
            return optional_choice(session, numbers.get(word, word))
        except NotFound as unknown:
            print_remark(str(unknown))
