"""A store with a plan's enrolment works in each engine: every command uses the enrolment that an action belongs to.

Nothing launches plans yet, so the tests enrol as a launch will: decided by the engine, saved by the one write path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from followup.core import history as h
from followup.core.draft import Draft, Stamp
from followup.core.reach import EVERYTHING
from followup.store.opening import open_store
from tests.core.building import enrol_on_plan
from tests.sessions import session_in
from tests.store.conftest import StoredOffice

PLAN = """
plans:
  welcome:
    name: Welcome
    type: conversion
    status: ready
    steps:
      - {id: ask, name: Ask how it was, type: call, offset: 0 days}
      - {id: visit, name: Visit, type: task, offset: 2 days}
      - {id: thank, name: Thank, type: call, offset: 1 day, anchor: completed}
"""


def apply_plan(office: StoredOffice, text: str = PLAN) -> None:
    (office.folder / "cycles" / "plans-here.yaml").write_text(text)
    result = office.run("apply", "--yes", user="sue")
    assert result.returncode == 0, result.stderr


def put_on_plan(
    office: StoredOffice, contact: str, enrol: Callable[[Draft], None] = partial(enrol_on_plan, id="welcome")
) -> None:
    with closing(open_store(office.url)) as store:
        session = session_in(store, 1_777_910_400, "sue", "launch")
        with store.change(session.head()) as writing:
            dossier = store.dossiers([contact], EVERYTHING)[contact]
            draft = Draft(dossier, session.office, Stamp(writing.id, session.now, session.user), writing.ids)
            enrol(draft)
            writing.save([(dossier, draft.decision)])


def actions(office: StoredOffice, contact: str) -> dict[str, dict[str, Any]]:
    """The open actions by title."""
    rows = json.loads(office.run("search", "--contact", contact, "--format", "json", user="sue").stdout)["items"]
    return {item["title"]: item for item in rows if item["status"] == "scheduled"}


def json_of(office: StoredOffice, *words: str) -> Any:
    return json.loads(office.run(*words, "--format", "json", user="sue").stdout)


def test_completing_a_plans_actions_runs_the_plan_to_its_end(any_office: StoredOffice) -> None:
    apply_plan(any_office)
    before = actions(any_office, "jane-smith")
    put_on_plan(any_office, "jane-smith")
    plan_actions = {title: item for title, item in actions(any_office, "jane-smith").items() if title not in before}
    assert {title: (item["plan"], item["cycle"]) for title, item in plan_actions.items()} == {
        "Ask how it was": ("welcome", None),
        "Visit": ("welcome", None),
    }
    for title in ("Ask how it was", "Visit", "Thank"):
        result = any_office.run("complete", str(actions(any_office, "jane-smith")[title]["id"]), user="sue")
        assert (result.returncode, result.stderr) == (0, ""), "a plan that ends leaves no contact without a next step"
    assert actions(any_office, "jane-smith") == before, "the cycle was not touched"
    ends = [x["data"] for x in json_of(any_office, "history", "jane-smith")["items"] if x["kind"] == "ended"]
    assert ends[-1]["reason"] == "no-more-steps"
    assert any_office.run("doctor", user="sue").stdout == "The store is healthy.\n"


def enrol_on_old_plan(draft: Draft, cycle: str) -> None:
    """Enrol on a plan with the id of a cycle, which catalogs no longer allow; the plan is no longer declared either."""
    start, enrolment = draft.now("tom"), next(draft.ids)
    draft.add(h.Enrolled(enrolment, "plan", cycle, None, 1, start.text, start.at))
    draft.add(h.Scheduled(next(draft.ids), "call", "Old", "tom", start.day, start.day, start.at, enrolment, "old"))


def test_lists_by_cycle_exclude_a_plan_with_the_same_id(any_office: StoredOffice) -> None:
    cycle = next(item["cycle"] for item in actions(any_office, "jane-smith").values() if item["cycle"])
    before = {
        words: json_of(any_office, *words)["items"]
        for words in (
            ("due", "--cycle", cycle, "--user-of", "tom"),
            ("search", "--cycle", cycle),
            ("contacts", "list", "--cycle", cycle),
        )
    }
    graph = any_office.run("cycles", "graph", "--live", user="sue").stdout
    put_on_plan(any_office, "li-wei", partial(enrol_on_old_plan, cycle=cycle))
    put_on_plan(any_office, "jane-smith", partial(enrol_on_old_plan, cycle=cycle))
    assert actions(any_office, "jane-smith")["Old"]["plan"] == cycle
    for words, items in before.items():
        now = [
            {**item, "updated_at": None, "next_action": None, "next_action_date": None}
            for item in json_of(any_office, *words)["items"]
        ]
        was = [{**item, "updated_at": None, "next_action": None, "next_action_date": None} for item in items]
        assert now == was, words
    assert any_office.run("cycles", "graph", "--live", user="sue").stdout == graph


def test_F12_a_contact_off_its_cycle_is_stranded_only_after_its_plan_ends(any_office: StoredOffice) -> None:
    apply_plan(any_office)
    put_on_plan(any_office, "jane-smith")
    cycle = next(item["cycle"] for item in actions(any_office, "jane-smith").values() if item["cycle"])
    assert json_of(any_office, "contacts", "show", "jane-smith")["items"][0]["cycle"] == cycle
    assert "Visit" not in any_office.run("cycles", "graph", "--live", user="sue").stdout
    any_office.run("stop", "jane-smith", user="sue")
    off = [row for row in json_of(any_office, "stranded")["items"] if row["contact"] == "jane-smith"]
    assert off == [], "a plan's action is open"
    for title in ("Ask how it was", "Visit", "Thank"):
        any_office.run("complete", str(actions(any_office, "jane-smith")[title]["id"]), user="sue")
    (off,) = [row for row in json_of(any_office, "stranded")["items"] if row["contact"] == "jane-smith"]
    assert off["why"] == f"off cycle {cycle}: stopped"


def test_an_edit_of_a_plan_migrates_its_contacts_once_and_undo_reverts_it(any_office: StoredOffice) -> None:
    apply_plan(any_office)
    put_on_plan(any_office, "jane-smith")
    before = actions(any_office, "jane-smith")
    new_plan = PLAN.replace("offset: 2 days", "offset: 9 days")
    path = Path(any_office.folder / "cycles" / "plans-here.yaml")
    path.write_text(new_plan + "migrate: [{step: welcome/visit, dates: recompute}]\n")
    diff = json_of(any_office, "diff")
    assert [(x["what"], x["contact"], x["becomes"]) for x in diff["effects"]] == [("later", "jane-smith", "2026-05-13")]
    assert any_office.run("apply", "--expect", diff["digest"], user="sue").returncode == 0
    assert actions(any_office, "jane-smith")["Visit"]["due"] == "2026-05-13"
    assert any_office.run("undo", user="sue").returncode == 0
    assert {x["due"] for x in actions(any_office, "jane-smith").values()} == {x["due"] for x in before.values()}
    path.unlink()
    result = any_office.run("apply", "--yes", user="sue")
    assert result.returncode == 4 and "plan 'welcome': contacts are on it (jane-smith" in result.stderr
    assert any_office.run("doctor", user="sue").stdout == "The store is healthy.\n"
