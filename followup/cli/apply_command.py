"""`apply`: validate, run the tests, show, ask, then apply in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from followup.cli.catalog_queries import render_proposal, warn_of
from followup.cli.command_session import print_remark, visited
from followup.cli.options import Answer, AnswerFormat, DryRun, Yes
from followup.cli.printing import print_json, print_lines, terminal_width
from followup.cli.prompt import confirm
from followup.core.migration.summary import CatalogDiff
from followup.errors import Refused, UsageError
from followup.output.text import plural

if TYPE_CHECKING:
    from followup.app.project_catalog import Candidate
    from followup.app.session import Visit

WAYS_ON = "fix the cycles, or update the tests with `followup test --accept`, or skip them with `--no-test`"

app = typer.Typer()
Expect = Annotated[
    str | None,
    typer.Option("--expect", metavar="DIGEST", help="apply only if this is still the diff that `followup diff` showed"),
]


NoTest = Annotated[bool, typer.Option("--no-test", help="don't run the tests in cycles/ first")]


@app.command()
def apply(
    ctx: typer.Context,
    yes: Yes = False,
    expect: Expect = None,
    no_test: NoTest = False,
    dry_run: DryRun = False,
    format: Answer = "table",
) -> None:
    """Apply the catalog.

    Validates and tests it, shows what changes, asks, and saves everything in one transaction."""
    from followup.app.applying import apply as put_in_force
    from followup.app.project_catalog import applier, candidate

    asks = not (yes or expect or dry_run)
    if format == "json" and asks:
        raise UsageError("--format json asks nothing: say --yes, --expect DIGEST or --dry-run")
    wanted, expected = candidate(ctx.obj.folder()), expect or None
    with visited(ctx, dry_run, wanted.zone) as visit:
        by = applier(visit, wanted.version)
        if not no_test:
            _test(wanted)
        if asks:
            wanted, expected = _confirmed(ctx, visit, wanted, by)
        changes = put_in_force(visit, wanted.version, by, expected)
    _answer(ctx, changes, wanted, asks, dry_run, format)


def _test(wanted: Candidate) -> None:
    """Show the tests that fail, and leave with 1. An edit that breaks what the office has written down about its
    cycles reaches nobody."""
    if not wanted.catalog.cases:
        return
    from followup.app.proving import proof
    from followup.output.verdicts import render_failures

    tested = proof(wanted.catalog)
    if tested.failed:
        for line in render_failures(tested.failed, tested.places):
            typer.echo(line, err=True)
        count = f"{len(tested.failed):,} of {plural(len(tested.verdicts), 'test')} failed, so nothing changed"
        print_remark(f"{count}: {WAYS_ON}")
        raise typer.Exit(1)


def _confirmed(ctx: typer.Context, visit: Visit, wanted: Candidate, by: str) -> tuple[Candidate, str | None]:
    """Show the diff and ask. Returns the files, read again in case they changed meanwhile, and the diff's digest."""
    from followup.app.applying import difference
    from followup.app.project_catalog import candidate

    changes = difference(visit, wanted.version, by)
    if not changes.item_changes:
        return wanted, None
    warn_of(wanted.problems)
    print_lines(render_proposal(changes))
    if changes.refused:
        raise Refused("nothing changed")
    confirm("Apply this?", "--yes")
    return candidate(ctx.obj.folder()), changes.digest


def _answer(
    ctx: typer.Context, changes: CatalogDiff, wanted: Candidate, asked: bool, dry_run: bool, format: AnswerFormat
) -> None:
    quiet = ctx.obj.quiet
    if not asked and changes.item_changes and not quiet:
        warn_of(wanted.problems)
    if format == "json":
        from followup.output.diff import diff_item

        print_json("apply", {**diff_item(changes), "applied": bool(changes.item_changes) and not dry_run})
    elif not quiet:
        print_lines(() if asked else _details(changes))
        typer.echo(_outcome(changes, dry_run))


def _details(changes: CatalogDiff) -> Iterator[str]:
    from followup.output.diff import render_diff

    if changes.item_changes:
        yield from render_diff(changes, "table", terminal_width())
        yield ""


def _outcome(changes: CatalogDiff, dry_run: bool) -> str:
    if not changes.item_changes:
        return f"No changes. Version {changes.version} is live."
    return (
        f"{'Would apply' if dry_run else 'Applied'}. Version {changes.version} {'would be' if dry_run else 'is'} live."
    )
