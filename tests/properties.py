"""Properties draw other examples in each run, in CI too. A run prints its seed, and with it draws the same again:

    pytest --hypothesis-seed=SEED TEST

What failed once becomes an @example of its property.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def examples(count: int) -> int:
    """How many a property draws: a fifth in `make check`, which is to be over within a minute; EXAMPLES times as many
    in `make fuzz`."""
    return count // 5 if "QUICK" in os.environ else count * int(os.environ.get("EXAMPLES", "1"))


settings.register_profile(
    "followup",
    max_examples=examples(100),
    derandomize=False,  # which Hypothesis sets in CI
    database=None,  # nothing but the seed says what is drawn
    print_blob=True,
    deadline=None,
    # the fixture of conftest.py that hides the home directory says nothing to a pure function
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("followup")
