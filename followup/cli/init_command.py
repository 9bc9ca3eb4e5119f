"""`init`: create a project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from followup.cli.contact_import import answer_import
from followup.cli.settings import Settings, can_ask, in_folder, present, store_in
from followup.errors import UsageError

if TYPE_CHECKING:
    from followup.app.bare_office import BareOffice
    from followup.app.projects import Started

app = typer.Typer()

LOCALTIME = "/etc/localtime"


@app.command()
def init(
    ctx: typer.Context,
    dir: Annotated[str | None, typer.Argument(metavar="[DIR]", help="default: -C, or the current folder")] = None,
    empty: Annotated[bool, typer.Option("--empty", help="leave out the sample contacts")] = False,
    bare: Annotated[
        bool, typer.Option("--bare", help="your own office; asks for its name, its zone, your name")
    ] = False,
    office: Annotated[str | None, typer.Option("--office", metavar="NAME", help="with --bare: its name")] = None,
    zone: Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="with --bare: its time zone")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="with --bare: your name")] = None,
) -> None:
    """Start a project.

    Creates the sample office with its contacts, or uses the catalog that is already there, as in a clone.
    With --bare: your own office, with you as its administrator. If it is interrupted, run it again.
    """
    from followup.app.projects import NewProject, start

    typed: Settings = ctx.obj
    if not bare and not (office is zone is name is None):
        raise UsageError("--office, --zone and --name go with --bare")
    folder = _new_folder(typed, dir)
    answers = _answers(office, zone, name) if bare else None
    store = typed.named_store()
    url = in_folder(store, folder) if store else store_in(folder)
    started = start(NewProject(folder, store, url, lambda zone: present(typed, zone), empty, answers))
    if started.imported:
        answer_import(*started.imported)
    if not typed.quiet:
        _print(folder, started, answers)


def _new_folder(typed: Settings, dir: str | None) -> str:
    """DIR, or else the project that -C or the environment names. Raises UsageError for two names that were typed."""
    if dir == "":
        raise UsageError("DIR is empty: name a folder, or leave it out")
    if dir and typed.project:
        raise UsageError(f"-C {typed.project} and {dir} both name the new project: leave one of them out")
    return dir or typed.named_project() or "."


def _answers(office: str | None, zone: str | None, name: str | None) -> BareOffice:
    """What was typed, asked for on a terminal where it was not. Raises UsageError, BadInput."""
    from followup.app.bare_office import BareOffice, checked
    from followup.cli.prompt import ask

    if not (office and zone and name) and not can_ask():
        raise UsageError("Can't ask here. Give all three: --office NAME --zone ZONE --name NAME")
    here = _machine_zone()
    office = office or ask("Office name:")
    zone = zone or ask(f"Time zone [{here}]:") or here
    return checked(BareOffice(office, zone, name or ask("Your name:")))


def _machine_zone() -> str:
    _, found, zone = os.path.realpath(LOCALTIME).partition("/zoneinfo/")
    return zone if found and "/" in zone else "UTC"


def _print(folder: str, started: Started, bare: BareOffice | None) -> None:
    from followup.store.urls import display_url

    place = display_url(started.url).removeprefix("sqlite:///")
    typer.echo(f"Created {folder}. The catalog is in {os.path.join(folder, 'cycles')}, the database is {place}.")
    if bare:
        you = "" if started.let_in else f" --user {started.administrator}"
        typer.echo(f"You are {bare.name}, the administrator. Next: cd {folder} && followup contacts add{you} --help")
    elif started.made:
        you = "You are Tom Brown (rep)" if started.let_in else "You are Tom Brown (rep) with --user tom"
        typer.echo(
            f"{you}. Next: cd there and run `followup due`. The administrator is --user {started.administrator}."
        )
