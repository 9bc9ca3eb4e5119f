"""What an administrator does with the catalog: init, validate, apply."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from followup.cli.options import Answer, DryRun, Yes
from followup.cli.report import answer, room, show
from followup.cli.settings import Settings, account, confirm, in_folder, today, world
from followup.core.account import NAMED_LINES, Difference
from followup.errors import CannotWrite, CatalogInvalid, NoProject, Problem, Refused, UsageError
from followup.output.text import json_text, plural, problem_line
from followup.store import open_store

if TYPE_CHECKING:
    from followup.app.versions import Version

app = typer.Typer()


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="[DIR]")] = ".",
    empty: Annotated[bool, typer.Option("--empty", help="without the sample office's contacts")] = False,
) -> None:
    """Start a project from the sample office: its catalog, a store, and its contacts."""
    from followup.app.projects import start

    settings: Settings = ctx.obj
    url = settings.store or os.environ.get("FOLLOWUP_STORE") or "sqlite:///followup.db"
    ctx.obj = settings._replace(project=folder, store=in_folder(url, folder))
    _unused(ctx.obj.store_url())
    let_in = start(folder, url, account())
    open_store(ctx.obj.store_url(), create=True).close()
    administrator = next(iter(_administrators(folder)))
    ctx.obj = ctx.obj._replace(user=administrator, quiet=True)
    _apply(ctx, True, None, False)
    if not empty:
        _sample_contacts(ctx, folder)
    if not settings.quiet:
        kept = ctx.obj.store_url().removeprefix("sqlite:///")
        typer.echo(f"Started {folder}: its catalog is in {os.path.join(folder, 'cycles')}, its store is {kept}.")
        you = "Your login is that of Tom Brown, a rep" if let_in else "You are Tom Brown, a rep, with --user tom"
        typer.echo(f"{you}: cd there, and `followup due`. The administrator is --user {administrator}.")


def _unused(url: str) -> None:
    """An office that is there already is nobody's sample."""
    try:
        store = open_store(url)
    except NoProject as none:
        if none.exists:
            raise
        return
    with closing(store):
        if next(store.ask("catalog.version"))[0]:
            raise CannotWrite(
                f"{url} holds an office already: nothing was changed; `followup apply` changes its catalog"
            )


def _administrators(folder: str) -> list[str]:
    documents = _loaded(folder).documents
    return [id for id, user in documents["user"].items() if user["role"] == "administrator"]


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
    format: Annotated[str, typer.Option("--format", "-f", help="text or json")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="warnings are errors")] = False,
) -> None:
    """Check the catalog: every problem at once, with file, line and column."""
    from followup.catalog.load import load

    found = load(os.path.relpath(folder or os.path.join(ctx.obj.folder(), "cycles")), today(ctx.obj))
    if format == "json":
        _json(found.problems)
    elif format != "text":
        raise UsageError(f"validate --format text or json: not '{format}'")
    else:
        for problem in found.problems:
            typer.echo(problem_line(problem))
    errors = found.problems if strict else found.errors
    if errors:
        raise CatalogInvalid(plural(len(errors), "problem" if strict else "error"))
    if format == "text" and not ctx.obj.quiet:
        counts = {kind: len(found.documents.get(kind, ())) for kind in ("cycle", "alias", "template", "user")}
        said = ", ".join(plural(n, kind) if kind != "alias" else f"{n} aliases" for kind, n in counts.items())
        typer.echo(f"The catalog is good: {said}.")


def _json(problems) -> None:  # type: ignore[no-untyped-def]
    items = [problem._asdict() for problem in problems]
    typer.echo(json_text({"schema": "followup/problems@1", "items": items}))


@app.command()
def diff(
    ctx: typer.Context,
    all: Annotated[bool, typer.Option("--all", help="name everybody, not the first few of each cycle")] = False,
    format: Annotated[Literal["table", "json", "md"], typer.Option("--format", "-f", help="how to write it")] = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="leave with 1 where something differs")] = False,
) -> None:
    """What `apply` would do: to the catalog in force, and to everybody who is in the middle of it."""
    from followup.app.applying import difference
    from followup.output.diff import drawn

    wanted, problems = _wanted(ctx.obj.folder(), "mend the files first")
    with world(ctx, True, wanted.documents["office"]["office"]["zone"]) as here:
        found = difference(here, wanted, here.user_id or "office", None if all else NAMED_LINES)
    if format == "table":
        _warned(problems if found.edits else ())
        show(_shown(found, format))
    else:
        show(drawn(found, format))
    if exit_code and found.edits:
        raise typer.Exit(1)


def _shown(found: Difference, format: str = "table") -> Iterator[str]:
    from followup.output.diff import drawn

    if not found.edits:
        yield f"Nothing differs: version {found.version} is in force."
    yield from drawn(found, format, room())
    if found.edits:
        yield ""
        yield f"This would be version {found.version}" + (", and cannot be applied as it is." if found.refused else ".")


def _wanted(folder: str, otherwise: str = "nothing was applied") -> tuple[Version, tuple[Problem, ...]]:
    """The catalog in the folder, without errors; `otherwise`: what is said where it has some."""
    from followup.app.projects import git_commit
    from followup.app.versions import Version

    found = _loaded(folder)
    if found.errors:
        raise CatalogInvalid(f"{plural(len(found.errors), 'error')}: {otherwise}", found.problems)
    return Version(found.documents, found.digest, git_commit(folder)), found.problems


def _warned(problems: Iterable[Problem]) -> None:
    for problem in problems:
        typer.echo(problem_line(problem), err=True)


Expect = Annotated[str, typer.Option("--expect", metavar="DIGEST", help="only what `followup diff` has shown so")]


@app.command()
def apply(
    ctx: typer.Context, yes: Yes = False, expect: Expect = "", dry_run: DryRun = False, format: Answer = "table"
) -> None:
    """Put the catalog in force: validated, shown, asked, then in one transaction."""
    if format == "json" and not (yes or expect or dry_run):
        raise UsageError("--format json asks nothing: say --yes, --expect DIGEST or --dry-run")
    made = _apply(ctx, yes or bool(expect), expect or None, dry_run, format)
    if format == "json":
        from followup.output.diff import item

        answer("apply", {**item(made), "applied": bool(made.edits) and not dry_run})


def _apply(ctx: typer.Context, yes: bool, expect: str | None, dry_run: bool, format: str = "table") -> Difference:
    from followup.app.applying import apply, difference

    folder, quiet = ctx.obj.folder(), ctx.obj.quiet
    wanted, problems = _wanted(folder)
    with world(ctx, dry_run, wanted.documents["office"]["office"]["zone"]) as here:
        by = _who(here, wanted.documents)
        if not (yes or dry_run):
            found = difference(here, wanted, by)
            if found.edits:
                _warned(problems)
                show(_shown(found))
                if found.refused:
                    raise Refused("nothing was applied")
                confirm("Apply this?", "--yes")
                expect, wanted = found.digest, _wanted(folder)[0]
        made = apply(here, wanted, by, expect)
    if yes or dry_run:
        _warned(problems if made.edits and not quiet else ())
    if not quiet and format == "table":
        show(_done(made) if yes or dry_run else ())
        typer.echo(_in_force(made, dry_run))
    return made


def _done(made: Difference) -> Iterator[str]:
    from followup.output.diff import drawn

    if made.edits:
        yield from drawn(made, "table", room())
        yield ""


def _in_force(made: Difference, dry_run: bool) -> str:
    if not made.edits:
        return f"nothing to apply: version {made.version} is in force"
    return f"version {made.version} {'would be' if dry_run else 'is'} in force"


def _who(here, documents) -> str:  # type: ignore[no-untyped-def]
    """Who applies. The first version is applied by a user whom it declares itself."""
    first = next(here.store.ask("catalog.version"))[0] == 0
    if not first:
        if not here.user.administers():
            raise Refused(
                f"{here.user.id} may not apply: it needs the permission 'apply-catalog' (role {here.user.role})"
            )
        return str(here.user.id)
    user = here.user_id or "office"
    if user != "office" and user not in documents["user"]:
        raise Refused(f"the catalog declares no user '{user}'")
    return user
