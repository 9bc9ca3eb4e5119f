"""Onto a cycle, off it, won or lost."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from followup.app import lists
from followup.app.changes import for_contacts
from followup.app.world import World
from followup.cli.actions import choice
from followup.cli.options import DryRun, Restart
from followup.cli.report import report
from followup.cli.settings import world
from followup.core import wishes as w
from followup.errors import UsageError

app = typer.Typer()
Contacts = Annotated[list[str], typer.Argument(metavar="CONTACT...", help="ids or names")]


@app.command()
def assign(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT...] ALIAS", help="whom, and onto what")],
    where: Annotated[list[str], typer.Option("--where", metavar="KEY=VALUE", help="owner, cycle, source, stage")] = [],  # noqa: B006
    from_file: Annotated[str, typer.Option("--from-file", metavar="FILE", help="ids, one a line; - is stdin")] = "",
    restart: Restart = False,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
    dry_run: DryRun = False,
) -> None:
    """Place contacts on a cycle, by its alias."""
    with world(ctx, dry_run) as here:
        chosen = choice(here, words[-1])
        assert chosen is not None
        ids = _picked(here, words[:-1], where, from_file)
        wish = w.Assign(chosen, restart)
        report(here, for_contacts(here, ((id, wish) for id in ids)), f"placed on {words[-1]}:", format, "assign@1")


def _picked(here: World, words: list[str], where: list[str], from_file: str) -> list[str]:
    """Whom a bulk command is about: named, filtered, or from a file of ids; each once."""
    ids = [lists.contact_id(here, word) for word in words]
    if from_file:
        with open(0 if from_file == "-" else from_file, encoding="utf-8") as file:
            ids += [line.strip() for line in file if line.strip()]
    if where:
        ids += [row.id for row in lists.contacts(here, **_filters(where))]
    if not (words or where or from_file):
        raise UsageError("whom? CONTACT..., --where KEY=VALUE or --from-file FILE")
    return list(dict.fromkeys(ids))


def _filters(where: list[str]) -> dict[str, Any]:
    known = ("owner", "cycle", "source", "stage", "text")
    pairs: dict[str, Any] = dict(word.partition("=")[::2] for word in where)
    for key in pairs:
        if key not in known:
            raise UsageError(f"--where knows {', '.join(known)}: not '{key}'")
    return pairs


@app.command()
def stop(ctx: typer.Context, contacts: Contacts, dry_run: DryRun = False) -> None:
    """Off the cycle, with nothing in its place."""
    with world(ctx, dry_run) as here:
        ids = [lists.contact_id(here, word) for word in contacts]
        report(here, for_contacts(here, [(id, w.Stop()) for id in ids]), "stopped")


@app.command()
def close(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT")],
    stage: Annotated[str, typer.Argument(metavar="won|lost")],
    dry_run: DryRun = False,
) -> None:
    """Won or lost: off every cycle; actions made by hand stay, and are listed."""
    if stage not in ("won", "lost"):
        raise UsageError(f"close CONTACT won|lost: not '{stage}'")
    with world(ctx, dry_run) as here:
        id = lists.contact_id(here, contact)
        report(here, for_contacts(here, [(id, w.Close(stage))]), f"closed as {stage}:")
        for row in lists.search(here, contact=id, status="scheduled"):
            typer.echo(f"still open: {row.id} {row.type} {row.title}, due {row.due}")
