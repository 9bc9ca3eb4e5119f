"""Properties draw different examples in each run, also in CI. A run prints its seed, which reproduces it:

    pytest --hypothesis-seed=SEED TEST

An example that failed becomes an @example of its property.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def examples(count: int) -> int:
    """How many examples a property draws: a fifth in `make check`, which should take less than a minute; EXAMPLES times
    as many in `make fuzz`."""
    return count // 5 if "QUICK" in os.environ else count * int(os.environ.get("EXAMPLES", "1"))


settings.register_profile(
    "followup",
    max_examples=examples(100),
    derandomize=False,  # Hypothesis would set it in CI
    database=None,  # only the seed decides which examples are drawn
    print_blob=True,
    deadline=None,
    # the fixture of conftest.py that hides the home directory doesn't affect pure functions
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("followup")
