"""The examples that the five help documents work out, day by day (L9, Focus3's sample workflow)."""

from __future__ import annotations

from followup.core import wishes as w
from tests.core.building import Story, alias, cycle, office, step

BLUEWATER = cycle(
    "bluewater",
    step("call", "2 hours"),
    step("details", "1 day", "email", template="details"),
    step("confirm", "2 days"),
    anchor="due",
)
PROCESS_2 = cycle(
    "process-2",
    step("details", "1 day", "email", template="details"),
    step("call-week", "1 week"),
    step("call-month", "1 month"),
    anchor="due",
)


def test_L9_jane_has_three_actions_at_once_each_on_its_own_day() -> None:
    jane = Story(office(BLUEWATER), now="2026-05-01T09:00").added("bluewater")
    assert jane.due == {"call": "2026-05-01T11:00", "details": "2026-05-02", "confirm": "2026-05-04"}
    jane.closes_on("call", "2026-05-01")
    assert jane.due == {"details": "2026-05-02", "confirm": "2026-05-04"}
    jane.closes_on("details", "2026-05-02")
    jane.closes_on("confirm", "2026-05-04")
    assert jane.enrolment.reason == "no-more-steps"


def test_L9_brian_is_called_a_month_after_the_call() -> None:
    brian = Story(office(PROCESS_2), "contact:brian", "2026-05-02T09:00").added("process-2")
    assert brian.due == {"details": "2026-05-03", "call-week": "2026-05-10", "call-month": "2026-06-10"}


def test_L9_naming_the_step_counts_a_month_from_the_email() -> None:
    details, week, _ = (step("details", "1 day", "email"), step("call-week", "1 week"), None)
    from_email = cycle("process-2", details, week, step("call-month", "1 month", anchor="step:details"), anchor="due")
    brian = Story(office(from_email), "contact:brian", "2026-05-02T09:00").added("process-2")
    assert brian.due == {"details": "2026-05-03", "call-week": "2026-05-10", "call-month": "2026-06-03"}


def test_F10_focus3s_workflow_never_shows_the_old_cycles_next_step() -> None:
    future = cycle(
        "future-prospect",
        step("intro-letter", "0 days", "correspondence", template="intro"),
        step("callback", "5 days"),
        step("second-callback", "30 days", loop_to="second-callback"),
    )
    hot = cycle("hot", step("tomorrow", "1 day"))
    bluewater = office(future, hot, aliases=[alias("not-interested", "future-prospect"), alias("ready-to-buy", "hot")])

    jane = Story(bluewater, now="2026-05-01T09:00").added("not-interested")
    assert jane.due == {"intro-letter": "2026-05-01"}
    assert (jane.enrolment.process, jane.enrolment.alias) == ("future-prospect", "not-interested")

    jane.closes_on("intro-letter", "2026-05-02")
    assert jane.due == {"callback": "2026-05-07"}

    jane.at("2026-05-07T12:00").completes("callback", choice="ready-to-buy")
    assert jane.due == {"tomorrow": "2026-05-08"}
    assert jane.last == ["completed", "ended", "enrolled", "scheduled"]
    assert "second-callback" not in {action.step for action in jane.dossier.actions}


def test_L8_an_alias_can_categorise_without_changing_the_cycle() -> None:
    jane = Story(office(BLUEWATER)).added("bluewater")
    before = jane.due
    jane.does(w.Assign(w.Choice("just-looking")))
    assert jane.dossier.known.follow_up == "just-looking"
    assert jane.due == before
