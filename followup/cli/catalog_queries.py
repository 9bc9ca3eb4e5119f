"""Queries about catalog files that haven't been applied: validate, test, diff."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeAlias

import typer

from followup.cli.command_session import print_remark, visited
from followup.cli.printing import print_lines, terminal_width
from followup.cli.settings import today
from followup.core.migration.summary import NAMED_LINES, CatalogDiff
from followup.errors import CatalogInvalid, NotFound, Problem, UsageError
from followup.output.text import plural, problem_line

app = typer.Typer()
ProblemFormat: TypeAlias = Literal["text", "json", "github", "gitlab", "sarif", "junit"]
VerdictFormat: TypeAlias = Literal["text", "json", "junit"]
DiffFormat: TypeAlias = Literal["table", "json", "md"]
Folder = Annotated[
    str | None, typer.Argument(metavar="[DIR]", help="folder of catalog files (default: the project's cycles/)")
]


def files_in(ctx: typer.Context, folder: str | None) -> str:
    """The given folder, or the project's."""
    return folder or os.path.join(ctx.obj.folder(), "cycles")


def warn_of(problems: Iterable[Problem]) -> None:
    for problem in problems:
        typer.echo(problem_line(problem), err=True)


@app.command()
def validate(
    ctx: typer.Context,
    folder: Folder = None,
    format: Annotated[ProblemFormat, typer.Option("--format", "-f", help="output format")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="treat warnings as errors")] = False,
) -> None:
    """Check the catalog.

    Reports every problem with file, line and column.
    """
    from followup.catalog.codes import CODES
    from followup.catalog.load import load
    from followup.output.problems import render_count, render_problems

    catalog = load(os.path.relpath(files_in(ctx, folder)), today(ctx.obj))
    files = {file for file, _ in catalog.places.values()}
    meanings = {code: about.meaning for code, about in CODES.items()}
    print_lines(render_problems(catalog.problems, format, files, meanings))
    errors = catalog.problems if strict else catalog.errors
    if errors:
        raise CatalogInvalid(plural(len(errors), "problem" if strict else "error"))
    if format == "text" and not ctx.obj.quiet:
        typer.echo(render_count({kind: len(items) for kind, items in catalog.documents.items()}))


@app.command()
def test(
    ctx: typer.Context,
    folder: Folder = None,
    only: Annotated[
        str | None, typer.Option("--only", "-k", metavar="TEXT", help="only tests with this in their id or name")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="rewrite what failing tests expect by what they got")
    ] = False,
    format: Annotated[VerdictFormat, typer.Option("--format", "-f", help="output format")] = "text",
) -> None:
    """Run the tests in cycles/.

    Exits 1 if any test fails.
    """
    from followup.app.proving import prove
    from followup.output.verdicts import render_verdicts

    if accept:
        _accept(ctx, files_in(ctx, folder), only or "", format)
    proof = prove(files_in(ctx, folder), only or "")
    if not proof.verdicts:
        raise NotFound(f"no test has '{only}' in its id or name" if only else "no tests: add some under `tests:`")
    if proof.failed or format != "text" or not ctx.obj.quiet:
        print_lines(render_verdicts(proof.verdicts, proof.places, format))
    if proof.failed:
        raise typer.Exit(1)


def _accept(ctx: typer.Context, folder: str, only: str, format: VerdictFormat) -> None:
    """Rewrite the files, and show what changed in them: beside a document for scripts, on stderr."""
    from followup.app.accepting import accept
    from followup.output.verdicts import render_rewrite

    accepted = accept(folder, only)
    for file in () if ctx.obj.quiet else accepted.files:
        for line in render_rewrite(*file):
            typer.echo(line, err=format != "text")
    for test, why in accepted.refused.items():
        print_remark(f"{test} was not updated: {why}")


@app.command()
def diff(
    ctx: typer.Context,
    refs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REF [REF]]",
            help="git commits to compare; one is compared with the files; A..B is the same as A B",
        ),
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="name every contact, not only the first few per cycle")] = False,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="with REF: the day on which a contact starts")
    ] = None,
    format: Annotated[DiffFormat, typer.Option("--format", "-f", help="output format")] = "table",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="exit 1 if anything differs")] = False,
) -> None:
    """Show what applying the catalog would change.

    Lists how contacts in progress would be affected. Between two commits it shows how new contacts would differ.
    """
    if start and not refs:
        raise UsageError("--start needs a commit: `followup diff REF --start DATE`")
    differs = _between_commits(ctx, _two(refs), start, format) if refs else _from_applied(ctx, all, format)
    if exit_code and differs:
        raise typer.Exit(1)


def _from_applied(ctx: typer.Context, all: bool, format: DiffFormat) -> bool:
    from followup.app.applying import difference
    from followup.app.project_catalog import candidate
    from followup.output.diff import render_diff

    wanted = candidate(ctx.obj.folder(), "fix the files first")
    with visited(ctx, True, wanted.zone) as visit:
        visit.administered("preview an edit")
        by = visit.word or "office"
        changes = difference(visit, wanted.version, by, None if all else NAMED_LINES)
    if format == "table":
        warn_of(wanted.problems if changes.item_changes else ())
        print_lines(render_proposal(changes))
    else:
        print_lines(render_diff(changes, format))
    return bool(changes.item_changes)


def render_proposal(changes: CatalogDiff) -> Iterator[str]:
    """The diff, with the number of the version it would become."""
    from followup.output.diff import render_diff

    if not changes.item_changes:
        yield f"No changes. Version {changes.version} is live."
    yield from render_diff(changes, "table", terminal_width())
    if changes.item_changes:
        refused = ", but it can't be applied." if changes.refused else "."
        yield from ("", f"This would be version {changes.version}{refused}")


def _two(refs: list[str]) -> tuple[str, str | None]:
    """A and B of `A B` and of `A..B`; None (the files) if there is no B, HEAD if `A..` leaves it out."""
    if len(refs) == 1 and ".." in refs[0]:
        before, _, after = refs[0].partition("..")
        return before or "HEAD", after.removeprefix(".") or "HEAD"
    if len(refs) > 2:
        raise UsageError("at most two commits: `followup diff REF REF`")
    return refs[0], refs[1] if len(refs) == 2 else None


def _between_commits(ctx: typer.Context, refs: tuple[str, str | None], start: str | None, format: DiffFormat) -> bool:
    from followup.app.comparing import compare
    from followup.cli.arguments import day_of
    from followup.output.comparison import render_comparison

    comparison = compare(ctx.obj.folder(), *refs, lambda office: day_of(ctx.obj, office, start or "today"))
    print_lines(render_comparison(comparison, format))
    return bool(comparison.item_changes)
