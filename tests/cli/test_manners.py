"""How commands behave at the edges: closed streams, unreadable input, existing files, and prompts at a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.conftest import NOW, ROOT, Run, command

ENV = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}


def shell(office: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run `followup` in a shell script, for what only a shell can do to a command."""
    script = line.replace("followup", f"{sys.executable} -m followup")
    return subprocess.run(["sh", "-c", script], cwd=office, env=ENV, capture_output=True, text=True, timeout=60)


def at_terminal(office: Path, words: list[str], *answers: str) -> tuple[int, str]:
    """Run a command at a terminal, with an answer to each prompt; return its exit code and all that it showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "followup", *words],
        cwd=office,
        env=ENV,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # Ctrl-C needs a controlling terminal
    )
    os.close(slave)
    screen, waiting, answer, silent = b"", list(answers), b"", 0
    try:
        while True:
            if not select.select([master], [], [], 2)[0]:
                silent += 1
                if silent > 20:
                    process.kill()
                    pytest.fail(f"it waits for more than {answers}, after {screen.decode()!r}")
                os.write(master, answer)  # input typed before the prompt is ready is discarded: type it again
                continue
            screen += os.read(master, 4096)
            if screen.endswith(b": ") and waiting:
                answer = waiting.pop(0).encode()
                os.write(master, answer)
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return process.wait(timeout=60), screen.decode()


@pytest.mark.parametrize("line", ["followup due >&-", "followup due <&-", "followup complete 2 <&- >&- 2>&-"])
def test_commands_work_with_closed_streams(office: Path, line: str) -> None:
    result = shell(office, line)
    assert (result.returncode, result.stderr) == (0, "")


def test_an_unwritable_answer_says_that_the_change_may_have_been_saved(office: Path, run: Run) -> None:
    result = shell(office, "followup complete 2 >/dev/full")
    assert result.returncode == 73
    assert result.stderr.startswith("followup: can't write: No space left on device; the change may have been saved")
    assert run("complete", "2").returncode == 5


FULL = ("complete 28", "due", "complete 2 --outcome nonsense", "nonsense", "complete --nonsense", "stranded", "apply")


@pytest.mark.parametrize("words", FULL)
@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", "2>/dev/full"])
def test_an_error_that_cannot_be_printed_exits_with_73(office: Path, words: str, streams: str) -> None:
    """Never with 1, which means that a check found something. 0 and 1 remain only if nothing goes to stderr."""
    assert shell(office, "followup complete 28").returncode == 0
    plain = shell(office, f"followup {words}")
    result = shell(office, f"followup {words} {streams}")
    assert result.returncode == (73 if plain.stderr or "/dev/full 2" in streams else plain.returncode)


def test_an_error_into_a_closed_pipe_keeps_its_exit_code(office: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "followup", "nonsense"]
    assert subprocess.run(words, cwd=office, env=ENV, stderr=writer, stdout=writer).returncode == 2
    os.close(writer)


def test_a_name_that_the_terminal_cannot_show_is_escaped(office: Path) -> None:
    result = shell(office, "PYTHONIOENCODING=latin-1 followup contacts add --name 李 --id li --no-cycle")
    assert result.stdout.startswith("added \\u674e (li)")


def test_arguments_that_are_not_utf8_are_refused_before_anything_changes(office: Path) -> None:
    result = shell(office, r"followup complete 2 --note \"$(printf 'caf\351')\"")
    assert (result.returncode, result.stderr) == (65, 'followup: an argument isn\'t UTF-8: "caf\\udce9"\n')


def test_an_unknown_command_gets_suggestions(run: Run) -> None:
    result = run("complet", "2")
    assert (result.returncode, result.stderr) == (
        2,
        "followup: unknown command 'complet'; did you mean 'complete' or 'close'?\n",
    )


def test_a_global_option_without_a_value_is_an_error(run: Run) -> None:
    result = run("due", "--now")
    assert (result.returncode, result.stderr) == (2, "followup: --now needs a value\n")


def test_init_does_not_overwrite_an_existing_office(office: Path) -> None:
    before = (office / "followup.db").read_bytes()
    url = f"sqlite:///{office}/followup.db"
    for words, env in (([], {"FOLLOWUP_STORE": url}), (["--store", url], {})):
        result = command("init", "fresh", *words, cwd=office.parent, **env)
        assert result.returncode == 73 and "already has an office. Nothing changed." in result.stderr
    assert (office / "followup.db").read_bytes() == before and not (office.parent / "fresh").exists()


def test_init_uses_an_existing_catalog_and_can_be_run_again_after_an_error(office: Path, tmp_path: Path) -> None:
    clone = Path(shutil.copytree(office, tmp_path / "clone", ignore=shutil.ignore_patterns("*.db", ".followup")))
    (clone / "cycles" / "bad.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowere}}\n")
    result = command("init", "clone", cwd=tmp_path)
    assert result.returncode == 3 and "1 error: fix them and run `followup init` again" in result.stderr
    assert not (clone / "followup.db").exists()
    (clone / "cycles" / "bad.yaml").write_text("sources: {fair: Fair}\n")
    result = command("init", "clone", cwd=tmp_path)
    assert result.returncode == 0 and result.stdout.count("\n") == 1, (
        "an existing office gets no hint to act as a sample rep"
    )
    assert "1 " in command("catalog", "versions", cwd=clone, user="sue").stdout
    assert command("contacts", "list", cwd=clone, user="sue").stdout == "No contacts match.\n"
    assert command("init", "clone", cwd=tmp_path).returncode == 73


def test_init_creates_and_remembers_the_given_store(tmp_path: Path) -> None:
    result = command("init", "fresh", "--store", f"sqlite:///{tmp_path}/elsewhere.db", cwd=tmp_path)
    assert result.returncode == 0 and "elsewhere.db" in result.stdout
    assert "Jane Smith" in command("due", cwd=tmp_path / "fresh").stdout
    assert (tmp_path / "elsewhere.db").exists() and not (tmp_path / "fresh" / "followup.db").exists()


def test_init_reads_now_in_the_offices_time_zone(office: Path) -> None:
    output = command("history", "--change", "1", "--format", "json", cwd=office, user="sue").stdout
    assert json.loads(output)["items"][0]["at"] == "2026-05-04T16:00:00Z"


def test_quiet_prints_nothing_on_success(run: Run, office: Path) -> None:
    for words in (
        ["complete", "2"], ["assign", "li-wei", "toured"], ["undo"], ["backup", "copy.db"], ["doctor"], ["apply"],
        ["stranded"],
    ):  # fmt: skip
        result = run(*words, "--quiet", user="sue")
        assert (result.returncode, result.stdout) == (0, ""), words
    assert run("complete", "2", "--quiet").returncode == 5


def test_a_failed_backup_names_its_path_and_leaves_other_files_alone(run: Run, office: Path) -> None:
    (office / "copy.part").write_text("mine")
    result = run("backup", "nowhere/copy", user="sue")
    assert result.returncode == 73 and "nowhere" in result.stderr
    assert run("backup", "copy", user="sue").returncode == 0
    assert (office / "copy.part").read_text() == "mine"
    assert not [name for name in os.listdir(office) if name.endswith(".part") and name != "copy.part"]


def test_F10_at_a_terminal_complete_asks_until_an_alias_is_chosen(office: Path, run: Run) -> None:
    code, screen = at_terminal(office, ["complete", "2"], "nonsense\n", "Not Interested\n")
    assert code == 0 and "unknown alias 'nonsense'" in screen and "Next cycle?" in screen
    assert json.loads(run("next", "jane-smith", "--format", "json").stdout)["items"][0]["cycle"] == "future-prospect"


def test_F10_at_a_terminal_a_number_chooses_an_alias_and_enter_keeps_the_cycle(office: Path, run: Run) -> None:
    code, screen = at_terminal(office, ["complete", "2"], "\n")
    assert code == 0 and "  1  " in screen and "cancelled" not in screen
    assert run("undo").returncode == 0
    code, screen = at_terminal(office, ["complete", "2"], "1\n")
    assert code == 0 and "cancelled 3, 4" in screen


@pytest.mark.parametrize("answer", ["\x03", "\x04", "n\n", "\n", "yes, no\n"])
@pytest.mark.parametrize(
    "words", [["contacts", "remove", "li-wei", "--user", "sue"], ["apply", "--user", "sue"]], ids=" ".join
)
def test_declining_a_prompt_says_that_nothing_changed_and_exits_with_130(
    office: Path, run: Run, words: list[str], answer: str
) -> None:
    (office / "cycles" / "new.yaml").write_text("sources: {fair: Trade fair}\n")
    before = (office / "followup.db").read_bytes()
    code, screen = at_terminal(office, words, answer)
    assert code == 130 and screen.endswith("\nNothing changed.\r\n") and screen.count("Nothing changed.") == 1
    assert (office / "followup.db").read_bytes() == before


@pytest.mark.parametrize("answer", ["\x03", "\x04"])
def test_F10_leaving_the_alias_menu_says_that_nothing_changed(office: Path, run: Run, answer: str) -> None:
    code, screen = at_terminal(office, ["complete", "2"], answer)
    assert code == 130 and screen.endswith("\nNothing changed.\r\n")
    assert run("complete", "2").returncode == 0


def test_F17_a_forbidden_command_is_refused_before_any_prompt(office: Path) -> None:
    code, screen = at_terminal(office, ["contacts", "remove", "li-wei"])
    assert code == 4 and "Remove" not in screen and "remove-contacts" in screen


def test_only_one_module_prompts_the_user() -> None:
    askers = ("typer.prompt", "typer.confirm", "input(", "getpass")
    asking = {path.name for path in (ROOT / "followup").rglob("*.py") if any(x in path.read_text() for x in askers)}
    assert asking == {"prompt.py"}


def test_without_a_terminal_the_error_names_the_option(office: Path) -> None:
    result = shell(office, "followup contacts remove li-wei --user sue </dev/null")
    assert result.returncode == 2 and "can't ask for confirmation here: run it again with --yes" in result.stderr


def test_F12_a_contact_whose_next_action_has_no_owner_is_stranded(run: Run) -> None:
    assert run("contacts", "set", "li-wei", "--clear", "owner", user="sue").returncode == 0
    result = run("stranded", "--format", "json", user="sue")
    (item,) = json.loads(result.stdout)["items"]
    assert (result.returncode, item["contact"], item["mend"]) == (
        1,
        "li-wei",
        "followup contacts set li-wei --owner USER",
    )
    assert item["why"] == "the next action belongs to an inactive user"


def test_T1_each_due_list_ends_with_its_owners_day(run: Run, office: Path) -> None:
    (office / "cycles" / "kim.yaml").write_text(
        "users: {kim: {name: Kim, role: sales-exec, manager: max, zone: Australia/Sydney}}\n"
    )
    assert run("apply", "--yes", user="sue").returncode == 0
    assert run("schedule", "task", "2026-05-05", "--title", "Keys", "--owner", "kim", user="sue").returncode == 0
    evening = {"now": "2026-05-04T18:00", "user": "sue"}  # already May 5 in Sydney
    for words in (["--user-of", "kim"], ["--all-users"]):
        assert "Keys" in run("due", *words, **evening).stdout
    assert run("due", "--user-of", "kim", now="2026-05-07T18:00", user="sue").stdout.splitlines()[2].split()[2] == "3d"


def test_P5_an_office_can_show_timed_actions_only_once_they_are_due(run: Run, office: Path) -> None:
    file = office / "cycles" / "office.yaml"
    file.write_text(file.read_text().replace("office:\n", "office:\n  show: moment\n", 1))
    assert run("apply", "--yes", user="sue").returncode == 0
    run("schedule", "task", "today 17:00", "--title", "Keys")
    assert "Keys" not in run("due", now="2026-05-04T16:59").stdout
    assert "Keys" in run("due", now="2026-05-04T17:00").stdout
    assert "Keys" in run("due", "--upcoming", "0d", now="2026-05-04T09:00").stdout


def test_assigning_a_cycle_id_suggests_its_aliases(run: Run) -> None:
    result = run("assign", "li-wei", "future-prospect")
    assert result.returncode == 66 and "choose an alias instead (not-interested" in result.stderr


def test_an_unknown_reason_lists_all_reasons_if_there_are_few(run: Run) -> None:
    result = run("no-show", "2", "--reason", "xyzzy")
    assert (
        result.returncode == 66 and "unknown no show reason 'xyzzy': " in result.stderr and "unknown" in result.stderr
    )


def test_F21_closing_a_contact_lists_the_actions_that_stay_open(run: Run) -> None:
    run("schedule", "jane-smith", "task", "--title", "Keys", "--owner", "anne", user="sue")
    for more in (["--dry-run"], []):
        result = run("close", "jane-smith", "won", *more)
        (line,) = result.stderr.splitlines()
        assert "still open" in line and "Keys" in line
