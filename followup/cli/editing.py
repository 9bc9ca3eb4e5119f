"""What an administrator does with an edited catalog: diff, apply."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from followup.app.session import Visit, session_of
from followup.cli.options import Answer, DryRun, Yes
from followup.cli.report import answer, room, show
from followup.cli.settings import confirm, visit
from followup.core.migration.summary import NAMED_LINES, CatalogDiff
from followup.core.permission import must
from followup.errors import CatalogInvalid, Problem, Refused, UsageError
from followup.output.text import plural, problem_line

if TYPE_CHECKING:
    from followup.app.catalog_diff import Documents
    from followup.app.versions import Version

app = typer.Typer()


@app.command()
def diff(
    ctx: typer.Context,
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REF [REF]]", help="what git calls a commit; with one, against the files; A..B is A B"),
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="name everybody, not the first few of each cycle")] = False,
    start: Annotated[
        str, typer.Option("--start", metavar="DATE", help="with REF: the day on which somebody begins")
    ] = "",
    format: Annotated[Literal["table", "json", "md"], typer.Option("--format", "-f", help="how to write it")] = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="leave with 1 where something differs")] = False,
) -> None:
    """What `apply` would do to whoever is in the middle of it; between commits, what whoever begins would get."""
    if refs:
        differs = _compared(ctx, _two(refs), start, format)
    elif start:
        raise UsageError("--start is for a diff between commits: followup diff REF --start DATE")
    else:
        differs = _people(ctx, all, format)
    if exit_code and differs:
        raise typer.Exit(1)


def _people(ctx: typer.Context, all: bool, format: str) -> bool:
    from followup.app.applying import difference
    from followup.output.diff import drawn

    wanted, problems = _wanted(ctx.obj.folder(), "mend the files first")
    with visit(ctx, True, wanted.documents["office"]["office"]["zone"]) as here:
        here.administered("see what an edit does to everybody")
        found = difference(here, wanted, here.word or "office", None if all else NAMED_LINES)
    if format == "table":
        _warned(problems if found.edits else ())
        show(_shown(found, format))
    else:
        show(drawn(found, format))
    return bool(found.edits)


def _two(refs: list[str]) -> tuple[str, str | None]:
    """A and B of `A B` and of `A..B`; the files stand for a missing B, and HEAD for one that `A..` leaves out."""
    if len(refs) == 1 and ".." in refs[0]:
        before, _, after = refs[0].partition("..")
        return before or "HEAD", after.removeprefix(".") or "HEAD"
    if len(refs) > 2:
        raise UsageError("two commits at most: followup diff REF REF")
    return refs[0], refs[1] if len(refs) == 2 else None


def _compared(ctx: typer.Context, refs: tuple[str, str | None], start: str, format: str) -> bool:
    from followup.app.comparing import compare
    from followup.cli.words import day_of
    from followup.output.comparison import drawn

    found = compare(ctx.obj.folder(), *refs, lambda office: day_of(ctx.obj, office, start or "today"))
    show(drawn(found, format))
    return bool(found.edits)


def _shown(found: CatalogDiff, format: str = "table") -> Iterator[str]:
    from followup.output.diff import drawn

    if not found.edits:
        yield f"Nothing differs: version {found.version} is in force."
    yield from drawn(found, format, room())
    if found.edits:
        yield ""
        yield f"This would be version {found.version}" + (", and cannot be applied as it is." if found.refused else ".")


def _wanted(folder: str, otherwise: str = "nothing was applied") -> tuple[Version, tuple[Problem, ...]]:
    """The catalog in the folder, without errors; `otherwise`: what is said where it has some."""
    from followup.app.git import commit
    from followup.app.versions import Version
    from followup.catalog.load import load

    found = load(os.path.relpath(os.path.join(folder, "cycles")))
    if found.errors:
        raise CatalogInvalid(f"{plural(len(found.errors), 'error')}: {otherwise}", found.problems)
    return Version(found.documents, found.digest, commit(folder)), found.problems


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
    made = put_in_force(ctx, yes or bool(expect), expect or None, dry_run, format)
    if format == "json":
        from followup.output.diff import item

        answer("apply", {**item(made), "applied": bool(made.edits) and not dry_run})


def put_in_force(
    ctx: typer.Context, yes: bool, expect: str | None, dry_run: bool, format: str = "table"
) -> CatalogDiff:
    from followup.app.applying import apply, difference

    folder, quiet = ctx.obj.folder(), ctx.obj.quiet
    wanted, problems = _wanted(folder)
    with visit(ctx, dry_run, wanted.documents["office"]["office"]["zone"]) as here:
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


def _done(made: CatalogDiff) -> Iterator[str]:
    from followup.output.diff import drawn

    if made.edits:
        yield from drawn(made, "table", room())
        yield ""


def _in_force(made: CatalogDiff, dry_run: bool) -> str:
    if not made.edits:
        return f"nothing to apply: version {made.version} is in force"
    return f"version {made.version} {'would be' if dry_run else 'is'} in force"


def _who(here: Visit, documents: Documents) -> str:
    """Who applies. The first version is applied by a user whom it declares itself."""
    if here.catalog.version:
        administrator = session_of(here).user
        must(administrator, "apply-catalog", "apply")
        return administrator.id
    user = here.word or "office"
    if user != "office" and user not in documents["user"]:
        raise Refused(f"the catalog declares no user '{user}'")
    return user
