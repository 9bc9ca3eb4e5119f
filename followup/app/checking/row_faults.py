"""What a question alone can find: numbers that are missing, rows that point nowhere, what an index should prevent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from followup.store.questions.doctor_questions import Fault

if TYPE_CHECKING:
    from followup.store.protocol import Store

#: a fault, and what is said of each row that has it
FAULTS: tuple[tuple[Fault, str], ...] = (
    ("counters", "counter {}: it stands at {} and must be at {} or more, or a number would be given twice"),
    ("changes_missing", "change {}: not there"),
    ("changes_empty", "change {} ({}, by {}): it has no history"),
    ("undoes_unknown", "change {}: it takes back change {}, which was not there before it"),
    ("undone_twice", "change {}: taken back more than once, by changes {}"),
    ("changes_of_no_version", "catalog version {}: not there, and {} changes were made under it, {} the first"),
    ("changes_too_early", "change {}: made under catalog version {}, which was applied after it"),
    ("changes_by_nobody", "user {}: no catalog version declares them, and {} changes are by them, {} the first"),
    ("changes_at_no_time", "change {}: its time {} isn't possible"),
    ("enrolments_of_no_contact", "enrolment {}: its contact {} is not there"),
    ("actions_of_no_contact", "action {}: its contact {} is not there"),
    ("actions_of_no_enrolment", "action {}: its enrolment {} is not there, or not that of contact {}"),
    ("open_twice", "enrolment {}: step {} of round {} is open more than once: actions {}"),
    ("tried_twice", "enrolment {}: step {} of round {} has its try {} more than once: actions {}"),
    ("two_cycles", "contact {}: on more than one cycle, by enrolments {}"),
    ("open_of_ended", "action {}: it is open, and its enrolment {} has ended"),
    ("open_of_gone", "action {}: it is open, and its contact {} is gone ({})"),
    ("items_of_no_version", "catalog version {}: not there, and {} documents begin or end with it, one is of {}"),
    ("items_backwards", "catalog item {} {}: in force from version {} until {}"),
    ("instances", "instance: {} rows, where one says which store this is"),
    ("items_twice", "catalog item {} {}: two documents are in force at once in version {}"),
)


def check_for(fault: Fault, line: str) -> Callable[[Store], Iterator[str]]:
    """The check that looks for this fault."""

    def check(store: Store) -> Iterator[str]:
        return (line.format(*row) for row in store.doctor.faults(fault))

    return check
