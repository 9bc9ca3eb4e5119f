"""The contract of every store: the same commands give the same answers, and the same changes save the same values."""

from __future__ import annotations

import gc
import json
import re
import shlex
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from followup.app.deciding import for_contacts
from followup.app.session import Session
from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.reach import EVERYTHING
from followup.errors import Busy
from followup.store.opening import open_store
from followup.store.protocol import Change, Store
from followup.store.tables import ACTION, CHANGE, ENROLMENT, HISTORY, TABLES
from tests.sessions import session_in
from tests.store.conftest import ENGINES, StoredOffice, office_in

NOON = 1_777_910_400  # 2026-05-04 16:00 UTC, which is 09:00 at the office

#: a day at the office. {jane}: the next action of jane-smith; before the colon: the user who runs the rest
DAY = """
tom: due
tom: due +3d --format json
tom: complete {jane} --notes done --format json
tom: complete {jane-before} --format json
tom: complete 99999
max: show jane-smith --format json
tom: attempt {jane} --note engaged --format json
tom: reschedule {jane} +3d --format json
tom: no-show {jane} --reason ill --format json
sue: schedule brian-jones call tomorrow --title Ask --owner anne --format json
tom: show brian-jones
sue: assign li-wei toured --format json
sue: assign nobody toured
sue: assign li-wei tuored
sue: assign jane-smith toured --dry-run
sue: undo --format json
sue: contacts add --id ana --name "Ana Ölçer" --cycle referral --owner tom --email ana@x.example --format json
sue: contacts add --id ana --name Again --cycle referral --owner tom
sue: contacts set ana --phone "+49 30 1234" --format json
tom: contacts transfer ana --owner anne --property beachside --format json
sue: contacts transfer ana --owner anne --property beachside --format json
sue: contacts remove li-wei --yes --format json
sue: contacts list --format json
anne: contacts list --format csv
sue: search "ölçer" --format json
sue: stop ana --format json
sue: stranded --format json
sue: close brian-jones won --format json
sue: contacts import more.csv --cycle referral --owner tom --format json
sue: contacts import more.csv --cycle referral --owner tom --format json
sue: assign --where owner=tom --where stage=lead toured --format json
sue: contacts export
sue: apply --yes --format json
sue: diff --format json
sue: undo --format json
sue: catalog versions --format json
sue: cycles graph --live
sue: agenda --all-users --format json
sue: forecast --format json
sue: history --format json
sue: explain {jane} --format json
sue: doctor
"""
ROWS = "id,name,email,owner\nm1,Mo,mo@x.example,tom\nm2,=HYPERLINK(1),m2@x.example,anne\nm3,,,tom\nm4,Nobody's,m4@x.example,zed\n"

#: where the numbers are that a server assigns with gaps
NUMBERS = {
    "change": re.compile(r'("(?:change|undoes)": |change )(\d+)'),
    "action": re.compile(r'("(?:id|action|enrolment)": |action |still open: |(?m:^ {4}))(\d+)(?=,?\b(?!-))'),
}


class Day:
    """What the office answered, with every number replaced by the order in which it first appeared."""

    def __init__(self, office: StoredOffice) -> None:
        self.office, self.order = office, {kind: dict[str, int]() for kind in NUMBERS}
        self.jane = self.before = 0

    def run_line(self, line: str) -> str:
        user, _, words = line.partition(": ")
        now = json.loads(self.office.run("show", "jane-smith", "--format", "json", user="sue").stdout)["items"]
        first_open = min(item["id"] for item in now if item["status"] == "scheduled")
        if first_open != self.jane:
            self.jane, self.before = first_open, self.jane
        words = words.replace("{jane}", str(self.jane)).replace("{jane-before}", str(self.before))
        result = self.office.run(*shlex.split(words), user=user)
        return f"{line}\n{result.returncode}\n{self.plain(result.stdout)}{self.plain(result.stderr)}"

    def plain(self, text: str) -> str:
        for kind, pattern in NUMBERS.items():
            order = self.order[kind]
            text = pattern.sub(lambda at: at[1] + str(order.setdefault(at[2], len(order))), text)  # noqa: B023
        return re.sub(r"next: \d+", "next: ?", text)  # in a dry run: a file assigns the same number again


@pytest.mark.slow(10)
def test_a_day_at_the_office_gets_the_same_answers_in_every_store(tmp_path: Path) -> None:
    days = {}
    for engine in ENGINES:
        with office_in(engine, tmp_path / engine) as office:
            (office.folder / "more.csv").write_text(ROWS)
            cycles = office.folder / "cycles" / "long-term.yaml"
            text = cycles.read_text()
            day = Day(office)
            days[engine] = []
            for line in DAY.strip().splitlines():
                if " apply" in line:
                    cycles.write_text(
                        text.replace("template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")
                    )
                days[engine].append(day.run_line(line))
    codes = [int(answer.split("\n")[1]) for answer in days["sqlite"]]
    assert {*codes} == {0, 1, 4, 5, 65, 66}
    assert days["csv"] == days["sqlite"]
    assert days["postgres"] == days["sqlite"]


#: texts that every store returns as they were written
TEXTS = {
    "quotes": 'O\'Hara "Bob" \\N \\n `x` $1 ? :id %s {x}',
    "lines": "one\ntwo\r\nthree\ttab\vfour\u2028five\x85six",
    "marks": "=1+1",
    "at": "@SUM(A1)",
    "apostrophe": "'quoted",
    "blank": " \u00a0wide\u3000",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f600",
    "rtl": "\u202eevil\u202c \u05d0",
    "controls": "\x01\x1b[31mred\x7f",
    "edge": "\ud7ff\ue000\ufffd\U0010ffff",
    "composed": "Zoe\u0301 / Zo\u00e9 / \u017f / \u0130",
    "long": "x" * 10_000,
    "comma": ",,;;|",
    "literal": "NULL",
    "json": '{"a": [1]}',
}


@pytest.fixture
def store(any_office: StoredOffice) -> Iterator[Store]:
    with closing(open_store(any_office.url)) as opened:
        yield opened


def session(store: Store, dry_run: bool = False) -> Session:
    return session_in(store, NOON, "sue", "test", dry_run, "typed")


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the store."""
    return {table.name: list(store.rows_of(table)) for table in TABLES}


def add_contact(id: str, name: str) -> tuple[str, w.Wish]:
    return id, w.Add({"name": name, "owner": "tom"}, None, True)


def test_P6_any_text_is_unchanged_when_the_store_is_opened_again(store: Store) -> None:
    for_contacts(session(store), [add_contact(id, text) for id, text in TEXTS.items()])
    with closing(open_store(store.url)) as second_store:
        dossiers = second_store.dossiers(list(TEXTS), EVERYTHING)
        assert {id: dossier.contact.name for id, dossier in dossiers.items() if dossier.contact} == TEXTS
        assert contents(second_store) == contents(store)


def test_P4_an_interrupted_change_leaves_no_trace(store: Store) -> None:
    before = contents(store)
    head = session(store).head()
    with pytest.raises(RuntimeError), store.change(head) as change:
        change.save([decision_for(store, change, "jane-smith")])
        raise RuntimeError
    assert contents(store) == before
    for_contacts(session(store, dry_run=True), [add_contact("ana", "Ana")])
    with store.change(head):
        pass
    assert contents(store) == before, "neither a dry run nor an empty change leaves a trace"
    assert for_contacts(session(store), [add_contact("ana", "Ana")]).done.total == 1
    assert contents(store) != before


def decision_for(store: Store, change: Change, contact: str) -> tuple[Dossier, Decision]:
    """A decision about the contact that can be saved."""
    current, dossier = session(store), store.dossiers([contact], EVERYTHING)[contact]
    return dossier, decide(dossier, w.Stop(), current.office, Stamp(change.id, NOON, current.user), change.ids)


def test_a_decision_under_an_outdated_catalog_version_is_not_saved(store: Store) -> None:
    head = session(store).head()
    before = contents(store)
    with pytest.raises(Busy), store.change(head._replace(catalog_version=head.catalog_version - 1)):
        raise AssertionError
    assert contents(store) == before


def test_an_unknown_contact_has_an_empty_dossier_and_an_unknown_action_none(store: Store) -> None:
    assert store.dossiers(["nobody"], EVERYTHING) == {"nobody": Dossier("contact:nobody")}
    assert store.dossier_of([99_999], EVERYTHING) is None
    assert store.tasks("nobody", EVERYTHING) == Dossier("user:nobody")


def test_batches_make_one_change_that_stays_unfinished_until_the_last_one(store: Store) -> None:
    current = session(store)
    with store.change(current.head()) as first:
        first.save([decision_for(store, first, "jane-smith")])
        first.leave_unfinished("typed")
    unfinished = {"by": "sue", "typed": "typed", "version": current.office.version}
    assert [row[0] for row in store.ask("lists.unfinished", **unfinished)] == [first.id]
    with store.change(current.head(), resume=first.id) as more:
        more.save([decision_for(store, more, "brian-jones")])
        more.leave_unfinished("typed")
    assert more.id == first.id and list(store.ask("lists.unfinished", **unfinished)) != []
    with store.change(current.head(), resume=first.id) as last:
        last.leave_unfinished(None)
    assert last.id == first.id and list(store.ask("lists.unfinished", **unfinished)) == []
    rows = [row for row in store.rows_of(HISTORY) if row[2] == first.id]
    assert {row[0] for row in rows} == {"contact:jane-smith", "contact:brian-jones"}
    assert [row for row in store.rows_of(CHANGE) if row[0] == first.id] == [
        (first.id, NOON, "sue", "test", current.office.version, None, None)
    ]


def test_thousands_of_contacts_are_read_as_they_were_decided(store: Store) -> None:
    wishes = [(f"p{n}", w.Add({"name": f"P {n}", "owner": "tom"}, w.Choice("referral"))) for n in range(3000)]
    after: dict[str, Dossier] = {}
    for_contacts(session(store), wishes, watch=lambda _, dossier: after.update({dossier.subject[8:]: dossier}))
    assert len(after) == 3000
    assert store.dossiers(list(after), EVERYTHING) == after
    for_contacts(session(store), [(id, w.Stop()) for id in after], watch=lambda _, d: after.update({d.subject[8:]: d}))
    dossiers = store.dossiers(list(after), EVERYTHING)
    assert {id: open_parts(dossier) for id, dossier in dossiers.items()} == {
        id: open_parts(d) for id, d in after.items()
    }
    numbers = [row[0] for table in (ACTION, ENROLMENT) for row in store.rows_of(table)]
    assert len(numbers) == len(set(numbers)), "no number is used twice"


def test_a_finished_change_is_not_kept_in_memory(store: Store) -> None:
    """Commands don't collect garbage: a reference cycle would stay in memory, once for each batch of an import."""
    gc.disable()
    try:
        with store.change(session(store).head()) as change:
            next(change.ids)
            change.save([decision_for(store, change, "jane-smith")])
            reference = weakref.ref(change)
        del change
        assert reference() is None
    finally:
        gc.enable()


def open_parts(dossier: Dossier) -> tuple[object, ...]:
    return (
        dossier.contact,
        dossier.seq,
        [e for e in dossier.enrolments if e.open],
        [a for a in dossier.actions if a.open],
    )
