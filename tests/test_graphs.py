"""`cycles graph`: boxes, arrows, loops and the contacts at each step, as Mermaid and as SVG."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from followup.core.office import Process
from followup.core.process.graph import Graph, waits
from followup.output.flow import render_svg
from followup.output.mermaid import render_mermaid
from tests.conftest import Run
from tests.core.building import cycle, step

SVG = "{http://www.w3.org/2000/svg}"
LOOPS = cycle(
    "loops", step("note", "0 days", type="email"), step("off", active=False), step("call", "5 days", loop_to="off")
)


def graph(of: Process, **how: object) -> Graph:
    return Graph(of, ("One", "Two"), frozenset(["call"]), {"call": "Ring"}, **how)  # type: ignore[arg-type]


def test_arrows_skip_inactive_steps_and_a_loop_leads_to_the_next_active_one() -> None:
    loops = graph(LOOPS)
    assert [(a.id, b.id, label) for a, b, label in loops.arrows()] == [("note", "call", "5 days after it's done")]
    loop = loops.loop()
    assert loop and (loop[0].id, loop[1].id, loop[2]) == ("call", "call", "again 5 days after it's done")
    early = cycle("early", step("a", loop_to="a"), step("b"))
    assert list(graph(early).arrows()) == [], "what stands behind a loop is never reached"
    assert graph(cycle("ends", step("a"))).loop() is None


def test_T2_the_graph_says_how_long_each_step_waits_for_its_anchor() -> None:
    steps = cycle(
        "all", step("a", "0 days"), step("b", "2 hours", anchor="due"), step("c", anchor="step:a", at="14:00")
    )
    assert [waits(x) for x in steps.steps] == ["at once", "2 hours after it's due", "1 day after a is due at 14:00"]
    assert waits(steps.steps[1], looped=True) == "2 hours after it's done, or due if later"


def test_contacts_at_a_step_are_counted_only_on_request_and_if_there_are_any() -> None:
    live = graph(LOOPS, standing={"note": (1200, 3), "call": (1, 0)})
    assert [live.at(step) for step in ("note", "call", "off")] == ["1,200 here, 3 late", "1 here", ""]
    assert graph(LOOPS).at("note") == ""


def test_mermaid_has_a_box_for_every_step_and_an_arrow_for_every_wait() -> None:
    assert list(render_mermaid([graph(LOOPS, standing={"note": (2, 0)}), graph(cycle("rest"))])) == [
        "flowchart TD",
        '  subgraph c0["Loops"]',
        '    c0a0(["One"])',
        '    c0a1(["Two"])',
        '    c0s0["Note<br/>email<br/>2 here"]',
        '    c0s1["Off<br/>Ring"]:::off',
        '    c0s2{{"Call<br/>Ring"}}',
        '    c0a0 -->|"at once"| c0s0',
        '    c0a1 -->|"at once"| c0s0',
        '    c0s0 -->|"5 days after it\'s done"| c0s2',
        '    c0s2 -.->|"again 5 days after it\'s done"| c0s2',
        "  end",
        '  subgraph c1["Rest"]',
        '    c1a0(["One"])',
        '    c1a1(["Two"])',
        '    c1h["on hold"]',
        "    c1a0 --> c1h",
        "    c1a1 --> c1h",
        "  end",
        "  classDef off stroke-dasharray: 4 3, opacity: 0.5",
    ]


ODD = 'end"]; <b>`x` #35; & {{a}} | \u202e\n'


def test_P6_no_name_becomes_markup_in_mermaid_or_svg() -> None:
    odd = graph(cycle("odd", {**step("call"), "name": ODD}))
    text = "\n".join(render_mermaid([odd]))
    (label,) = re.findall(r'c0s0\{\{"(.*?)<br/>', text)
    assert not set(label) & set('"<>`{}|&;\u202e\n') - {";"} and "#34;" in label and "#60;b#62;" in label
    top = ElementTree.fromstring(render_svg([odd], ODD))
    assert "<b>`x` #35; & {{a}}" in "".join(top.itertext()) and "\u202e" not in "".join(top.itertext())


def test_a_picture_is_self_contained_and_describes_itself_in_words() -> None:
    text = render_svg(
        [graph(LOOPS, standing={"note": (7, 2)}), graph(cycle("rest"), standing={None: (3, 0)})] * 3, "The cycles"
    )
    top = ElementTree.fromstring(text)
    boxes = [box.get("class") for box in top.iter(f"{SVG}rect") if "box" in (box.get("class") or "")]
    assert boxes == ["box", "box off", "box call", "box"] * 3
    words = "".join(top.itertext())
    assert "7 here, 2 late" in words and "3 here" in words and "Loops: Note, Call; Rest: on hold" in words
    assert top.get("role") == "img" and "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_the_live_graph_of_an_office_counts_the_contacts_at_each_step(run: Run, office: Path) -> None:
    output = run("cycles", "graph", "future-prospect", "--live", user="sue", now="2026-05-08T10:00").stdout
    assert '"Keep in touch letter<br/>correspondence<br/>6 here, 6 late"' in output and "Hot" not in output
    due = run("cycles", "graph", "follow-up-1", "--live", user="sue").stdout
    assert '"Next day call<br/>call<br/>4 here"' in due and '"Decision call<br/>call"' in due, "each stands at one step"
    mine = run("cycles", "graph", "on-hold", "--live").stdout
    assert '["on hold<br/>2 here"]' in mine, "F20: tom's, of three"
    assert " here" not in run("cycles", "graph").stdout
    assert run("cycles", "graph", "--format", "svg", "--out", "all.svg").stdout == ""
    assert ElementTree.parse(office / "all.svg").getroot().tag == f"{SVG}svg"
    assert run("cycles", "graph", "nowhere").returncode == 66
