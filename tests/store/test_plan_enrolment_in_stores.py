"""A store that holds a plan's enrolment behaves, in each engine: every command goes by the enrolment at hand.

Nothing launches plans yet, so the enrolment is put there as a launch will: decided by the engine, saved by the one write path.
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
from tests.store.conftest import Kept

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


def with_a_plan(kept: Kept, text: str = PLAN) -> None:
    (kept.folder / "cycles" / "plans-here.yaml").write_text(text)
    done = kept.run("apply", "--yes", user="sue")
    assert done.returncode == 0, done.stderr


def put_on_plan(
    kept: Kept, contact: str, enrol: Callable[[Draft], None] = partial(enrol_on_plan, id="welcome")
) -> None:
    with closing(open_store(kept.url)) as store:
        session = session_in(store, 1_777_910_400, "sue", "launch")
        with store.change(session.head()) as writing:
            dossier = store.dossiers([contact], EVERYTHING)[contact]
            draft = Draft(dossier, session.office, Stamp(writing.id, session.now, session.user), writing.ids)
            enrol(draft)
            writing.save([(dossier, draft.decision)])


def actions(kept: Kept, contact: str) -> dict[str, dict[str, Any]]:
    """What is open, by title."""
    listed = json.loads(kept.run("search", "--contact", contact, "--format", "json", user="sue").stdout)["items"]
    return {item["title"]: item for item in listed if item["status"] == "scheduled"}


def json_of(kept: Kept, *words: str) -> Any:
    return json.loads(kept.run(*words, "--format", "json", user="sue").stdout)


def test_a_plans_action_is_completed_and_the_plan_goes_on_to_its_end(anywhere: Kept) -> None:
    with_a_plan(anywhere)
    before = actions(anywhere, "jane-smith")
    put_on_plan(anywhere, "jane-smith")
    mine = {title: item for title, item in actions(anywhere, "jane-smith").items() if title not in before}
    assert {title: (item["plan"], item["cycle"]) for title, item in mine.items()} == {
        "Ask how it was": ("welcome", None),
        "Visit": ("welcome", None),
    }
    for title in ("Ask how it was", "Visit", "Thank"):
        done = anywhere.run("complete", str(actions(anywhere, "jane-smith")[title]["id"]), user="sue")
        assert (done.returncode, done.stderr) == (0, ""), "a plan that ends leaves nobody without a next step"
    assert actions(anywhere, "jane-smith") == before, "the cycle was not touched"
    ended = [x["data"] for x in json_of(anywhere, "history", "jane-smith")["items"] if x["kind"] == "ended"]
    assert ended[-1]["reason"] == "no-more-steps"
    assert anywhere.run("doctor", user="sue").stdout == "The store is healthy.\n"


def as_a_plan(draft: Draft, cycle: str) -> None:
    """Onto a plan that has the id of a cycle, which a catalog allows no more; it is not declared any longer either."""
    start, enrolment = draft.now("tom"), next(draft.ids)
    draft.add(h.Enrolled(enrolment, "plan", cycle, None, 1, start.text, start.at))
    draft.add(h.Scheduled(next(draft.ids), "call", "Old", "tom", start.day, start.day, start.at, enrolment, "old"))


def test_lists_by_cycle_leave_out_a_plan_of_the_same_id(anywhere: Kept) -> None:
    cycle = next(item["cycle"] for item in actions(anywhere, "jane-smith").values() if item["cycle"])
    before = {
        words: json_of(anywhere, *words)["items"]
        for words in (
            ("due", "--cycle", cycle, "--user-of", "tom"),
            ("search", "--cycle", cycle),
            ("contacts", "list", "--cycle", cycle),
        )
    }
    graph = anywhere.run("cycles", "graph", "--live", user="sue").stdout
    put_on_plan(anywhere, "li-wei", partial(as_a_plan, cycle=cycle))
    put_on_plan(anywhere, "jane-smith", partial(as_a_plan, cycle=cycle))
    assert actions(anywhere, "jane-smith")["Old"]["plan"] == cycle
    for words, items in before.items():
        now = [
            {**item, "updated_at": None, "next_action": None, "next_action_date": None}
            for item in json_of(anywhere, *words)["items"]
        ]
        was = [{**item, "updated_at": None, "next_action": None, "next_action_date": None} for item in items]
        assert now == was, words
    assert anywhere.run("cycles", "graph", "--live", user="sue").stdout == graph


def test_F12_a_contact_is_stranded_by_its_cycle_and_not_by_a_plan(anywhere: Kept) -> None:
    with_a_plan(anywhere)
    put_on_plan(anywhere, "jane-smith")
    cycle = next(item["cycle"] for item in actions(anywhere, "jane-smith").values() if item["cycle"])
    assert json_of(anywhere, "contacts", "show", "jane-smith")["items"][0]["cycle"] == cycle
    assert "Visit" not in anywhere.run("cycles", "graph", "--live", user="sue").stdout
    anywhere.run("stop", "jane-smith", user="sue")
    off = [row for row in json_of(anywhere, "stranded")["items"] if row["contact"] == "jane-smith"]
    assert off == [], "a plan's action is open"
    for title in ("Ask how it was", "Visit", "Thank"):
        anywhere.run("complete", str(actions(anywhere, "jane-smith")[title]["id"]), user="sue")
    (off,) = [row for row in json_of(anywhere, "stranded")["items"] if row["contact"] == "jane-smith"]
    assert off["why"] == f"off cycle {cycle}: stopped"


def test_an_edit_of_a_plan_meets_those_who_are_on_it_once_and_undo_takes_it_back(anywhere: Kept) -> None:
    with_a_plan(anywhere)
    put_on_plan(anywhere, "jane-smith")
    before = actions(anywhere, "jane-smith")
    edited = PLAN.replace("offset: 2 days", "offset: 9 days")
    path = Path(anywhere.folder / "cycles" / "plans-here.yaml")
    path.write_text(edited + "migrate: [{step: welcome/visit, dates: recompute}]\n")
    diff = json_of(anywhere, "diff")
    assert [(x["what"], x["contact"], x["becomes"]) for x in diff["effects"]] == [("later", "jane-smith", "2026-05-13")]
    assert anywhere.run("apply", "--expect", diff["digest"], user="sue").returncode == 0
    assert actions(anywhere, "jane-smith")["Visit"]["due"] == "2026-05-13"
    assert anywhere.run("undo", user="sue").returncode == 0
    assert {x["due"] for x in actions(anywhere, "jane-smith").values()} == {x["due"] for x in before.values()}
    path.unlink()
    refused = anywhere.run("apply", "--yes", user="sue")
    assert refused.returncode == 4 and "plan 'welcome': contacts are on it (jane-smith" in refused.stderr
    assert anywhere.run("doctor", user="sue").stdout == "The store is healthy.\n"
