"""A value that filters a list is declared, or an error names the closest ones: no list is silently empty or unfiltered.

The options come from the commands themselves: an option that is in none of the tables below fails the first test.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_contract import commands
from tests.conftest import Run

#: options of lists that take no declared value: dates, numbers, files, formats, and text to search for
PLAIN = {
    "--format",
    "--limit",
    "--since",
    "--before",
    "--until",
    "--upcoming",
    "--change",
    "--out",
    "--start",
    "--late",
}
PLAIN |= {"--leave", "--seed", "--a-week", "--only"}
#: options whose values Typer checks
CHOICES = {("due", "--by"), ("due", "--status")}


def filters() -> list[tuple[str, str]]:
    """Each option that takes a value, for each command that only reads."""
    return [
        (name, parameter.opts[0])
        for name, command in commands().items()
        if not any("--dry-run" in parameter.opts for parameter in command.params)
        for parameter in command.params
        if parameter.param_type_name == "option" and not parameter.is_flag
    ]


TESTED = [(name, option) for name, option in filters() if option not in PLAIN]


def test_every_filter_is_tested() -> None:
    assert {"due", "search", "contacts list", "forecast", "simulate"} <= {name for name, _ in TESTED}
    assert set(TESTED) >= CHOICES | {("search", "--status"), ("contacts list", "--source"), ("due", "--category")}


@pytest.mark.parametrize(("name", "option"), [each for each in TESTED if each[0] != "init"])
def test_D14_an_unknown_filter_value_is_an_error_that_names_it(name: str, option: str, run: Run) -> None:
    result = run(*name.split(), option, "compleet", user="sue")
    assert (result.returncode, result.stdout) == (2 if (name, option) in CHOICES else 66, "")
    assert "compleet" in result.stderr and result.stderr.count("\n") <= 5


@pytest.mark.parametrize("key", ["owner", "cycle", "source", "stage"])
def test_D14_an_unknown_value_in_where_is_an_error_too(key: str, run: Run) -> None:
    result = run("contacts", "set", "--where", f"{key}=compleet", "--phone", "1", user="sue")
    assert (result.returncode, result.stdout) == (66, "") and "compleet" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["search", "--status", "complete"], "unknown status 'complete'; did you mean 'completed'?"),
        (["search", "--type", "cal"], "unknown action type 'cal'; did you mean 'call' or "),
        (["search", "--step", "callbak"], "unknown step 'callbak'; did you mean 'callback' or "),
        (["contacts", "list", "--stage", "leads"], "unknown stage 'leads'; did you mean 'lead'?"),
        (["contacts", "list", "--source", "web"], "unknown source 'web'; did you mean"),
    ],
)
def test_D14_the_closest_values_are_suggested(words: list[str], message: str, run: Run) -> None:
    result = run(*words)
    assert (result.returncode, result.stdout) == (66, "") and message in result.stderr


def test_D14_filters_ignore_case_and_accept_sources_that_only_contacts_have(run: Run, office: Path) -> None:
    (office / "more.csv").write_text("id,name,source\nann-lee,Ann Lee,Zillow\n")
    assert run("contacts", "import", "more.csv", "--no-cycle", "--owner", "tom", user="sue").returncode == 0
    assert "Ann Lee" in run("contacts", "list", "--source", "zillow").stdout
    assert run("search", "--status", "Scheduled", "--type", "CALL").returncode == 0
    assert run("contacts", "list", "--source", "zillow", user="anne").returncode == 66, "only tom's contacts have it"


@pytest.mark.parametrize(("name", "option"), TESTED)
def test_D19_an_empty_value_is_an_error_everywhere(name: str, option: str, run: Run) -> None:
    result = run(*name.split(), option, "", user="sue")
    assert result.returncode in (2, 66) and result.stdout == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["contacts", "add", "--name", "Ada", "--no-cycle", "--owner", ""], "--owner has no value: give one, or leave it out"),
        (["contacts", "set", "jane-smith", "--owner", ""], "--owner has no value: give one, or leave it out, or use `--clear owner`"),
        (["due", "--user-of", ""], "--user-of has no value: give one, or leave it out"),
        (["contacts", "add", "--name", "Ada", "--no-cycle"], "who should own this contact? Use --owner USER or --no-owner"),
        (["contacts", "add", "--name", "Ada", "--no-cycle", "--owner", "tom", "--no-owner"], "use --owner or --no-owner, not both"),
    ],
)  # fmt: skip
def test_D19_an_empty_value_never_sets_an_owner(words: list[str], message: str, run: Run) -> None:
    result = run(*words, user="sue")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"followup: {message}\n")


def test_D19_a_new_contact_can_be_added_without_an_owner(run: Run) -> None:
    assert (
        run("contacts", "add", "--name", "Ada", "--id", "ada", "--no-cycle", "--no-owner", user="sue").returncode == 0
    )
    assert '"owner": null' in run("contacts", "show", "ada", "-f", "json", user="sue").stdout
    assert run("contacts", "add", "--name", "Bob", "--id", "bob", "--no-cycle", user="tom").returncode == 0
    assert '"owner": "tom"' in run("contacts", "show", "bob", "-f", "json", user="tom").stdout


@pytest.fixture
def run_after_rename(office: Path, run: Run) -> Run:
    """Runs commands after `future-prospect` was renamed to `later-on`, and its step `callback`, where Jane is, to
    `ring-again`."""
    assert run("assign", "jane-smith", "not-interested").returncode == 0
    (letter,) = json.loads(run("next", "jane-smith", "-f", "json").stdout)["items"]
    assert run("complete", str(letter["id"])).returncode == 0
    for path in (office / "cycles").glob("*.yaml"):
        text = path.read_text().replace("callback", "ring-again")
        path.write_text(text.replace("future-prospect", "later-on"))
    moves = (
        "moved: [{from: future-prospect, to: later-on}, {from: future-prospect/callback, to: later-on/ring-again}]\n"
    )
    (office / "cycles" / "moves.yaml").write_text(moves)
    result = run("apply", "--yes", user="sue")
    assert result.returncode == 0, result.stdout + result.stderr
    return run


@pytest.mark.parametrize(
    "words",
    [
        ["due", "--cycle"],
        ["search", "--cycle"],
        ["contacts", "list", "--cycle"],
        ["cycles", "show"],
        ["cycles", "graph"],
        ["simulate", "--a-week", "1", "--until", "+1w", "--cycle"],
        ["assign", "jane-smith"],
        ["contacts", "set", "--phone", "1", "--where"],
    ],
)
def test_D8_an_old_id_still_works_and_a_note_gives_the_new_one(words: list[str], run_after_rename: Run) -> None:
    old, new = (
        run_after_rename(*words, f"cycle={id}" if words[-1] == "--where" else id, user="sue")
        for id in ("future-prospect", "later-on")
    )
    assert old.returncode == 0 and "followup: 'future-prospect' is called 'later-on' now\n" in old.stderr
    assert "is called" not in new.stderr
    if words[0] in ("due", "search", "cycles"):
        assert old.stdout == new.stdout


def test_D8_an_old_step_id_finds_the_rows_of_both_names(run_after_rename: Run) -> None:
    old, new = (run_after_rename("search", "--step", id, "-f", "json", user="sue") for id in ("callback", "ring-again"))
    assert old.stderr == "followup: 'future-prospect/callback' is called 'later-on/ring-again' now\n"
    assert old.stdout == new.stdout and '"step": "ring-again"' in new.stdout


def test_LOW_a_channel_may_be_in_any_case(run: Run) -> None:
    for words in (["log", "jane-smith", "inbound"], ["attempt", "2"]):
        assert run(*words, "--channel", "Call").returncode == 0
    assert "unknown channel 'pigeon'" in run("log", "jane-smith", "inbound", "--channel", "pigeon").stderr


@pytest.mark.parametrize("user", ["sue", "tom"])
@pytest.mark.parametrize("more", [[], ["jane-smith"], ["--format", "json"], ["-n", "3"]])
def test_LOW_F20_a_change_that_is_not_there_or_not_seen_is_unknown(run: Run, user: str, more: list[str]) -> None:
    result = run("history", *more, "--change", "99", user=user)
    assert (result.returncode, result.stdout, result.stderr) == (66, "", "followup: unknown change 99\n")


@pytest.mark.parametrize("words", [["history"], ["search"], ["contacts", "list"]])
def test_LOW_a_limit_of_no_rows_is_refused(run: Run, words: list[str]) -> None:
    result = run(*words, "-n", "0")
    assert (result.returncode, result.stderr) == (
        2,
        "followup: --limit 0 shows nothing: use 1 or more, or -1 for all\n",
    )


@pytest.mark.parametrize("before", ["2026-05-01", "2026-06-01"])
def test_LOW_a_range_without_a_day_is_refused(run: Run, before: str) -> None:
    result = run("search", "--since", "2026-06-01", "--before", before)
    assert result.returncode == 2 and "no day is left between them" in result.stderr
