"""How the command behaves at its edges: what is closed, unreadable, in the way, or asked at a terminal."""

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
    """`followup` in a shell's own words, for what only a shell can do to a command."""
    script = line.replace("followup", f"{sys.executable} -m followup")
    return subprocess.run(["sh", "-c", script], cwd=office, env=ENV, capture_output=True, text=True, timeout=60)


def at_terminal(office: Path, words: list[str], *answers: str) -> tuple[int, str]:
    """The exit code and all that a terminal showed, of a command that is given an answer at each prompt."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "followup", *words],
        cwd=office,
        env=ENV,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # ctrl-C needs a terminal of its own
    )
    os.close(slave)
    shown, waiting, answer, silent = b"", list(answers), b"", 0
    try:
        while True:
            if not select.select([master], [], [], 2)[0]:
                silent += 1
                if silent > 20:
                    process.kill()
                    pytest.fail(f"it waits for more than {answers}, after {shown.decode()!r}")
                os.write(master, answer)  # what is typed before a prompt listens is thrown away: once more
                continue
            shown += os.read(master, 4096)
            if shown.endswith(b": ") and waiting:
                answer = waiting.pop(0).encode()
                os.write(master, answer)
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return process.wait(timeout=60), shown.decode()


@pytest.mark.parametrize("line", ["followup due >&-", "followup due <&-", "followup complete 2 <&- >&- 2>&-"])
def test_a_closed_stream_reads_and_writes_nothing(office: Path, line: str) -> None:
    told = shell(office, line)
    assert (told.returncode, told.stderr) == (0, "")


def test_an_answer_that_cannot_be_written_does_not_say_that_nothing_was_done(office: Path, run: Run) -> None:
    told = shell(office, "followup complete 2 >/dev/full")
    assert told.returncode == 73
    assert told.stderr.startswith("followup: can't write: No space left on device; the change may have been saved")
    assert run("complete", "2").returncode == 5


FULL = ("complete 28", "due", "complete 2 --outcome nonsense", "nonsense", "complete --nonsense", "stranded", "apply")


@pytest.mark.parametrize("words", FULL)
@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", "2>/dev/full"])
def test_an_error_that_cannot_be_printed_leaves_with_73(office: Path, words: str, streams: str) -> None:
    """Never with 1, which is "found something"; 0 and 1 are left to what has nothing to say on stderr."""
    assert shell(office, "followup complete 28").returncode == 0
    plain = shell(office, f"followup {words}")
    told = shell(office, f"followup {words} {streams}")
    assert told.returncode == (73 if plain.stderr or "/dev/full 2" in streams else plain.returncode)


def test_an_error_whose_reader_has_gone_away_keeps_its_exit_code(office: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "followup", "nonsense"]
    assert subprocess.run(words, cwd=office, env=ENV, stderr=writer, stdout=writer).returncode == 2
    os.close(writer)


def test_a_name_that_the_terminal_cannot_show_is_escaped(office: Path) -> None:
    told = shell(office, "PYTHONIOENCODING=latin-1 followup contacts add --name 李 --id li --no-cycle")
    assert told.stdout.startswith("added \\u674e (li)")


def test_words_that_are_not_utf8_are_refused_before_anything_is_done(office: Path) -> None:
    told = shell(office, r"followup complete 2 --note \"$(printf 'caf\351')\"")
    assert (told.returncode, told.stderr) == (65, 'followup: an argument isn\'t UTF-8: "caf\\udce9"\n')


def test_an_unknown_command_names_the_nearest(run: Run) -> None:
    told = run("complet", "2")
    assert (told.returncode, told.stderr) == (
        2,
        "followup: unknown command 'complet'; did you mean 'complete' or 'close'?\n",
    )


def test_an_option_of_the_root_without_its_value_says_so(run: Run) -> None:
    told = run("due", "--now")
    assert (told.returncode, told.stderr) == (2, "followup: --now needs a value\n")


def test_init_overwrites_no_office_that_is_there_already(office: Path) -> None:
    before = (office / "followup.db").read_bytes()
    url = f"sqlite:///{office}/followup.db"
    for words, env in (([], {"FOLLOWUP_STORE": url}), (["--store", url], {})):
        told = command("init", "fresh", *words, cwd=office.parent, **env)
        assert told.returncode == 73 and "already has an office. Nothing changed." in told.stderr
    assert (office / "followup.db").read_bytes() == before and not (office.parent / "fresh").exists()


def test_init_takes_up_a_catalog_that_is_there_and_starts_again_what_was_stopped(office: Path, tmp_path: Path) -> None:
    clone = Path(shutil.copytree(office, tmp_path / "clone", ignore=shutil.ignore_patterns("*.db", ".followup")))
    (clone / "cycles" / "bad.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowere}}\n")
    told = command("init", "clone", cwd=tmp_path)
    assert told.returncode == 3 and "1 error: fix them and run `followup init` again" in told.stderr
    assert not (clone / "followup.db").exists()
    (clone / "cycles" / "bad.yaml").write_text("sources: {fair: Fair}\n")
    told = command("init", "clone", cwd=tmp_path)
    assert told.returncode == 0 and told.stdout.count("\n") == 1, "nobody is invited to be a rep of somebody's office"
    assert "1 " in command("catalog", "versions", cwd=clone, user="sue").stdout
    assert command("contacts", "list", cwd=clone, user="sue").stdout == "No contacts match.\n"
    assert command("init", "clone", cwd=tmp_path).returncode == 73


def test_init_keeps_the_store_that_was_named(tmp_path: Path) -> None:
    told = command("init", "fresh", "--store", f"sqlite:///{tmp_path}/elsewhere.db", cwd=tmp_path)
    assert told.returncode == 0 and "elsewhere.db" in told.stdout
    assert "Jane Smith" in command("due", cwd=tmp_path / "fresh").stdout
    assert (tmp_path / "elsewhere.db").exists() and not (tmp_path / "fresh" / "followup.db").exists()


def test_init_reads_now_in_the_offices_zone(office: Path) -> None:
    told = command("history", "--change", "1", "--format", "json", cwd=office, user="sue").stdout
    assert json.loads(told)["items"][0]["at"] == "2026-05-04T16:00:00Z"


def test_quiet_says_nothing_when_all_is_well(run: Run, office: Path) -> None:
    for words in (
        ["complete", "2"], ["assign", "li-wei", "toured"], ["undo"], ["backup", "copy.db"], ["doctor"], ["apply"],
        ["stranded"],
    ):  # fmt: skip
        told = run(*words, "--quiet", user="sue")
        assert (told.returncode, told.stdout) == (0, ""), words
    assert run("complete", "2", "--quiet").returncode == 5


def test_a_backup_that_cannot_be_written_names_its_place_and_spoils_nothing(run: Run, office: Path) -> None:
    (office / "copy.part").write_text("mine")
    told = run("backup", "nowhere/copy", user="sue")
    assert told.returncode == 73 and "nowhere" in told.stderr
    assert run("backup", "copy", user="sue").returncode == 0
    assert (office / "copy.part").read_text() == "mine"
    assert not [name for name in os.listdir(office) if name.endswith(".part") and name != "copy.part"]


def test_F10_at_a_terminal_the_aliases_are_offered_until_one_is_chosen(office: Path, run: Run) -> None:
    code, shown = at_terminal(office, ["complete", "2"], "nonsense\n", "Not Interested\n")
    assert code == 0 and "unknown alias 'nonsense'" in shown and "Next cycle?" in shown
    assert json.loads(run("next", "jane-smith", "--format", "json").stdout)["items"][0]["cycle"] == "future-prospect"


def test_F10_at_a_terminal_a_number_chooses_and_nothing_carries_on(office: Path, run: Run) -> None:
    code, shown = at_terminal(office, ["complete", "2"], "\n")
    assert code == 0 and "  1  " in shown and "cancelled" not in shown
    assert run("undo").returncode == 0
    code, shown = at_terminal(office, ["complete", "2"], "1\n")
    assert code == 0 and "cancelled 3, 4" in shown


@pytest.mark.parametrize("typed", ["\x03", "\x04", "n\n", "\n", "yes, no\n"])
@pytest.mark.parametrize(
    "words", [["contacts", "remove", "li-wei", "--user", "sue"], ["apply", "--user", "sue"]], ids=" ".join
)
def test_a_no_at_a_prompt_says_that_nothing_changed_and_leaves_with_130(
    office: Path, run: Run, words: list[str], typed: str
) -> None:
    (office / "cycles" / "new.yaml").write_text("sources: {fair: Trade fair}\n")
    before = (office / "followup.db").read_bytes()
    code, shown = at_terminal(office, words, typed)
    assert code == 130 and shown.endswith("\nNothing changed.\r\n") and shown.count("Nothing changed.") == 1
    assert (office / "followup.db").read_bytes() == before


@pytest.mark.parametrize("typed", ["\x03", "\x04"])
def test_F10_leaving_the_menu_of_aliases_says_that_nothing_changed(office: Path, run: Run, typed: str) -> None:
    code, shown = at_terminal(office, ["complete", "2"], typed)
    assert code == 130 and shown.endswith("\nNothing changed.\r\n")
    assert run("complete", "2").returncode == 0


def test_F17_what_is_refused_is_not_asked_about_first(office: Path) -> None:
    code, shown = at_terminal(office, ["contacts", "remove", "li-wei"])
    assert code == 4 and "Remove" not in shown and "remove-contacts" in shown


def test_every_question_to_a_person_is_asked_in_one_place() -> None:
    askers = ("typer.prompt", "typer.confirm", "input(", "getpass")
    asking = {path.name for path in (ROOT / "followup").rglob("*.py") if any(x in path.read_text() for x in askers)}
    assert asking == {"prompt.py"}


def test_where_nobody_can_be_asked_the_option_is_named(office: Path) -> None:
    told = shell(office, "followup contacts remove li-wei --user sue </dev/null")
    assert told.returncode == 2 and "can't ask for confirmation here: run it again with --yes" in told.stderr


def test_F12_what_nobody_holds_is_stranded(run: Run) -> None:
    assert run("contacts", "set", "li-wei", "--clear", "owner", user="sue").returncode == 0
    told = run("stranded", "--format", "json", user="sue")
    (item,) = json.loads(told.stdout)["items"]
    assert (told.returncode, item["contact"], item["mend"]) == (
        1,
        "li-wei",
        "followup contacts set li-wei --owner USER",
    )
    assert item["why"] == "the next action belongs to an inactive user"


def test_T1_each_list_reaches_as_far_as_its_owners_day(run: Run, office: Path) -> None:
    (office / "cycles" / "kim.yaml").write_text(
        "users: {kim: {name: Kim, role: sales-exec, manager: max, zone: Australia/Sydney}}\n"
    )
    assert run("apply", "--yes", user="sue").returncode == 0
    assert run("schedule", "task", "2026-05-05", "--title", "Keys", "--owner", "kim", user="sue").returncode == 0
    evening = {"now": "2026-05-04T18:00", "user": "sue"}  # the fifth, in Sydney
    for words in (["--user-of", "kim"], ["--all-users"]):
        assert "Keys" in run("due", *words, **evening).stdout
    assert run("due", "--user-of", "kim", now="2026-05-07T18:00", user="sue").stdout.splitlines()[2].split()[2] == "3d"


def test_P5_an_office_can_show_what_is_timed_at_its_moment(run: Run, office: Path) -> None:
    file = office / "cycles" / "office.yaml"
    file.write_text(file.read_text().replace("office:\n", "office:\n  show: moment\n", 1))
    assert run("apply", "--yes", user="sue").returncode == 0
    run("schedule", "task", "today 17:00", "--title", "Keys")
    assert "Keys" not in run("due", now="2026-05-04T16:59").stdout
    assert "Keys" in run("due", now="2026-05-04T17:00").stdout
    assert "Keys" in run("due", "--upcoming", "0d", now="2026-05-04T09:00").stdout


def test_a_cycle_named_where_an_alias_is_meant_tells_its_aliases(run: Run) -> None:
    told = run("assign", "li-wei", "future-prospect")
    assert told.returncode == 66 and "choose an alias instead (not-interested" in told.stderr


def test_a_short_list_is_told_whole_where_a_word_is_in_none_of_it(run: Run) -> None:
    told = run("no-show", "2", "--reason", "xyzzy")
    assert told.returncode == 66 and "unknown no show reason 'xyzzy': " in told.stderr and "unknown" in told.stderr


def test_F21_what_stays_open_is_listed_at_closing(run: Run) -> None:
    run("schedule", "jane-smith", "task", "--title", "Keys", "--owner", "anne", user="sue")
    for more in (["--dry-run"], []):
        told = run("close", "jane-smith", "won", *more)
        (line,) = told.stderr.splitlines()
        assert "still open" in line and "Keys" in line
