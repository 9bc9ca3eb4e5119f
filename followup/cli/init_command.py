"""`init`: how a project begins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from followup.cli.contact_import import answer_import
from followup.cli.settings import Settings, in_folder, present

if TYPE_CHECKING:
    from followup.app.projects import Started

app = typer.Typer()


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="[DIR]")] = ".",
    empty: Annotated[bool, typer.Option("--empty", help="without the sample office's contacts")] = False,
) -> None:
    """Start a project: the sample office, with its contacts; or the catalog that is there already, as in a clone."""
    from followup.app.projects import NewProject, start

    typed: Settings = ctx.obj
    store = typed.named_store()
    project = typed._replace(project=folder, store=in_folder(store, folder) if store else None)
    started = start(NewProject(folder, store, project.store_url, lambda zone: present(typed, zone), empty))
    if started.imported:
        answer_import(*started.imported)
    if not typed.quiet:
        _print(folder, started)


def _print(folder: str, started: Started) -> None:
    from followup.store.urls import display_url

    place = display_url(started.url).removeprefix("sqlite:///")
    typer.echo(f"Started {folder}: its catalog is in {os.path.join(folder, 'cycles')}, its store is {place}.")
    if started.sample:
        you = "Your login is that of Tom Brown, a rep" if started.let_in else "You are Tom Brown, with --user tom"
        typer.echo(f"{you}: cd there, and `followup due`. The administrator is --user {started.administrator}.")
