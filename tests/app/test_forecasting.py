"""G3: a forecast lives through whoever stands alike once, and comes to what living through each comes to."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from followup.app.forecasting import Ahead, forecast
from followup.core.rehearsal.habits import Habits
from tests.app.test_any_edition import LIVES, in_sqlite, lived
from tests.properties import examples
from tests.sessions import session_in

#: nothing is late, as without habits; but chance is asked each time, so that nothing is remembered
EACH = Habits(((1.0, 0.0),))


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(LIVES)
def test_those_who_stand_alike_have_the_same_to_come(lives: Any) -> None:
    with in_sqlite() as store:
        now = lived(store, lives)
        found = []
        for habits in (Habits(), EACH):
            here = session_in(store, now, "sue")
            ahead = Ahead(here, "2026-07-01", habits, lambda: 0.5)
            found.append((vars(forecast(here, ahead)), len(ahead.futures)))
        (once, remembered), (each, none) = found
        assert once == each and remembered > 0 == none
