"""Cycles as a self-contained SVG: a column of boxes for each, the loop at its side, and contacts at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

from followup.core.office import Anchor, Step
from followup.core.process.graph import Graph, waits
from followup.output.text import clean

#: widths and heights: column, margin, box, and the space between boxes for an arrow and its label
COLUMN, LEFT, BOX, HIGH, SPACE, HEAD = 356, 20, 230, 58, 46, 78
ROW = 3  # columns per row

STYLE = """
.cycles { --ink: #1f2933; --soft: #6b7785; --line: #8795a5; --box: #f4f7fa; --call: #e3eefc; --edge: #b4c2d0;
  --mark: #b0451b; --ground: #fff }
@media (prefers-color-scheme: dark) {
  .cycles { --ink: #e6eaee; --soft: #9aa7b4; --line: #73818f; --box: #1f272f; --call: #1d2f47; --edge: #44525f;
    --mark: #f0986f; --ground: #14191e }
}
.cycles .ground { fill: var(--ground) } .cycles .box { fill: var(--box); stroke: var(--edge) }
.cycles .call { fill: var(--call) } .cycles .off { stroke-dasharray: 4 3; fill: none }
.cycles text { fill: var(--ink); font: 13px system-ui, sans-serif } .cycles .head { font-size: 16px; font-weight: 600 }
.cycles .soft { fill: var(--soft); font-size: 11px }
.cycles .mark { fill: var(--mark); font-size: 11px; font-weight: 600 }
.cycles path { stroke: var(--line); fill: none } .cycles .tip { fill: var(--line); stroke: none }
"""


def render_svg(graphs: Sequence[Graph], title: str) -> str:
    """Draw three cycles per row."""
    rows = [graphs[start : start + ROW] for start in range(0, len(graphs), ROW)]
    heights = [max(_height(graph) for graph in row) for row in rows]
    width, height = COLUMN * max(map(len, rows), default=1) + LEFT, sum(heights) + LEFT
    lines = [*_opening(width, height, title, _described(graphs))]
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for place, graph in enumerate(row):
            lines += [f'<g transform="translate({LEFT + place * COLUMN} {top})">', *_column(graph), "</g>"]
        top += height
    lines.append(f'<text class="soft" x="{LEFT}" y="{top + 4}">Blue: completing it asks for the next cycle.</text>')
    return "\n".join([*lines, "</svg>"])


def _opening(width: int, height: int, title: str, description: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cycles" role="img" aria-labelledby="what more" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    )
    yield f'<title id="what">{_text(title)}</title><desc id="more">{_text(description)}</desc>'
    yield f'<style>{STYLE}</style><rect class="ground" width="{width}" height="{height}"/>'
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>'
    )


def _described(graphs: Sequence[Graph]) -> str:
    """A description for readers who can't see the picture."""
    return "; ".join(
        f"{g.cycle.name}: {', '.join(step.name for step in g.cycle.active_steps) or 'on hold'}" for g in graphs
    )


def _height(graph: Graph) -> int:
    return HEAD + max(len(graph.cycle.steps), 1) * (HIGH + SPACE) + 20


def _column(graph: Graph) -> Iterator[str]:
    yield f'<text class="head" x="0" y="34">{_text(graph.cycle.name)}</text>'
    names = wrap(clean(", ".join(graph.aliases)), 44) or ["no active alias leads here"]
    first = names[0] + (" …" if len(names) > 1 else "")
    yield f'<text class="soft" x="0" y="52">{escape(first)}<title>{_text(", ".join(graph.aliases))}</title></text>'
    if not graph.cycle.steps:
        yield from _box(HEAD, "on hold: nothing is scheduled", "", graph.at(None), "box")
    tops = {step.id: HEAD + step.position * (HIGH + SPACE) for step in graph.cycle.steps}
    for step in graph.cycle.steps:
        kind = "box off" if not step.active else "box call" if step.id in graph.asks else "box"
        yield from _box(tops[step.id], step.name, graph.types.get(step.type, step.type), graph.at(step.id), kind)
    yield from _arrows(graph, tops)


def _box(top: int, name: str, type: str, standing: str, kind: str) -> Iterator[str]:
    yield f'<rect class="{kind}" x="0" y="{top}" width="{BOX}" height="{HIGH}" rx="7"/>'
    label = clean(name) if len(name) <= 32 else clean(name)[:31] + "…"
    yield f'<text x="12" y="{top + 24}">{escape(label)}<title>{_text(name)}</title></text>'
    if type:
        yield f'<text class="soft" x="12" y="{top + 43}">{_text(type)}</text>'
    if standing:
        yield f'<text class="mark" x="{BOX - 12}" y="{top + 43}" text-anchor="end">{_text(standing)}</text>'


def _arrows(graph: Graph, tops: Mapping[str, int]) -> Iterator[str]:
    steps: Sequence[Step] = graph.cycle.active_steps
    if steps:
        first = waits(steps[0]._replace(anchor=Anchor("start"))).replace(" after the round started", "")
        yield f'<text class="soft" x="0" y="{tops[steps[0].id] - 8}">{_text(first)}</text>'
    for before, step, when in graph.arrows():
        yield from _arrow(tops[before.id] + HIGH, tops[step.id], when)
    if loop := graph.loop():
        step, target, when = loop
        yield from _loop(tops[step.id] + HIGH - 16, tops[target.id] + 16, when)
    elif steps:
        yield f'<text class="soft" x="24" y="{tops[steps[-1].id] + HIGH + 18}">then drops off</text>'


def _arrow(start: int, end: int, when: str) -> Iterator[str]:
    """An arrow down to the next box; past inactive boxes it runs at their side."""
    path = f"M24 {start}V{end - 1}" if end - start == SPACE else f"M0 {start - 20}H-10V{end + 20}H-1"
    yield f'<path d="{path}" marker-end="url(#tip)"/>'
    yield f'<text class="soft" x="36" y="{end - 18}">{_text(when)}</text>'


def _loop(start: int, end: int, when: str) -> Iterator[str]:
    """An arrow back up, at the right."""
    yield f'<path stroke-dasharray="5 3" d="M{BOX} {start}H{BOX + 22}V{end}H{BOX + 1}" marker-end="url(#tip)"/>'
    for place, line in enumerate(wrap(when, 13)):
        yield f'<text class="soft" x="{BOX + 28}" y="{(start + end) // 2 - 4 + 14 * place}">{_text(line)}</text>'


def _text(text: str) -> str:
    return escape(clean(text))
