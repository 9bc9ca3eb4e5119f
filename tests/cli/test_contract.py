"""What every command promises to scripts, terminals and pipes, tested for each command.

A command that is missing from WORDS fails the first test, so the other tests cover all of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import typer

from followup.app.deciding import for_contacts
from followup.cli.root import COMMANDS, GROUPS, app
from followup.core import wishes
from followup.store.opening import open_store
from tests.conftest import NOW
from tests.forking import server
from tests.sessions import session_in
from tests.store.faults import STRACE, failing, one_line, people, run_command

#: command -> arguments that give it something to do in the prepared office, for the user sue
WORDS = {
    "due": ["--user-of", "tom"],
    "complete": ["2"],
    "attempt": ["2", "--note", "rang twice"],
    "no-show": ["2", "--reason", "ill"],
    "reschedule": ["2", "tomorrow"],
    "skip": ["2"],
    "cancel": ["3"],
    "schedule": ["li-wei", "call", "tomorrow", "--title", "Ring them"],
    "log": ["li-wei", "inbound", "--channel", "call"],
    "assign": ["jane-smith", "toured"],
    "stop": ["jane-smith"],
    "close": ["jane-smith", "lost"],
    "next": ["jane-smith"],
    "show": ["jane-smith"],
    "search": ["call"],
    "undo": [],
    "history": ["jane-smith"],
    "stranded": [],
    "agenda": ["--all-users"],
    "contacts add": ["--name", "Ada", "--owner", "tom", "--cycle", "referral"],
    "contacts list": [],
    "contacts show": ["jane-smith"],
    "contacts export": [],
    "contacts set": ["jane-smith", "--phone", "555 0100"],
    "contacts transfer": ["jane-smith", "--owner", "anne", "--property", "beachside"],
    "contacts remove": ["jane-smith", "--yes"],
    "contacts import": ["more.csv", "--cycle", "referral", "-q"],
    "init": ["new"],
    "validate": [],
    "diff": [],
    "apply": ["--yes"],
    "test": [],
    "simulate": ["--a-week", "1", "--until", "+1w"],
    "forecast": [],
    "explain": ["2"],
    "catalog versions": [],
    "catalog show": [],
    "cycles list": [],
    "cycles show": ["future-prospect"],
    "cycles graph": ["--live"],
    "aliases list": [],
    "aliases show": ["toured"],
    "users list": [],
    "users show": ["tom"],
    "store create": ["--store", "sqlite:///other.db"],
    "store upgrade": [],
    "store copy": ["sqlite:///followup.db", "csv:copied"],
    "doctor": [],
    "backup": ["copy.db"],
    "restore": ["monday.backup", "--store", "sqlite:///restored.db"],
}


@cache
def commands() -> dict[str, Any]:
    """Every command by its full name, including those in groups."""
    root: Any = typer.main.get_command(app)
    by_name = {}
    for name in COMMANDS:
        command = root.get_command(None, name)
        members = {f"{name} {member}": sub for member, sub in command.commands.items()} if name in GROUPS else {}
        by_name |= members or {name: command}
    return by_name


WRITERS = sorted(name for name, command in commands().items() if any("--dry-run" in p.opts for p in command.params))


def harmless(name: str) -> list[str]:
    """The arguments of a command that must not change anything: with --dry-run if it has that option."""
    return [*name.split(), *WORDS[name], *(["--dry-run"] if name in WRITERS else [])]


@pytest.fixture(scope="module")
def prepared(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office with something to undo, apply and import."""
    folder = Path(shutil.copytree(sample, tmp_path_factory.mktemp("prepared") / "demo"))
    run_command("assign", "li-wei", "toured", cwd=folder)
    run_command("backup", "monday.backup", cwd=folder)
    file = folder / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("name: Future Prospect", "name: Later on"))
    people(folder, "more.csv", 3)
    return folder


@pytest.fixture
def prepared_copy(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(prepared, tmp_path / "demo"))


#: for `prefix`: closes stdin
WITHOUT_STDIN = ("sh", "-c", 'exec "$@" <&-', "sh")


@cache
def without_network() -> tuple[str, ...]:
    """For `prefix`: disables the network, or makes each socket call fail. In CI one of them must be possible."""
    for prefix in (("unshare", "-n"), ("unshare", "-rn")):
        if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix
    return failing("socket", "error=EACCES", "1+") if STRACE or "CI" in os.environ else ()


def test_every_command_is_covered_by_these_tests() -> None:
    assert commands().keys() == WORDS.keys()


def _run_isolated(words: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run without stdin and network; from a server that has neither, if the machine can disable the network."""
    prefix = without_network()
    if prefix[:1] != ("unshare",):
        return run_command(*words, cwd=cwd, prefix=(*prefix, *WITHOUT_STDIN), env=env)
    full = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": NOW, **env}
    return server(prefix).run(words, cwd, full, closed=(0,))


@pytest.mark.parametrize("name", WORDS)
def test_commands_work_without_stdin_or_network_and_reading_changes_nothing(name: str, prepared_copy: Path) -> None:
    before = (prepared_copy / "followup.db").read_bytes()
    plain = {"LC_ALL": "C", "COLUMNS": "40", "NO_COLOR": "1"}
    result = _run_isolated(harmless(name), prepared_copy, plain)
    assert (result.returncode, result.stderr) == (0, "")
    assert name not in WRITERS or "would " in result.stdout
    assert (prepared_copy / "followup.db").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_without_dry_run_a_command_makes_the_change(name: str, prepared_copy: Path) -> None:
    before = (prepared_copy / "followup.db").read_bytes()
    result = run_command(*name.split(), *WORDS[name], cwd=prepared_copy)
    assert (result.returncode, result.stderr) == (0, "") and "would " not in result.stdout
    assert (prepared_copy / "followup.db").read_bytes() != before


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_output_that_cannot_be_written_is_a_one_line_error_with_exit_73(name: str, prepared_copy: Path) -> None:
    with open("/dev/full", "w") as full:
        result = run_command(*harmless(name), cwd=prepared_copy, stdout=full)
    assert result.returncode == 73 and one_line(result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_a_closed_pipe_is_not_an_error(name: str, prepared_copy: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = run_command(*harmless(name), cwd=prepared_copy, stdout=writer)
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("argument", ["Eve\x1b[31m", "Eve\x9b31m", "Eve\x7f", "Eve\udcff"], ids=ascii)
def test_P6_arguments_with_control_characters_or_invalid_utf8_are_refused(argument: str, prepared_copy: Path) -> None:
    before = (prepared_copy / "followup.db").read_bytes()
    result = run_command("contacts", "add", "--name", argument, "--cycle", "referral", cwd=prepared_copy)
    assert result.returncode == 65 and one_line(result.stderr)
    assert (prepared_copy / "followup.db").read_bytes() == before


#: hostile values for a name, a title, a phone number or a note
HOSTILE = {
    "ansi": "Eve\x1b[31mred\x1b[0m",
    "osc": "Osc\x1b]0;pwned\x07end",
    "c1": "C1\x9b31m csi\x85nel\x7f",
    "bidi": "Rtl\u202egnp.exe\u2066",
    "zero": "Zero\u200bwidth\u2060\ufeff",
    "lines": "Two\nlines\r\nhere\u2028and\u2029there\tand tab",
    "formula": "=HYPERLINK(1)",
    "plus": "+1|cmd",
    "wide": "\uff1d1+1",
    "markup": "<script>x</script> [a](http://b) *b* `c` | # &lt; ~~d~~",
    "token": "{{contact.name}} {% x %} %s {0} \\",
    "long": "x" * 10_000,
}
ON_A_TERMINAL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.fixture(scope="module")
def hostile_office(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose contacts have these values in every field, saved without the command line, which refuses some."""
    folder = Path(shutil.copytree(sample, tmp_path_factory.mktemp("besieged") / "demo"))
    store = open_store(f"sqlite:///{folder / 'followup.db'}")
    session = session_in(store, 1_777_910_400, "sue", "test")  # 2026-05-04 16:00 UTC
    for id, evil in HOSTILE.items():
        fields = dict.fromkeys(("name", "first_name", "last_name", "email", "phone", "source"), evil)
        add = wishes.Add({**fields, "owner": "tom", "stage": "lead"}, wishes.Choice("web-registration"))
        task = wishes.Schedule("call", None, evil, "tom", evil)
        stop = wishes.Stop()
        for wish in (add, task) if id != "c1" else (add, stop):
            (contact,) = for_contacts(session, [(id, wish)]).done
            assert contact == id
    store.close()
    return folder


def output_of(office: Path, *words: str, user: str = "sue") -> str:
    result = run_command(*words, cwd=office, user=user)
    assert result.returncode in (0, 1, 4, 5) and "Traceback" not in result.stderr, result.stderr
    return result.stdout + result.stderr


def control_characters(text: str, kinds: set[str]) -> set[str]:
    return {ascii(c) for c in text if c != "\n" and category(c) in kinds}


#: into a pipe, Typer itself strips "\x1b[31m"; each of these also prints something that it doesn't strip
TERMINAL = (
    ["due", "--user-of", "tom", "--by", "type"],
    ["contacts", "list", "--limit", "-1"],
    ["history"],
    ["stranded"],
    ["agenda", "--user", "tom"],
    ["agenda", "--user", "tom", "--format", "md"],
    ["show", "osc"],
    ["close", "osc", "won", "--dry-run"],
)
TERMINAL_TOO = (
    ["search", "--limit", "-1"],
    ["due", "--all-users"],
    ["next", "osc"],
    ["assign", "osc", "c1", "referral", "--dry-run"],
    ["contacts", "add", "--id", "osc", "--name", "Olga", "--no-owner", "--no-cycle"],
    ["due", "--user-of", "tom", "--format", "json"],
    ["search", "--format", "jsonl"],
    ["history", "--format", "json"],
    ["assign", "osc", "c1", "referral", "--dry-run", "--format", "json"],
    ["agenda", "--user", "tom", "--format", "json"],
)


@pytest.mark.parametrize(
    "words", [*TERMINAL, *(pytest.param(words, marks=pytest.mark.slow) for words in TERMINAL_TOO)], ids=" ".join
)
def test_P6_contact_values_never_reach_a_terminal_as_control_characters(words: list[str], hostile_office: Path) -> None:
    text = output_of(hostile_office, *words)
    assert any(part in text for part in ("Eve", "Osc", "C1", "osc")), text
    assert control_characters(text, ON_A_TERMINAL) == set()


def test_P6_json_preserves_the_exact_values(hostile_office: Path) -> None:
    items = json.loads(output_of(hostile_office, "contacts", "list", "--format", "json"))["items"]
    assert {item["id"]: item["name"] for item in items if item["id"] in HOSTILE} == HOSTILE


@pytest.mark.parametrize(
    "words", [["contacts", "export"], ["due", "--user-of", "tom", "--format", "csv"]], ids=" ".join
)
def test_P6_contact_values_are_never_formulas_or_control_characters_in_csv(
    words: list[str], hostile_office: Path
) -> None:
    text = output_of(hostile_office, *words)
    assert control_characters(text.replace("\t", ""), {"Cc"}) == set()
    header, *rows = csv.reader(io.StringIO(text))
    assert {len(row) for row in rows} == {len(header)}
    cells = {cell for row in rows for cell in row}
    assert {"'=HYPERLINK(1)", "'+1|cmd", "'\uff1d1+1", "Eve[31mred[0m"} <= cells
    assert not [
        cell for cell in cells if re.match(r"[=+\-@\t\r\uff1d]", cell) and not re.fullmatch(r"[+-][\d ]+", cell)
    ]


def test_P6_contact_values_are_never_markup_in_the_markdown_agenda(hostile_office: Path) -> None:
    text = output_of(hostile_office, "agenda", "--user", "tom", "--format", "md")
    lines = [line for line in text.splitlines() if line and not line.startswith(("# ", "## "))]
    rows = [re.fullmatch(r"- \[ \] `\d+` (.*)", line) for line in lines[1:]]
    assert len(rows) > 10 and all(rows)
    bare = [re.sub(r"\\[!-/:-@\[-`{-~]", "", row[1]) for row in rows if row]
    assert not [text for text in bare if re.search(r"[<>*_`\[\]|#~&\\]", text)]
