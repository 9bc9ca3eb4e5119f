"""`stranded`: contacts with no next step (F12)."""

from __future__ import annotations

import typer

from followup.app import stranded_contacts
from followup.cli.command_session import opened
from followup.cli.options import Format
from followup.cli.printing import print_lines, terminal_width
from followup.output.render import render
from followup.output.stranded import render_stranded

app = typer.Typer()


@app.command()
def stranded(ctx: typer.Context, format: Format = "table") -> None:
    """List contacts with no next step.

    Shows why and how to fix it. Exits 1 if there are any.
    """
    with opened(ctx) as session:
        rows = stranded_contacts.stranded_contacts(session)
        if rows and format == "table":
            print_lines([render_stranded(rows, terminal_width())])
        elif rows or not ctx.obj.quiet:
            items = (row.item() for row in rows)
            print_lines(render(format, "stranded@1", items, (), "No contacts are stranded.", terminal_width()))
        if rows:
            raise typer.Exit(1)
