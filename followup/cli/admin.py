"""How a project begins, and whether its catalog is good: init, validate."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

from followup.app.office_store import open_office
from followup.cli.report import show
from followup.cli.settings import Settings, in_folder, today, unused
from followup.errors import CatalogInvalid
from followup.output.text import plural
from followup.store.accounts import system_account
from followup.store.urls import display_url

app = typer.Typer()


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="[DIR]")] = ".",
    empty: Annotated[bool, typer.Option("--empty", help="without the sample office's contacts")] = False,
) -> None:
    """Start a project: the sample office, with its contacts; or the catalog that is there already, as in a clone."""
    from followup.app.projects import start
    from followup.cli.editing import put_in_force

    settings: Settings = ctx.obj
    named = settings.store or os.environ.get("FOLLOWUP_STORE")
    if named:
        unused(in_folder(named, folder))
    started = start(folder, display_url(named) if named else None, system_account())
    ctx.obj = settings._replace(project=folder, store=in_folder(named, folder) if named else None)
    unused(ctx.obj.store_url())
    administrator = next(iter(_administrators(folder)))
    open_office(ctx.obj.store_url(), create=True).close()
    ctx.obj = ctx.obj._replace(user=administrator, quiet=True)
    put_in_force(ctx, True, None, False)
    if started.sample and not empty:
        _sample_contacts(ctx, folder)
    if not settings.quiet:
        typer.echo(f"Started {folder}: its catalog is in {os.path.join(folder, 'cycles')}, its store is {_kept(ctx)}.")
        if started.sample:
            you = "Your login is that of Tom Brown, a rep" if started.let_in else "You are Tom Brown, with --user tom"
            typer.echo(f"{you}: cd there, and `followup due`. The administrator is --user {administrator}.")


def _kept(ctx: typer.Context) -> str:
    return display_url(ctx.obj.store_url()).removeprefix("sqlite:///")


def _administrators(folder: str) -> list[str]:
    """Raises CatalogInvalid; a good catalog has one."""
    found = _loaded(folder)
    if found.errors:
        raise CatalogInvalid(f"{plural(len(found.errors), 'error')}: mend the files, and start again", found.problems)
    able = {id for id, role in found.documents["role"].items() if "apply-catalog" in role["permissions"]}
    return [id for id, user in found.documents["user"].items() if user["role"] in able and user["active"]]


def _sample_contacts(ctx: typer.Context, folder: str) -> None:
    from followup.cli.contacts import import_

    file = os.path.join(folder, "sample_data", "contacts.csv")
    import_(ctx, file, [], "", [], "", False, "", "", "", "", None, "", False, False)


def _loaded(folder: str):  # type: ignore[no-untyped-def]
    from followup.catalog.load import load

    return load(os.path.relpath(os.path.join(folder, "cycles")))


@app.command()
def validate(
    ctx: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="a folder of catalog files; the project's cycles/")
    ] = "",
    format: Annotated[
        Literal["text", "json", "github", "gitlab", "sarif", "junit"],
        typer.Option("--format", "-f", help="how to write it"),
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="warnings are errors")] = False,
) -> None:
    """Check the catalog: every problem at once, with file, line and column."""
    from followup.catalog.codes import CODES
    from followup.catalog.load import load
    from followup.output.problems import drawn

    found = load(os.path.relpath(folder or os.path.join(ctx.obj.folder(), "cycles")), today(ctx.obj))
    files = {file for file, _ in found.places.values()}
    show(drawn(found.problems, format, files, {code: about.meaning for code, about in CODES.items()}))
    errors = found.problems if strict else found.errors
    if errors:
        raise CatalogInvalid(plural(len(errors), "problem" if strict else "error"))
    if format == "text" and not ctx.obj.quiet:
        counts = {kind: len(found.documents.get(kind, ())) for kind in ("cycle", "alias", "template", "user")}
        said = ", ".join(plural(n, kind) if kind != "alias" else f"{n} aliases" for kind, n in counts.items())
        typer.echo(f"The catalog is good: {said}.")
