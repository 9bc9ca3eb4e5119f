"""Cycles as a Mermaid flowchart, for a README, a wiki or a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from followup.core.office import Anchor, Step
from followup.core.process.graph import Graph, waits
from followup.output.text import clean

#: characters that are kept in labels; others become character codes
PLAIN = frozenset(" .,:()'/+-")


def render_mermaid(graphs: Sequence[Graph]) -> Iterator[str]:
    """A chart with a subgraph for each cycle; ids are numbers, so that no name can be a Mermaid keyword."""
    yield "flowchart TD"
    for number, graph in enumerate(graphs):
        yield f'  subgraph c{number}["{_label(graph.cycle.name)}"]'
        yield from ("    " + line for line in _cycle(f"c{number}", graph))
        yield "  end"
    yield "  classDef off stroke-dasharray: 4 3, opacity: 0.5"


def _cycle(prefix: str, graph: Graph) -> Iterator[str]:
    ids = {step.id: f"{prefix}s{step.position}" for step in graph.cycle.steps}
    yield from _boxes(prefix, graph, ids)
    yield from _entries(prefix, graph, ids)
    for before, step, when in graph.arrows():
        yield _arrow(ids[before.id], "-->", ids[step.id], when)
    if loop := graph.loop():
        yield _arrow(ids[loop[0].id], "-.->", ids[loop[1].id], loop[2])
    elif steps := graph.cycle.active_steps:
        yield _arrow(ids[steps[-1].id], "-->", f'{prefix}e((("drops off")))', "")


def _boxes(prefix: str, graph: Graph, ids: Mapping[str, str]) -> Iterator[str]:
    for place, alias in enumerate(graph.aliases):
        yield f'{prefix}a{place}(["{_label(alias)}"])'
    for step in graph.cycle.steps:
        off = "" if step.active else ":::off"
        yield f"{ids[step.id]}{_box(graph, step)}{off}"
    if not graph.cycle.active_steps:
        yield f'{prefix}h["{_lines("on hold", graph.at(None))}"]'


def _entries(prefix: str, graph: Graph, ids: Mapping[str, str]) -> Iterator[str]:
    """Arrows from each alias to the first step, or to the hold."""
    steps = graph.cycle.active_steps
    first = ids[steps[0].id] if steps else f"{prefix}h"
    wait = waits(steps[0]._replace(anchor=Anchor("start"))) if steps else ""
    for place in range(len(graph.aliases)):
        yield _arrow(f"{prefix}a{place}", "-->", first, wait.replace(" after the round started", ""))


def _box(graph: Graph, step: Step) -> str:
    """A step's box, in another shape if completing it asks for the next cycle."""
    text = _lines(step.name, graph.types.get(step.type, step.type), graph.at(step.id))
    return f'{{{{"{text}"}}}}' if step.id in graph.asks else f'["{text}"]'


def _arrow(start: str, kind: str, end: str, label: str) -> str:
    return f'{start} {kind}|"{_label(label)}"| {end}' if label else f"{start} {kind} {end}"


def _lines(*texts: str) -> str:
    return "<br/>".join(_label(text) for text in texts if text)


def _label(text: str) -> str:
    return "".join(c if (c.isascii() and c.isalnum()) or c in PLAIN else f"#{ord(c)};" for c in clean(text))
