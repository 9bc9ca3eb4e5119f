"""`explain`, `catalog versions` and `catalog show` as users run them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_applying import edit
from tests.conftest import Run


def test_G4_explain_shows_how_a_date_was_calculated(run: Run) -> None:
    result = run("explain", "4")
    assert result.stdout.splitlines() == [
        "4 Questions call (call) with Jane Smith: due 2026-05-07, scheduled, owner tom",
        "  placed        on web-registration through alias web-registration since 2026-05-04 09:00, by sue",
        "  scheduled     step questions-call in round 1, as sue placed them on the cycle",
        "  counts from   2026-05-05, the planned date of the previous step (anchor: due)",
        "  offset        2 days, which is 2026-05-07",
        "  due           2026-05-07",
        "  catalog       version 1, applied by sue on 2026-05-04",
    ]
    explanation = json.loads(run("explain", "4", "--format", "json").stdout)
    assert explanation["schema"] == "followup/explain@1" and explanation["action"]["id"] == 4
    assert [cause["what"] for cause in explanation["causes"]][-1] == "catalog" and explanation["causes"][0][
        "by"
    ] == "sue"


def test_T4_explain_uses_the_holidays_of_the_version_that_scheduled_the_action(run: Run, office: Path) -> None:
    run("assign", "li-wei", "toured", now="2026-05-15T10:00")
    id = json.loads(run("next", "li-wei", "--format", "json").stdout)["items"][0]["id"]
    run("complete", str(id), now="2026-05-15T10:00")
    edit(office, "office.yaml", "    2026-05-18: Victoria Day\n", "")
    assert run("apply", "--yes", "--no-test", user="sue", now="2026-05-16T10:00").returncode == 0
    assert "over 2026-05-16 (Saturday), 2026-05-17 (Sunday), 2026-05-18 (Victoria Day)" in " ".join(
        run("explain", str(id + 1)).stdout.split()
    )


def test_F20_explain_does_not_reveal_another_reps_action(run: Run) -> None:
    result = run("explain", "4", user="anne")
    assert result.returncode == 66 and result.stderr == "followup: unknown action 4\n"
    assert (run("explain", "99999").returncode, run("explain", "4", user="sue").returncode) == (66, 0)


def test_explain_shows_who_scheduled_a_task_by_hand(run: Run) -> None:
    run("schedule", "task", "2026-05-06", "--title", "Tidy up")
    id = max(x["id"] for x in json.loads(run("search", "--format", "json").stdout)["items"])
    assert run("explain", str(id)).stdout.splitlines()[1] == "  scheduled     by hand, by tom, for 2026-05-06"


def test_E1_catalog_versions_show_what_changed_and_who_applied_it_when(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    run("apply", "--yes", "--no-test", user="sue", now="2026-05-05T10:00")
    assert "the catalog is back to what it was, as version 3" in run("undo", user="sue", now="2026-05-06T10:00").stdout
    items = json.loads(run("catalog", "versions", "--format", "json").stdout)["items"]
    assert [(x["version"], x["by"], x["took_back"]) for x in items] == [
        (1, "sue", None),
        (2, "sue", None),
        (3, "sue", 2),
    ]
    assert [x["items"] for x in items[1:]] == [1, 1] and items[1]["at"] == "2026-05-05T17:00:00Z"
    lines = run("catalog", "show", "2").stdout.splitlines()
    assert lines == [
        "Version 2, applied by sue on 2026-05-05 17:00Z: 1 item",
        "  change cycle future-prospect",
        "    step callback offset: 30 days -> 20 days",
    ]
    assert "20 days -> 30 days" in run("catalog", "show").stdout, "the live version"
    assert run("catalog", "show", "9").returncode == 66
