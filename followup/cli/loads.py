"""What simulate, forecast and a bulk assign have in common: how people work, and where the picture goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

import typer

from followup.cli.report import room, show
from followup.errors import BadInput, UsageError
from followup.output.workload_report import Report, drawn

Late = Annotated[
    str, typer.Option("--late", metavar="p50=0,p90=3", help="half done on its day, nine in ten within three days")
]
Leave = Annotated[
    float, typer.Option("--leave", metavar="SHARE", min=0.0, max=1.0, help="of the calls are a contact's last: 0.1")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="the same number, the same chance")]
Drawing = Annotated[Literal["table", "json", "svg", "html"], typer.Option("--format", "-f", help="how to write it")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="write it there")]

#: years that may be looked at in one go
LONGEST = 3


def quantiles(text: str) -> list[tuple[float, float]]:
    """`p50=0,p90=3` as points (share, days), for Habits."""
    points = []
    for word in filter(None, text.split(",")):
        found = re.fullmatch(r"\s*p(\d{1,2}|100)=(\d{1,3})d?\s*", word)
        if not found:
            raise BadInput(f"--late '{word}': p90=3 says that nine in ten are done within three days")
        points.append((int(found[1]) / 100, float(found[2])))
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(points))
    if not rising or (points and points[0][0] == 0):
        raise BadInput(f"--late '{text}': shares rise from above p0 to p100, and days with them")
    return points


def assumptions(late: str, leave: float, seed: int) -> Iterator[str]:
    """In words, for whoever reads the result later."""
    yield f"done late: {late}" if late else "everything is done on the first working day on or after its due"
    yield f"{leave:.0%} of the calls are a contact's last" if leave else "nobody leaves"
    if late or leave:
        yield f"seed {seed}"


def span(first: str, last: str) -> None:
    """Raises BadInput where the time is none, or too long to look at."""
    if not 0 <= (date.fromisoformat(last) - date.fromisoformat(first)).days <= 366 * LONGEST:
        raise BadInput(f"{first} to {last}: the last day comes after the first, and within {LONGEST} years")


def write(report: Report, format: str, out: str) -> None:
    """To the file `out`, or as a result."""
    if format == "html" and not out and room():
        raise UsageError("--format html is for a browser: --out FILE")
    written(drawn(report, format, None if out else room()), out)


def written(lines: Iterable[str], out: str) -> None:
    """Whole or not at all; without a file, as a result."""
    if not out:
        show(lines)
        return
    from followup.disk import replacing

    with replacing(out) as file:
        file.writelines(line + "\n" for line in lines)
