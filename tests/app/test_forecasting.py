"""G3: a forecast simulates contacts in the same situation once, with the same result as simulating each of them."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from followup.app.forecasting import Ahead, forecast
from followup.core.rehearsal.habits import Habits
from tests.app.test_any_edition import HISTORIES, in_sqlite, play_history
from tests.properties import examples
from tests.sessions import session_in

#: nothing is late, as without habits, but chance is drawn each time, so that nothing is cached
EACH = Habits(((1.0, 0.0),))


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_contacts_in_the_same_situation_have_the_same_forecast(history: Any) -> None:
    with in_sqlite() as store:
        now = play_history(store, history)
        results = []
        for habits in (Habits(), EACH):
            session = session_in(store, now, "sue")
            ahead = Ahead(session, "2026-07-01", habits, lambda: 0.5)
            results.append((vars(forecast(session, ahead)), len(ahead.futures)))
        (once, cached_once), (each, cached_each) = results
        assert once == each and cached_once > 0 == cached_each
