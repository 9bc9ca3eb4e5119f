"""F20: what a user may not see is answered like what is not there, by every command, in every store.

Two offices are the same but for one contact, whom the user may not see: here she is Zelda, there he is Ivan. Whatever is
typed about Zelda, both answer the same, in words, files and exit code. PROBES lists what is typed for each command; a
command that is not in it fails the first test.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests.cli.test_contract import commands
from tests.conftest import NOW, Run, command
from tests.servers import as_login, new_schema, schema_of, server_url
from tests.store.conftest import dropped

CATALOG = """
office: {{name: Bluewater, zone: America/Vancouver, working_days: mon-fri, hours: "09:00-17:30"}}
properties: {{bluewater: {{name: Bluewater}}, beachside: {{name: Beachside}}}}
sources: {{web: {{name: Web}}}}
users:
  sue: {{name: Sue Reed, role: administrator, property: bluewater}}
  max: {{name: Max Hill, role: manager}}
  tom: {{name: Tom Brown, role: sales-exec, manager: max, property: bluewater, login: {login}}}
  ann: {{name: Ann Lee, role: sales-exec, property: bluewater}}
  bea: {{name: Bea Cole, role: sales-exec, property: beachside}}
  all: {{name: All Seeing, role: administrator}}
  cle: {{name: Cleo Clerk, role: clerk, manager: max}}
roles: {{clerk: {{name: Clerk, permissions: [generate-fulfillment]}}}}
cycles:
  one: {{name: One, steps: [{{id: s1, type: call, offset: {days} day}}, {{id: s2, type: call, offset: 2 days, loop_to: s1}}]}}
aliases: {{ni: {{name: NI, cycle: one}}}}
"""


class Person(NamedTuple):
    id: str
    name: str
    email: str
    phone: str


ZELDA = Person("zelda-quark", "Zelda Quark", "zelda@quark.example", "+1 604 555 7788")
IVAN = Person("ivan-other", "Ivan Other", "ivan@other.example", "+1 604 555 9911")
#: stand for the numbers of the stranger's open action, of one that is completed, of one that tom had and has completed,
#: and of an open one of tom's own contact
OPEN, DONE, MINE_ONCE, OWN = "OPEN", "DONE", "MINE_ONCE", "OWN"

#: command -> what is typed behind it
PROBES: dict[str, list[list[str]]] = {
    "due": [["--all-users", "--until", "+30d"], ["--user-of", "bea"], ["--user-of", "ann", "--until", "+30d"]]
    + [["--status", "all", "--all-users"], ["--all-users", "-f", "json"]],
    "complete": [[OPEN], [DONE], [MINE_ONCE], [OPEN, DONE, "--cycle", "ni"], [OPEN, "--then", "call", "tomorrow"]]
    + [[OPEN, "--on", "yesterday"], [OPEN, "-f", "json"], [OWN, "--listing", OPEN]],
    "attempt": [[OPEN], [DONE], [MINE_ONCE]],
    "no-show": [[OPEN, "--reason", "ill"], [DONE, "--reason", "ill", "--rebook", "tomorrow"]],
    "reschedule": [[OPEN, "tomorrow"], [DONE, "tomorrow"]],
    "skip": [[OPEN], [DONE], [OPEN, "--on", "yesterday"]],
    "cancel": [[OPEN], [DONE]],
    "schedule": [[who, "call", "tomorrow", "--title", "x"] for who in (*ZELDA, "ZELDA-QUARK", "Zelda Quarck")]
    + [["task", "tomorrow", "--title", "x", "--owner", "bea"]],
    "log": [[who, "call"] for who in ZELDA],
    "assign": [[who, "ni"] for who in ZELDA]
    + [["--where", "owner=bea", "ni"], ["--where", "text=zelda", "ni"], ["--from-file", "words.txt", "ni"]]
    + [["zelda-quark", "ni", "-f", "json"], ["mine", "zelda-quark", "ni"]],
    "stop": [[who] for who in ZELDA],
    "close": [[who, "lost"] for who in ZELDA],
    "next": [[], *([who] for who in ZELDA)],
    "show": [[who] for who in (*ZELDA, "zelda-qark", "Zelda", "Zelda Double")],
    "search": [[], ["zelda"], ["quark"], ["--contact", "zelda-quark"], ["--owner", "bea"], ["-f", "json"], ["-n", "1"]]
    + [["--status", "completed"], ["--step", "s1"]],
    "explain": [[OPEN], [DONE], [MINE_ONCE], [OPEN, "-f", "json"]],
    "undo": [["--dry-run"], ["--partial", "--dry-run"], []],
    "history": [[], *([who] for who in ZELDA), ["--change", "5"], ["-f", "json"]],
    "stranded": [[], ["-f", "json"]],
    "agenda": [["--all-users"], ["--all-users", "-f", "json"], ["--out", "agendas"]],
    "contacts add": [
        ["--name", "New One", "--email", ZELDA.email, "--phone", ZELDA.phone, "--owner", "tom", "--no-cycle"]
    ],
    "contacts list": [[], ["zelda"], ["7788"], ["--owner", "bea"], ["--source", "word-of-mouth"], ["-f", "json"]],
    "contacts show": [[who, "-f", "json"] for who in ZELDA],
    "contacts export": [[], ["--out", "all.csv"], ["-f", "json"]],
    "contacts set": [[who, "--phone", "1"] for who in ZELDA]
    + [["--where", "text=zelda", "--phone", "1"], ["--from-file", "words.txt", "--phone", "1", "-f", "json"]]
    + [["zelda-quark", "--property", "bluewater"], ["zelda-quark", "--owner", "tom"]],
    "contacts transfer": [[who, "--owner", "tom", "--property", "bluewater"] for who in ZELDA],
    "contacts remove": [[who, "--yes"] for who in ZELDA],
    "contacts import": [["people.csv", "--cycle", "ni", "--owner", "tom", *more] for more in ([], ["--preview"])],
    "init": [["again"]],
    "validate": [[]],
    "diff": [[], ["--all"], ["-f", "json"]],
    "apply": [["--yes", "--dry-run"], ["--yes"]],
    "test": [[]],
    "simulate": [["--a-week", "1", "--until", "+1w"]],
    "forecast": [[], ["--owner", "bea"], ["-f", "json"]],
    "catalog versions": [[]],
    "catalog show": [[]],
    "cycles list": [[]],
    "cycles show": [["one"]],
    "cycles graph": [["--live"]],
    "aliases list": [[]],
    "aliases show": [["ni"]],
    "users list": [[]],
    "users show": [["bea"]],
    "store create": [["--store", "sqlite:///other.db"]],
    "store upgrade": [[]],
    "store copy": [["", "csv:copied"]],  # "": the url
    "doctor": [[]],
    "backup": [["copy.db"]],
    "restore": [["copy.db", "--yes"]],
}
#: whoever may do these is given the whole office
WHOLE_OFFICE = ("store copy", "backup", "restore", "doctor")


class Office:
    """One of the two. `numbers`: of its actions, by what they stand for."""

    def __init__(self, folder: Path, url: str, stranger: Person) -> None:
        self.folder, self.url, self.stranger = folder, url, stranger
        self.login = f"look{os.getpid()}"
        self.as_login = url
        self.numbers: dict[str, str] = {}

    def run(self, *words: str, user: str, url: str | None = None) -> tuple[int, str, str]:
        told = command(*words, cwd=self.folder, user=user, now=NOW, FOLLOWUP_STORE=url or self.url)
        return told.returncode, self.plain(told.stdout), self.plain(told.stderr)

    def typed(self, words: Sequence[str], user: str) -> tuple[int, str, str]:
        words = [self.numbers.get(word, word) or self.url for word in words]
        if user == "login":  # by a rep's login, whom the server itself keeps from strangers
            return self.run(*words, user="tom", url=self.as_login)
        return self.run(*words, user=user)

    def plain(self, text: str) -> str:
        """Without where the office is, and what is a digest of everybody."""
        for where, name in ((str(self.folder), "HERE"), (self.url, "URL"), (self.as_login, "URL")):
            text = text.replace(where, name)
        return re.sub(r"\b[0-9a-f]{16}\b", "DIGEST", text)

    def done(self, *words: str, user: str = "all") -> None:
        told = self.run(*words, user=user)
        assert told[0] == 0, (words, told)

    def edit(self, days: int = 1) -> None:
        (self.folder / "cycles" / "base.yaml").write_text(CATALOG.format(days=days, login=self.login))

    def found(self) -> Office:
        (self.folder / "cycles").mkdir(parents=True)
        self.edit()
        self.done("store", "create")
        self.done("apply", "--yes")
        self.add(Person("mine", "Mia Own", "mia@own.example", "+1 604 555 0001"), "tom", "bluewater")
        id = self.bring_in()
        self.done("schedule", id, "call", "today", "--title", "Helped", "--owner", "tom", user="bea")
        self.number(MINE_ONCE, "--contact", id, "--type", "call", "--owner", "tom")
        self.number(DONE, "--contact", id, "--owner", "bea")
        self.done("complete", self.numbers[MINE_ONCE], user="tom")
        # what took her out of his sight is his to undo (E11); of what came later nothing is
        self.done("schedule", "task", "today", "--title", "Own", user="tom")
        self.done("complete", self.numbers[DONE], user="bea")
        self.number(OPEN, "--contact", id, "--status", "scheduled", "--type", "call")
        self.number(OWN, "--contact", "mine")
        gone = self.add(Person("gone-one", "Gone One", "gone@one.example", "+1 604 555 0002"), "tom", "bluewater")
        self.done("contacts", "remove", gone, "--yes")
        self.add(self.stranger._replace(id="zoe", name="Zelda Double"), "", "beachside")
        self.done("schedule", "zoe", "call", "today", "--title", f"Call {self.stranger.phone}", "--owner", "ann")
        for type_ in ("email", "call" if self.stranger is ZELDA else "email"):
            self.done("schedule", id, type_, "today", "--title", "Write", "--owner", "bea")
        self.add(Person("zoe-mine", "Zelda Double", "zd@own.example", "+1 604 555 0003"), "tom", "bluewater")
        (self.folder / "words.txt").write_text("mine\n" + "\n".join(ZELDA) + "\n")
        # a name of its own: the number behind an id made from a stranger's name is a hint that is accepted
        (self.folder / "people.csv").write_text(f"name,email,phone\nAbe Imported,{ZELDA.email},{ZELDA.phone}\n")
        self.edit(days=2)
        return self

    def bring_in(self) -> str:
        """The stranger, by an import, which knows them by their e-mail."""
        _, *fields = self.stranger
        row = ",".join([*fields, "bea", "beachside", "web", "ni"])
        (self.folder / "theirs.csv").write_text(f"name,email,phone,owner,property,source,cycle\n{row}\n")
        self.done("contacts", "import", "theirs.csv")
        return self.stranger.id

    def let_in(self) -> None:
        """The login, which is the same in both offices."""
        with psycopg.connect(server_url(), autocommit=True) as connection:
            with suppress(psycopg.errors.DuplicateObject):
                connection.execute(f"CREATE ROLE {self.login} LOGIN")
            connection.execute(f"GRANT {schema_of(self.url)}_rep TO {self.login}")
        self.as_login = as_login(self.url, self.login)

    def number(self, name: str, *filter: str) -> None:
        told = self.run("search", *filter, "-f", "json", user="all")
        (self.numbers[name],) = (str(item["id"]) for item in json.loads(told[1])["items"])

    def add(self, who: Person, owner: str, property: str, *more: str) -> str:
        fields = [word for name, value in who._asdict().items() for word in (f"--{name}", value)]
        cycle = () if "--no-cycle" in more else ("--cycle", "ni")
        whose = ("--owner", owner) if owner else ("--no-owner",)
        self.done("contacts", "add", *fields, *whose, "--property", property, *cycle, *more)
        return who.id

    def files(self) -> dict[str, str]:
        """What commands have written, but for the stores."""
        kept = ("agendas/*", "all.csv", "*.refused*.csv", "copied/*", "copy.db")
        paths = (path for pattern in kept for path in sorted(self.folder.glob(pattern)))
        return {str(path.relative_to(self.folder)): path.read_bytes().decode(errors="replace") for path in paths}


@contextmanager
def founded(engine: str, folder: Path, stranger: Person) -> Iterator[Office]:
    folder.mkdir()
    url = {"sqlite": "sqlite:///followup.db", "csv": "csv:office"}.get(engine) or new_schema()
    office = Office(folder, url, stranger)
    try:
        office.found()
        if engine == "postgres":
            office.let_in()
        yield office
    finally:
        if engine == "postgres":
            dropped(url)


def test_no_command_escapes_these_tests() -> None:
    assert commands().keys() == PROBES.keys()


@pytest.fixture
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Office, Office]]:
    with ExitStack() as stack:
        here, there = (
            stack.enter_context(founded(request.param, tmp_path / name, stranger))
            for name, stranger in (("here", ZELDA), ("gone", IVAN))
        )
        assert here.numbers == there.numbers
        yield here, there


#: "login": tom, by a login of his own
ASKED = [
    ("sqlite", "tom"),
    ("sqlite", "sue"),
    ("sqlite", "max"),
    ("csv", "tom"),
    ("postgres", "tom"),
    ("postgres", "login"),
]


@pytest.mark.slow(60)
@pytest.mark.parametrize(("twins", "viewer"), ASKED, indirect=["twins"])
def test_F20_whatever_is_typed_about_a_stranger_is_answered_as_if_they_were_not_there(
    twins: tuple[Office, Office], viewer: str
) -> None:
    probes = [(name, probe) for name in PROBES for probe in PROBES[name]]
    told = [line for name, probe in probes for line in compared(*twins, viewer, name, probe)]
    assert not told, "\n\n".join(told)


@pytest.mark.parametrize("twins", ["sqlite", pytest.param("csv", marks=pytest.mark.slow), pytest.param("postgres", marks=pytest.mark.slow)], indirect=True)  # fmt: skip
@pytest.mark.parametrize("viewer", ["tom", "login"])
def test_F20_an_id_that_is_taken_is_refused_in_the_same_words_whosever_it_was(
    twins: tuple[Office, Office], viewer: str
) -> None:
    """That of a stranger, in any case, and that of somebody who was removed."""
    office, _ = twins
    for name, id in (("strangers.csv", "Zelda-Quark"), ("removed.csv", "gone-one")):
        (office.folder / name).write_text(f"id,name\n{id},New One\n")
    by_id = [office.typed(["contacts", "add", "--name", "N", "--no-cycle", "--id", id], viewer) for id in TAKEN]
    by_name = [office.typed(["contacts", "add", "--no-cycle", "--name", name], viewer) for name in TAKEN.values()]
    words = ["contacts", "import", "strangers.csv", "--no-cycle", "--no-owner"]
    by_file = [
        office.typed([word.replace("strangers", name) for word in words], viewer) for name in ("strangers", "removed")
    ]
    assert by_id[0][0] == 4 and by_name[0][0] == 0 and by_file[0][0] == 65
    refused = [(office.folder / f"{name}.csv.refused.csv").read_text() for name in ("strangers", "removed")]
    for stranger, removed in (by_id, by_name, by_file, refused):
        assert alike(str(stranger)) == alike(str(removed))


TAKEN = {"zelda-quark": ZELDA.name, "gone-one": "Gone One"}


def alike(text: str) -> str:
    return re.sub(r"(?i)zelda.quark|gone.one|strangers|removed\.csv", "X", text).replace("X.csv", "X")


def compared(here: Office, there: Office, viewer: str, name: str, probe: Sequence[str]) -> Iterator[str]:
    """What of the answers tells the two offices apart, or tells of the stranger."""
    if name in WHOLE_OFFICE and viewer == "sue":
        return
    words = [*name.split(), *probe]
    answers = [each.typed(words, viewer) for each in (here, there)]
    if answers[0] != answers[1]:
        yield f"{viewer}: {' '.join(words)}\n  with them:    {answers[0]}\n  without them: {answers[1]}"
    if here.files() != there.files():
        yield f"{viewer}: {' '.join(words)} writes other files: {here.files()}\n{there.files()}"


@pytest.mark.parametrize("twins", ["sqlite"], indirect=True)
def test_F20_a_diff_counts_everybody_and_names_whom_one_sees(twins: tuple[Office, Office]) -> None:
    """Also where it refuses the edit, since contacts would be left on a cycle that is gone."""
    for office in twins:
        path = office.folder / "cycles" / "base.yaml"
        path.write_text(
            path.read_text().replace("  one: {name: One", "  two: {name: Two").replace("cycle: one", "cycle: two")
        )
    for words in (["diff"], ["diff", "--all"], ["diff", "-f", "json"], ["apply", "--yes"]):
        here, there = (office.typed(words, "sue") for office in twins)
        assert here == there
    assert here[0] == 4 and "contacts are on it (mine, zoe-mine and 2 more)." in here[2]
    assert "(mine, zelda-quark, zoe, zoe-mine). Add" in twins[0].run("apply", "--yes", user="all")[2]


@pytest.mark.parametrize("partial", [[], ["--partial"]])
def test_F20_an_undo_tells_nothing_of_whoever_was_handed_over_since(run: Run, partial: list[str]) -> None:
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    assert run("contacts", "set", "jane-smith", "--owner", "anne", user="sue").returncode == 0
    assert run("contacts", "set", "jane-smith", "--name", "Zelda Quark", user="anne").returncode == 0
    told = run("undo", *partial)
    assert "you don't have access to a contact that it changed: ask an administrator" in told.stderr
    for word in ("jane", "Jane", "Quark", "anne", "sue"):
        assert word not in told.stdout + told.stderr


def test_E11_handing_over_by_mistake_is_undone(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--owner", "anne").returncode == 0
    assert run("show", "jane-smith").returncode == 66
    assert run("undo").returncode == 0
    assert run("show", "jane-smith").returncode == 0


def test_E11_completing_the_last_action_that_one_holds_on_a_colleagues_contact_is_undone(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--owner", "anne", user="sue").returncode == 0
    told = run("schedule", "jane-smith", "call", "today", "--title", "Ring", "--owner", "tom", "-f", "json", user="sue")
    assert told.returncode == 0, told.stderr
    id = str(json.loads(told.stdout)["scheduled"][0]["id"])
    assert run("complete", id).returncode == 0
    assert run("show", "jane-smith").returncode == 66
    assert run("undo").returncode == 0
    assert run("show", "jane-smith").returncode == 0 and f"{id} " in run("due").stdout


def test_E11_adding_a_contact_for_a_colleague_is_undone(run: Run) -> None:
    assert run("contacts", "add", "--name", "Zelda Quark", "--owner", "anne", "--no-cycle").returncode == 0
    assert run("show", "zelda-quark").returncode == 66
    assert run("undo").returncode == 0
    assert run("show", "zelda-quark", user="sue").returncode == 66
