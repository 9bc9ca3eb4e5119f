"""`simulate`, `forecast`, and the load that `assign --dry-run` shows (G3)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from followup.core.rehearsal.workload import Person, Workload, dates
from followup.output.chart import render_html, render_svg
from followup.output.workload_formats import render_report
from followup.output.workload_report import Report
from tests.cli.test_applying import edit
from tests.conftest import Run


def json_of(run: Run, *words: str, **how: str) -> Any:
    result = run(*words, "--format", "json", **how)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_G3_a_forecast_matches_what_then_becomes_due(run: Run) -> None:
    forecast = json_of(run, "forecast", "--until", "2026-05-08")["users"][0]["days"]
    for day in dates("2026-05-04", "2026-05-08"):
        now = f"{day}T09:00"
        due = [x["id"] for x in json_of(run, "due", now=now)["items"]]
        assert len(due) == forecast.get(day, 0), day
        if due:
            assert run("complete", *map(str, due), now=now).returncode == 0


def test_G3_a_dry_run_of_a_bulk_assign_shows_the_load_it_would_add(run: Run, office: Path) -> None:
    edit(office, "office.yaml", "capacity: 25", "capacity: 12")
    assert run("apply", "--yes", user="sue").returncode == 0
    words = ("assign", "--where", "owner=tom", "follow-up-1")
    before = json_of(run, "forecast")["users"]
    (load,) = json_of(run, *words, "--dry-run")["load"]
    assert (load["owner"], load["capacity"], load["before"]["days"]) == ("tom", 12, before[0]["days"])
    output = run(*words, "--dry-run").stdout
    assert "use --stagger 12/day to spread the starts" in output and "Tom Brown  12          12 -> 0" in output
    assert json_of(run, "forecast")["users"] == before, "nothing changed"
    assert run(*words).returncode == 0
    (after,) = json_of(run, "forecast")["users"]
    assert after["days"] == load["after"]["days"] and after["over"] == load["after"]["over"] > 0


def test_G3_a_staggered_assign_starts_at_most_n_contacts_per_owner_and_working_day(run: Run) -> None:
    words = ("assign", "--where", "owner=tom", "follow-up-1", "--stagger", "5/day")
    (load,) = json_of(run, *words, "--dry-run")["load"]
    assert run(*words).returncode == 0
    starts: dict[str, int] = {}
    for item in json_of(run, "history", "--change", "3")["items"]:
        if item["kind"] == "enrolled":
            day = item["data"]["start"][:10]
            starts[day] = starts.get(day, 0) + 1
    assert max(starts.values()) <= 5 and sum(starts.values()) == 18, "three were already on it"
    assert list(starts) == sorted(starts) and all(date.fromisoformat(day).weekday() < 5 for day in starts)
    assert json_of(run, "forecast")["users"][0]["days"] == load["after"]["days"]
    assert run("doctor").returncode == 0
    assert run("undo").returncode == 0 and run("doctor").returncode == 0


def test_G3_a_refused_contact_takes_no_slot_of_a_staggered_day(run: Run) -> None:
    assert run("close", "jane-smith", "lost").returncode == 0
    result = run("assign", "jane-smith", "li-wei", "grace-kim", "hold", "--stagger", "1/day")
    assert result.returncode == 4 and "jane-smith" in result.stderr
    items = json_of(run, "history", "--change", "4")["items"]
    days = {item["contact"]: item["data"]["start"][:10] for item in items if item["kind"] == "enrolled"}
    assert days == {"li-wei": "2026-05-04", "grace-kim": "2026-05-05"}, (
        "the first contact that isn't refused starts today"
    )


@pytest.mark.parametrize("text", ["0", "0/day", "five", "5/week", "-1"])
def test_an_invalid_stagger_is_refused(run: Run, text: str) -> None:
    result = run("assign", "--where", "owner=tom", "follow-up-1", f"--stagger={text}")
    assert result.returncode == 65
    assert result.stderr == f"followup: --stagger needs a number per day, such as 20/day, not '{text}'\n"


def test_F20_a_forecast_covers_only_what_the_user_can_see(run: Run) -> None:
    def owners(*words: str, user: str) -> list[str]:
        return [item["owner"] for item in json_of(run, "forecast", *words, user=user)["users"]]

    assert (owners(user="anne"), owners(user="tom"), owners(user="sue")) == (["anne"], ["tom"], ["anne", "tom"])
    assert owners("--owner", "anne", user="sue") == ["anne"] and owners("--owner", "anne", user="tom") == []
    run("schedule", "task", "2026-05-06", "--title", "Tidy up", user="pat")
    assert json_of(run, "forecast", user="pat")["users"][0]["days"] == {"2026-05-06": 1}


def test_G3_a_simulation_needs_no_store_and_repeats_with_the_same_seed(run: Run, office: Path) -> None:
    (office / "followup.db").unlink()
    words = ("simulate", "--late", "p50=0,p90=3", "--leave", "0.1", "--a-week", "4", "--until", "2026-06-30")
    first = json_of(run, *words)
    assert first == json_of(run, *words) != json_of(run, *words, "--seed", "2")
    assert [user["owner"] for user in first["users"]] == ["anne", "tom"]
    assert first["assumed"][0] == "4 new contacts per week for 2 users" and first["contacts"] == 32
    only = json_of(run, *words, "--cycle", "future-prospect", "--owner", "tom")
    assert [user["owner"] for user in only["users"]] == ["tom"]
    output = run(*words).stdout
    assert "longest silence" in output and "week of 2026-05-04" in output


@pytest.mark.parametrize(
    "words, code, message",
    [
        (["--late", "p50"], 65, "--late 'p50': write p90=3 if 90% are done"),
        (["--late", "p90=3,p50=0"], 65, "--late 'p90=3,p50=0': shares must rise"),
        (["--cycle", "after-tuor"], 66, "unknown cycle 'after-tuor'; did you mean 'after-tour' or 'After a tour'?"),
        (["--owner", "nobody"], 66, "unknown user 'nobody'"),
        (["--until", "2026-01-01"], 65, "2026-05-04 to 2026-01-01: the last day must be after the first"),
        (["--until", "2036-01-01"], 65, "2026-05-04 to 2036-01-01"),
        (["--leave", "2"], 2, "Invalid value for '--leave'"),
    ],
)
def test_invalid_options_of_simulate_are_reported(run: Run, words: list[str], code: int, message: str) -> None:
    result = run("simulate", *words)
    assert (result.returncode, result.stdout) == (code, "") and message in result.stderr


def report(names: dict[str, str], days: dict[str, int], capacity: int | None = 3) -> Report:
    load = Workload()
    worked = frozenset(day for day in days if date.fromisoformat(day).weekday() < 5)
    person = Person("tom", capacity, sum(days.values()), 1, 2, max(days.values()), max(days), 1, days, worked)
    return Report("forecast", "Forecast <b>", ["a & b"], min(days), max(days), load, [person], names)


def test_a_chart_is_self_contained_and_shows_days_off_capacity_and_overload() -> None:
    days = dict.fromkeys(dates("2026-05-04", "2026-05-10"), 2) | {"2026-05-07": 5, "2026-05-08": 0}
    top = ElementTree.fromstring(render_svg(report({"tom": "<script>alert(1)</script>\u202e"}, days)))
    kinds = [item.get("class") for item in top.iter("{http://www.w3.org/2000/svg}rect")]
    assert (kinds.count("off"), kinds.count("bar"), kinds.count("over")) == (2, 5, 1)
    assert any(item.get("class") == "capacity" for item in top.iter("{http://www.w3.org/2000/svg}line"))
    text = "".join(top.itertext())
    assert "<script>alert(1)</script>" in text and "\u202e" not in text and "2026-05-07 Thu: 5" in text
    assert "http" not in render_svg(report({}, days)).replace("http://www.w3.org/2000/svg", "")
    plain = ElementTree.fromstring(render_svg(report({}, days, None)))
    assert not any(item.get("class") == "capacity" for item in plain.iter())


def test_a_page_contains_the_chart_and_the_numbers_and_loads_nothing_else() -> None:
    page = render_html(report({"tom": "<img src=x onerror=y>"}, {"2026-05-04": 2, "2026-05-05": 4}))
    assert "<svg" in page and "<td>6</td>" in page and "Forecast &lt;b&gt;" in page and "a &amp; b" in page
    assert "<img" not in page and "<script" not in page and " src=" not in page.replace("&lt;img src=x", "")


def test_a_long_period_is_shown_by_week_with_the_busiest_day() -> None:
    days = dict.fromkeys(dates("2026-05-06", "2026-06-30"), 1) | {"2026-05-14": 9}
    lines = list(render_report(report({"tom": "Tom"}, days), "table"))[-1:]
    text = "\n".join(render_report(report({"tom": "Tom"}, days), "table"))
    assert "week of 2026-05-06  1" in text and "week of 2026-05-11  9 *" in text and lines == ["* over capacity"]


def test_a_chart_is_written_completely_or_not_at_all(run: Run, office: Path) -> None:
    assert run("forecast", "--format", "svg", "--out", "load.svg").stdout == ""
    assert ElementTree.parse(office / "load.svg").getroot().get("role") == "img"
    result = run("forecast", "--format", "svg", "--out", "nowhere/load.svg")
    assert result.returncode == 73 and result.stderr.count("\n") == 1
