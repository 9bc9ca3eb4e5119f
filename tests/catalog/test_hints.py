"""The hint says what to write instead, or what the key is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from followup.catalog.load import load

OFFICE = "office: {name: Example, zone: UTC}\nusers: {walter: {name: Walter, role: administrator}}"
HINTS = {
    "cycles: {c: {name: C, active: no, steps: []}}": "write false",
    "cycles: {c: {name: C, active: Yes, steps: []}}": "write true",
    "cycles: {c: {name: C, active: maybe, steps: []}}": "`false`: contacts can't be put on it.",
    "cycles: {c: {name: C, active: 0, steps: []}}": "`false`: contacts can't be put on it.",
    "cycles: {c: {name: C, steps: no}}": "write `steps:`, and below it `  - {id: welcome, type: call}`",
    "cycles: {c: {name: 7, steps: []}}": 'put it into quotes: "7"',
    "cycles: {c: {name: true, steps: []}}": 'put it into quotes: "true"',
    "cycles: {c: {name: [], steps: []}}": "What people see: one line of visible text, at most 200 characters.",
    "cycles: {c: {steps: []}}": "What people see: one line of visible text, at most 200 characters.",
    "cycles: {c: {name: C, steps: [], step: 1}}": "known keys: name, active, anchor, roll, protect, steps",
    "cycles: {C 2!: {name: C, steps: []}}": "such as 'c-2'",
    "cycles: {'!': {name: C, steps: []}}": "Lowercase letters, digits and hyphens, at most 64, such as `future-prospect`.",
    "properties: {p: {name: P, holidays: {easter: E}}}": "A date, `YYYY-MM-DD`, such as `2026-12-25`.",
    "templates: {t: {channel: sms, text: x, file: y}}": "A template can have `text` or `file`, not both.",
    "templates: {t: {channel: email, text: x}}": "An e-mail needs a `subject`.",
    "templates: {t: {channel: sms, text: '{{user.nme}}'}}": (
        "user: name, first_name, last_name, email, phone, signature"
    ),
    "templates: {t: {channel: sms, text: '{{x}}'}}": (
        "tokens start with contact, user, property, office, such as {{contact.first_name}}"
    ),
    "cycles: {b: {name: B, steps: []}}\naliases: {a: {name: A, cycle: a}}\nmoved: [{from: a, to: b}]": (
        "it has moved: 'b'"
    ),
    "aliases: {b: {name: B, cycle: null}}\nmoved: [{from: a, to: b}]\n"
    "tests: {t: {given: {alias: a, on: 2026-05-04}, then: []}}": "it has moved: 'b'",
    "cycles: {a: {name: A, steps: []}, b: {name: B, steps: []}}\nmoved: [{from: a, to: b}]": (
        "a moved id can't be used again: remove this cycle, change its id, or remove the entry"
    ),
    "cycles: {a: {name: A, steps: [{id: x, type: call}, {id: y, type: call}]}}\nmoved: [{from: a/x, to: a/y}]": (
        "a moved id can't be used again: remove this step, change its id, or remove the entry"
    ),
    "cycles: {b: {name: B, steps: []}}\nmoved: [{from: a/x, to: b/x}]": (
        "if the cycle moved too, add {from: a, to: b}"
    ),
    "cycles: {a: {name: A, steps: []}, b: {name: B, steps: []}}\nmoved: [{from: a/x, to: b/x}]": (
        "a step can only move within its cycle"
    ),
    "aliases: {b: {name: B, cycle: null}}\ncycles: {d: {name: D, steps: []}}\nmoved: [{from: c, to: d}]\n"
    "tests: {t: {given: {alias: c, on: 2026-05-04}, then: []}}": "",
    "moved: [{from: a, to: b}]": "use the current id; if it was deleted, remove the entry too",
    "sources:\n  a: 'x": "close it with '",
}


@pytest.mark.parametrize("text", HINTS)
def test_a_problem_has_this_hint(text: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(text)
    (tmp_path / "office.yaml").write_text(OFFICE)
    (problem,) = (p for p in load(str(tmp_path)).problems if p.severity == "error" or p.code == "FU229")
    assert problem.hint == HINTS[text]


def test_the_message_shortens_long_values(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(f"sources: {{a: {{name: {'x' * 61} y, {'k' * 99}: 1}}, b: {'z' * 201}}}")
    (tmp_path / "office.yaml").write_text(OFFICE)
    unknown, long = load(str(tmp_path)).problems
    assert unknown.message == f"unknown key '{'k' * 57}...'"
    assert (unknown.column, long.message) == (86, "'b' is longer than 200 characters")
