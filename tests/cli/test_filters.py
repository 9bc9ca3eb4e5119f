"""A word that narrows a list is declared, or an error names the nearest ones: no list is silently empty, or whole.

The options come from the commands themselves: one that is in none of the tables below fails the first test.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_contract import commands
from tests.conftest import Run

#: options of lists that hold no declared word: dates, numbers, files, how to write it, and text that is looked for
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
#: whose values Typer knows
CHOICES = {("due", "--by"), ("due", "--status")}


def filters() -> list[tuple[str, str]]:
    """Each option with a value of each command that only looks."""
    return [
        (name, parameter.opts[0])
        for name, command in commands().items()
        if not any("--dry-run" in parameter.opts for parameter in command.params)
        for parameter in command.params
        if parameter.param_type_name == "option" and not parameter.is_flag
    ]


ASKED = [(name, option) for name, option in filters() if option not in PLAIN]


def test_every_filter_is_asked() -> None:
    assert {"due", "search", "contacts list", "forecast", "simulate"} <= {name for name, _ in ASKED}
    assert set(ASKED) >= CHOICES | {("search", "--status"), ("contacts list", "--source"), ("due", "--category")}


@pytest.mark.parametrize(("name", "option"), [each for each in ASKED if each[0] != "init"])
def test_D14_a_filter_that_means_nothing_is_an_error_that_names_it(name: str, option: str, run: Run) -> None:
    told = run(*name.split(), option, "compleet", user="sue")
    assert (told.returncode, told.stdout) == (2 if (name, option) in CHOICES else 66, "")
    assert "compleet" in told.stderr and told.stderr.count("\n") <= 5


@pytest.mark.parametrize("key", ["owner", "cycle", "source", "stage"])
def test_D14_so_is_one_of_where(key: str, run: Run) -> None:
    told = run("contacts", "set", "--where", f"{key}=compleet", "--phone", "1", user="sue")
    assert (told.returncode, told.stdout) == (66, "") and "compleet" in told.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["search", "--status", "complete"], "unknown status 'complete'; did you mean 'completed'?"),
        (["search", "--type", "cal"], "unknown action type 'cal'; did you mean 'call' or "),
        (["search", "--step", "callbak"], "unknown step 'callbak'; did you mean 'callback' or "),
        (["contacts", "list", "--stage", "leads"], "unknown stage 'leads'; did you mean 'lead'?"),
        (["contacts", "list", "--source", "web"], "unknown source 'web'; did you mean"),
    ],
)
def test_D14_the_nearest_ones_are_named(words: list[str], said: str, run: Run) -> None:
    told = run(*words)
    assert (told.returncode, told.stdout) == (66, "") and said in told.stderr


def test_D14_case_does_not_matter_and_a_source_may_have_come_with_contacts(run: Run, office: Path) -> None:
    (office / "more.csv").write_text("id,name,source\nann-lee,Ann Lee,Zillow\n")
    assert run("contacts", "import", "more.csv", "--no-cycle", "--owner", "tom", user="sue").returncode == 0
    assert "Ann Lee" in run("contacts", "list", "--source", "zillow").stdout
    assert run("search", "--status", "Scheduled", "--type", "CALL").returncode == 0
    assert run("contacts", "list", "--source", "zillow", user="anne").returncode == 66, "only tom's contacts have it"


@pytest.mark.parametrize(("name", "option"), ASKED)
def test_D19_an_empty_word_is_an_error_everywhere(name: str, option: str, run: Run) -> None:
    told = run(*name.split(), option, "", user="sue")
    assert told.returncode in (2, 66) and told.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["contacts", "add", "--name", "Ada", "--no-cycle", "--owner", ""], "--owner has no value: give one, or leave it out"),
        (["contacts", "set", "jane-smith", "--owner", ""], "--owner has no value: give one, or leave it out, or use `--clear FIELD`"),
        (["due", "--user-of", ""], "--user-of has no value: give one, or leave it out"),
        (["contacts", "add", "--name", "Ada", "--no-cycle"], "who should own this contact? Use --owner USER or --no-owner"),
        (["contacts", "add", "--name", "Ada", "--no-cycle", "--owner", "tom", "--no-owner"], "use --owner or --no-owner, not both"),
    ],
)  # fmt: skip
def test_D19_nobody_becomes_an_owner_by_an_empty_word(words: list[str], said: str, run: Run) -> None:
    told = run(*words, user="sue")
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"followup: {said}\n")


def test_D19_it_can_be_said_that_a_new_contact_is_nobodys(run: Run) -> None:
    assert (
        run("contacts", "add", "--name", "Ada", "--id", "ada", "--no-cycle", "--no-owner", user="sue").returncode == 0
    )
    assert '"owner": null' in run("contacts", "show", "ada", "-f", "json", user="sue").stdout
    assert run("contacts", "add", "--name", "Bob", "--id", "bob", "--no-cycle", user="tom").returncode == 0
    assert '"owner": "tom"' in run("contacts", "show", "bob", "-f", "json", user="tom").stdout


@pytest.fixture
def moved(office: Path, run: Run) -> Run:
    """The cycle `future-prospect` is called `later-on`, and its step `callback`, which Jane stands at, `ring-again`."""
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
    told = run("apply", "--yes", user="sue")
    assert told.returncode == 0, told.stdout + told.stderr
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
def test_D8_an_old_id_is_found_with_a_line_that_says_the_new_one(words: list[str], moved: Run) -> None:
    old, new = (
        moved(*words, f"cycle={id}" if words[-1] == "--where" else id, user="sue")
        for id in ("future-prospect", "later-on")
    )
    assert old.returncode == 0 and "followup: 'future-prospect' is called 'later-on' now\n" in old.stderr
    assert "is called" not in new.stderr
    if words[0] in ("due", "search", "cycles"):
        assert old.stdout == new.stdout


def test_D8_an_old_step_is_found_and_rows_of_both_names(moved: Run) -> None:
    old, new = (moved("search", "--step", id, "-f", "json", user="sue") for id in ("callback", "ring-again"))
    assert old.stderr == "followup: 'future-prospect/callback' is called 'later-on/ring-again' now\n"
    assert old.stdout == new.stdout and '"step": "ring-again"' in new.stdout
