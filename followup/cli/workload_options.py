"""Shared by `simulate` and `forecast`: options for habits, limits on dates, and writing the report."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from followup.cli.options import LAST_ID
from followup.cli.printing import terminal_width, write_lines
from followup.core.rehearsal.habits import Habits
from followup.errors import BadInput, UsageError

if TYPE_CHECKING:
    from followup.output.workload_report import Report

Late = Annotated[
    str | None,
    typer.Option("--late", metavar="p50=0,p90=3", help="how late work is done (default: on time)"),
]
Leave = Annotated[
    float,
    typer.Option(
        "--leave", metavar="SHARE", min=0.0, max=1.0, help="share of calls after which a contact drops out, such as 0.1"
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=-LAST_ID, max=LAST_ID, help="random seed")]
PictureFormat: TypeAlias = Literal["table", "json", "svg", "html"]
Picture = Annotated[PictureFormat, typer.Option("--format", "-f", help="output format")]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE", help="file to write")]

#: maximum years in one report
LONGEST = 3


def habits(late: str | None, leave: float) -> Habits:
    """`late`: as in `p50=0,p90=3`."""
    return Habits(_quantiles(late or ""), leave)


def _quantiles(text: str) -> list[tuple[float, float]]:
    """Points (share, days)."""
    points = []
    for word in filter(None, text.split(",")):
        point = re.fullmatch(r"\s*p(\d{1,2}|100)=(\d{1,3})d?\s*", word)
        if not point:
            raise BadInput(f"--late '{word}': write p90=3 if 90% are done within three days")
        points.append((int(point[1]) / 100, float(point[2])))
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(points))
    if not rising or (points and points[0][0] == 0):
        raise BadInput(f"--late '{text}': shares must rise from above p0 to p100, and days with them")
    return points


def check_span(first: str, last: str) -> None:
    """Raises BadInput if the last day is before the first, or the span is too long."""
    if not 0 <= (date.fromisoformat(last) - date.fromisoformat(first)).days <= 366 * LONGEST:
        raise BadInput(f"{first} to {last}: the last day must be after the first, within {LONGEST} years")


def write_report(report: Report, format: PictureFormat, out: str | None) -> None:
    """Write the report to the file `out`, or to stdout."""
    from followup.output.workload_formats import render_report

    width = terminal_width()
    if format == "html" and not out and width:
        raise UsageError("--format html needs --out FILE")
    write_lines(render_report(report, format, None if out else width), out)
