"""What people see on a terminal and scripts in a pipe: widths, control characters, formats, limits, names."""

from __future__ import annotations

import json
import os
import pty
import re
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from followup.app.deciding import for_contacts
from followup.cli.root import COMMANDS, app
from followup.core import wishes
from followup.output.schemas import KEYS
from followup.output.table import width
from followup.store.opening import open_store
from tests.conftest import NOW, ROOT, Run, all_shown
from tests.forking import server
from tests.sessions import session_in

EVIL = "Eve\x1b]0;mine\x07\x9b31m\u202ered\u2066\u200b\nall is well"
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def screen(office: Path, columns: int, *words: str, user: str = "tom", now: str = NOW) -> str:
    """What a terminal of this width shows: the command in a pseudo-terminal, with both streams."""
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (60, columns))
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    env |= {"FOLLOWUP_USER": user, "FOLLOWUP_NOW": now}
    server().start(words, office, env, (terminal, terminal, terminal))
    os.close(terminal)
    output = all_shown(controller)
    server().wait()
    return output.replace("\r\n", "\n")


def lines(text: str) -> list[str]:
    return text.rstrip("\n").split("\n")


@pytest.fixture
def crowd(office: Path) -> Path:
    """The office with names that break tables, saved without the command line, which refuses one of them."""
    store = open_store(f"sqlite:///{office / 'followup.db'}")
    session = session_in(store, 1_777_910_400, "tom", "test")  # 2026-05-04 16:00 UTC
    names = {"long": "Bartholomew " * 750, "wide": "王小明陳大文李小龍" * 5, "evil": EVIL, "zed": "Zed\nall is well"}
    for id, name in names.items():
        fields = {"name": name, "phone": "+1 604 555 0199", "owner": "tom", "stage": "lead"}
        assert for_contacts(session, [(id, wishes.Add(fields, wishes.Choice("referral")))]).done == [id]
    store.close()
    return office


TABLES = [
    ["search", "-n", "-1"],
    ["contacts", "list", "-n", "-1"],
    ["show", "long"],
    ["show", "wide"],
    ["history"],
    ["history", "wide"],
    ["cycles", "show", "web-registration"],
    ["cycles", "list", "--all"],
    ["aliases", "list"],
    ["users", "list", "--all"],
    ["users", "show", "tom"],
    ["next"],
]


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("words", TABLES, ids=" ".join)
def test_no_table_is_wider_than_its_terminal(crowd: Path, words: list[str], columns: int) -> None:
    output = lines(screen(crowd, columns, *words))
    assert len(output) > 2 and max(map(width, output)) <= columns
    assert not UNSEEN.search("\n".join(output))


def test_in_a_pipe_nothing_is_truncated_and_each_row_is_one_line(run: Run, crowd: Path) -> None:
    output = run("contacts", "list", "-n", "-1").stdout
    assert output.count("Bartholomew") == 750 and "…" not in output
    assert len(lines(output)) == len(items(run, "contacts", "list")) + 2


def test_F12_the_command_that_fixes_it_can_be_copied_from_a_narrow_terminal(run: Run, crowd: Path) -> None:
    run("stop", "long", "wide")
    output = lines(screen(crowd, 80, "stranded"))
    assert [line for line in output if "assign" in line] == [
        "  followup assign long referral",
        "  followup assign wide referral",
    ]
    assert lines(screen(crowd, 200, "stranded"))[2].endswith("  followup assign long referral")


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("words", [["contacts", "list"], ["search"], ["history"], ["show", "evil"]], ids=" ".join)
def test_P6_no_format_prints_control_characters_to_a_terminal(crowd: Path, words: list[str], format: str) -> None:
    output = screen(crowd, 200, *words, "--format", format)
    assert "Eve" in output and not UNSEEN.search(output)


@pytest.mark.parametrize(
    "words",
    [
        ["contacts", "add", "--id", "evil", "--name", "Eve", "--no-cycle"],
        ["contacts", "add", "--name", "Eve\u202ered\u2066\u200b", "--no-cycle"],
        ["contacts", "export"],
        ["close", "evil", "won"],
        ["stop", "evil"],
        ["stop", "evil", "evil"],
        ["log", "evil", "inbound", "--title", "Eve\u202e"],
        ["agenda"],
        ["agenda", "--format", "md"],
        ["agenda", "--format", "json"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_P6_messages_contain_no_control_characters(crowd: Path, words: list[str]) -> None:
    output = screen(crowd, 80, *words)
    assert "Eve" in output and not UNSEEN.search(output)


@pytest.mark.usefixtures("crowd")
def test_P6_a_suggested_name_stays_on_its_line(run: Run) -> None:
    result = run("show", "Zed all is wel")
    assert "did you mean" in result.stderr and len(lines(result.stderr)) == 1


SHORT = "cycles: {short: {name: Short, steps: [{id: one, name: One, type: task}]}}\naliases: {short: {name: S, cycle: short}}\n"


def test_P6_notes_with_an_answer_contain_no_control_characters(run: Run, crowd: Path) -> None:
    file = crowd / "cycles" / "short.yaml"
    file.write_text(SHORT)
    assert run("apply", "--yes", user="sue").returncode == 0
    run("assign", "evil", "short")
    (open_,) = items(run, "search", "--contact", "evil", "--status", "scheduled")
    completion = screen(crowd, 80, "complete", str(open_["id"]), "--dry-run")
    assert "has finished the cycle" in completion and not UNSEEN.search(completion)
    run("assign", "evil", "wide", "hold")
    file.unlink()
    assert run("apply", "--yes", user="sue").returncode == 0
    undo = screen(crowd, 80, "undo", "--partial")
    assert "was on cycle 'short'" in undo and not UNSEEN.search(undo)


def items(run: Run, *words: str, **how: str) -> list[dict[str, Any]]:
    result = run(*words, "--format", "json", **how)
    body = json.loads(result.stdout)
    assert all(tuple(item) == KEYS[body["schema"].removeprefix("followup/")] for item in body["items"])
    return list(body["items"])


LISTS = {
    "due": "due@1",
    "search": "actions@1",
    "show jane-smith": "actions@1",
    "next": "actions@1",
    "contacts list": "contacts@1",
    "contacts show jane-smith": "contacts@1",
    "history": "history@1",
    "cycles list": "cycles@1",
    "cycles show web-registration": "steps@1",
    "aliases list": "aliases@1",
    "aliases show hold": "aliases@1",
    "users list": "users@1",
    "users show tom": "users@1",
}


@pytest.mark.parametrize("words", LISTS)
def test_items_and_csv_rows_have_the_documented_keys(run: Run, words: str) -> None:
    assert items(run, *words.split())
    result = run(*words.split(), "--format", "csv")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0].split(",") == list(KEYS[LISTS[words]])
    assert json.loads(run(*words.split(), "--format", "json").stdout)["schema"] == f"followup/{LISTS[words]}"


@pytest.mark.parametrize("words", ["due --type tour", "search nobody", "contacts list nobody", "stranded"])
def test_a_csv_without_rows_has_a_header(run: Run, words: str) -> None:
    output = run(*words.split(), "--format", "csv").stdout.splitlines()
    assert len(output) == 1 and "," in output[0]
    assert run(*words.split(), "--format", "json").stdout.split() == [
        *f'{{"schema": "followup/{schema_of(words)}", "items": ['.split(),
        "]}",
    ]


def schema_of(words: str) -> str:
    return {"due": "due@1", "search": "actions@1", "contacts": "contacts@1", "history": "history@1"}.get(
        words.split()[0], "stranded@1"
    )


def test_stranded_items_have_the_documented_keys(run: Run) -> None:
    run("stop", "li-wei")
    (item,) = items(run, "stranded")
    assert item["mend"].startswith("followup assign li-wei")


def test_the_agendas_of_all_users_are_one_document(run: Run, office: Path) -> None:
    agendas = items(run, "agenda", "--all-users", user="sue")
    assert [item["user"] for item in agendas] == ["anne", "max", "pat", "sue", "tom"]
    assert [item["user"] for item in items(run, "agenda")] == ["tom"]
    assert run("agenda", "--out", "day", "--format", "json", user="sue").returncode == 0
    for item in agendas:
        assert json.loads((office / "day" / f"{item['user']}.json").read_text())["items"] == [item]


def import_people(run: Run, office: Path, most: int) -> None:
    (office / "more.csv").write_text("id,name\n" + "".join(f"p{n},Person {n}\n" for n in range(most)))
    assert run("contacts", "import", "more.csv", "--cycle", "referral", "--owner", "tom", user="sue").returncode == 0


def test_scripts_get_all_rows_and_a_truncated_table_says_so(run: Run, office: Path) -> None:
    import_people(run, office, 130)
    for words, total in ((["contacts", "list"], 151 + 4), (["search", "--status", "scheduled"], None)):
        rows = items(run, *words)
        total = len(rows)
        assert total > 130
        assert len(lines(run(*words, "--format", "csv").stdout)) == total + 1
        assert len(items(run, *words, "-n", "7")) == 7
        table = run(*words)
        assert len(lines(table.stdout)) == 100 + 2
        assert table.stderr == f"followup: showing 100 of {total}: -n -1 shows all\n"
        assert run(*words, "-n", "7").stderr == f"followup: showing 7 of {total}: -n -1 shows all\n"
        assert run(*words, "-n", str(total)).stderr == run(*words, "--format", "csv", "-n", "7").stderr == ""


def test_the_history_ends_with_the_newest_events_and_a_limit_keeps_those(run: Run) -> None:
    run("attempt", "2", "--note", "busy")
    run("complete", "2", "--outcome", "reached", "--note", "asked about parking")
    everything = items(run, "history")
    assert items(run, "history", "-n", "2") == everything[-2:]
    assert items(run, "history", "jane-smith", "-n", "2") == items(run, "history", "jane-smith")[-2:]
    assert items(run, "history", "--change", "3") == [item for item in everything if item["change"] == 3]
    assert items(run, "history", "jane-smith", "--change", "4") == everything[-1:]
    assert "2 Welcome call, reached, asked about parking" in run("show", "jane-smith").stdout
    output = lines(run("history", "-n", "2").stdout)
    assert output[0].split() == ["change", "at", "by", "subject", "what", "details"]
    assert [line.split("  ")[-1] for line in output[2:]] == ["2, busy", "2, reached, asked about parking"]
    assert "subject" not in run("history", "jane-smith").stdout
    run("stop", "jane-smith", "li-wei", "grace-kim")
    everything = items(run, "history")
    assert all(items(run, "history", "-n", str(n)) == everything[-n:] for n in (3, 5))


def test_P7_attempts_are_counted_and_searchable(run: Run) -> None:
    assert "tried" not in run("show", "jane-smith").stdout
    run("attempt", "2", "--note", "a Párrot answered")
    run("attempt", "2")
    assert re.search(r"^2 +2026-05-04 +2 +call", run("show", "jane-smith").stdout, re.M)
    assert re.search(r"^2 +2026-05-04 +scheduled +2 +call", run("search", "--contact", "jane-smith").stdout, re.M)
    assert [item["id"] for item in items(run, "search", "parrot")] == [2]
    run("schedule", "task", "--title", "Ring the printer")
    (task,) = items(run, "search", "printer")
    run("attempt", str(task["id"]), "--note", "closed on Mondays")
    assert items(run, "search", "mondays") == items(run, "search", "printer")


def test_F15_lists_mark_inactive_items(run: Run, office: Path) -> None:
    (office / "cycles" / "old.yaml").write_text("aliases: {old: {name: Old, cycle: null, active: false}}\n")
    assert run("apply", "--yes", user="sue").returncode == 0
    output = run("aliases", "list", "--all").stdout
    assert (
        "active" in lines(output)[0]
        and re.search(r"^old .* no$", output, re.M)
        and re.search(r"^hold .* yes$", output, re.M)
    )
    assert "active" not in run("aliases", "list").stdout
    for kind in ("cycles", "users"):
        assert lines(run(kind, "list", "--all").stdout)[0].endswith("active")


def test_F1_action_types_are_shown_by_the_names_that_the_office_gave_them(run: Run, office: Path) -> None:
    (office / "cycles" / "types.yaml").write_text("action_types: {call: Ring, visit: House visit}\n")
    assert run("apply", "--yes", user="sue").returncode == 0
    (row,) = answer(run, "schedule", "jane-smith", "visit", "--title", "Keys")["scheduled"]
    assert row["type"] == "visit"
    for words in ("search", "show jane-smith", "agenda", "agenda --format md", "cycles show web-registration"):
        assert "Ring" in run(*words.split()).stdout, words
    for words in ("search", "show jane-smith", "agenda", "cycles show web-registration"):
        assert "Ring" not in run(*words.split(), "--format", "json").stdout, words
    assert "House visit" in run("show", "jane-smith").stdout
    assert "(Ring, " in run("complete", "2", "--then", "call", "+2d").stdout


def answer(run: Run, *words: str) -> dict[str, Any]:
    return dict(json.loads(run(*words, "--format", "json").stdout))


def test_F8_a_hold_is_listed_with_its_duration(run: Run) -> None:
    later = "2026-08-04T09:00"
    run("assign", "li-wei", "hold")
    assert re.search(r"^li-wei .* on-hold, 92d ", run("contacts", "list", now=later).stdout, re.M)
    assert "on hold for 92 days (since 2026-05-04)" in run("show", "li-wei", now=later).stdout
    (item,) = items(run, "contacts", "show", "li-wei", now=later)
    assert item["cycle"] == "on-hold" and item["cycle_since"] == "2026-05-04"


DOCS = (ROOT / "docs" / "commands.md").read_text()


def section_of_the_docs(name: str) -> str:
    return DOCS.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0].strip()


def commands() -> Iterator[tuple[str, str]]:
    """Every command with its one-line help."""
    root = typer.main.get_command(app)
    for name in COMMANDS:
        command = root.get_command(None, name)  # type: ignore[attr-defined]
        for each, subcommand in getattr(command, "commands", {"": command}).items():
            yield f"{name} {each}".strip(), subcommand.get_short_help_str(200)


def test_the_docs_list_every_command_with_its_help() -> None:
    rows = (f"| `{name}` | {line} |" for name, line in commands())
    assert section_of_the_docs("commands") == "\n".join(("| command | |", "| --- | --- |", *rows))


def test_the_docs_list_the_keys_of_every_item() -> None:
    rows = (f"| `{schema}` | {', '.join(f'`{key}`' for key in keys)} |" for schema, keys in KEYS.items())
    assert section_of_the_docs("items") == "\n".join(("| schema | keys |", "| --- | --- |", *rows))


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("words", [["due"], ["due", "--by", "type"], ["due", "--all-users"]], ids=" ".join)
def test_the_due_list_is_no_wider_than_its_terminal(crowd: Path, words: list[str], columns: int) -> None:
    output = lines(screen(crowd, columns, *words))
    assert "Bartholomew" in str(output) and max(map(width, output)) <= columns
    assert not UNSEEN.search("\n".join(output))
    assert not UNSEEN.search(screen(crowd, columns, "due", "--format", "csv"))


def test_the_due_list_shows_attempts_and_the_offices_type_names(run: Run, office: Path) -> None:
    assert "tried" not in run("due").stdout
    run("attempt", "2")
    (office / "cycles" / "types.yaml").write_text("action_types: {call: Ring}\n")
    assert run("apply", "--yes", user="sue").returncode == 0
    assert re.search(r"^2 +2026-05-04 +1 +Ring ", run("due").stdout, re.M)
    assert re.search(r"^Ring \(\d+\)$", run("due", "--by", "type").stdout, re.M)
    assert {item["type"] for item in items(run, "due", "--type", "ring")} == {"call"}
