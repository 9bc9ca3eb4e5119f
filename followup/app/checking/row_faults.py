"""Faults that a query alone can find: missing numbers, dangling references, duplicates an index should prevent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from followup.store.questions.doctor_questions import Fault

if TYPE_CHECKING:
    from followup.store.protocol import Store

#: a fault, and the line for each row that has it
FAULTS: tuple[tuple[Fault, str], ...] = (
    ("counters", "counter {}: it is {} and must be {} or more, or a number would be used twice"),
    ("changes_missing", "change {}: missing"),
    ("changes_empty", "change {} ({}, by {}): without history"),
    ("undoes_unknown", "change {}: it undoes change {}, which isn't an earlier change"),
    ("undone_twice", "change {}: undone more than once, by changes {}"),
    ("changes_of_no_version", "catalog version {}: missing, but changes were made under it ({} in total, first: {})"),
    ("changes_too_early", "change {}: made under catalog version {}, which was applied after it"),
    ("changes_by_nobody", "user {}: not declared in any catalog version, but made changes ({} in total, first: {})"),
    ("changes_at_no_time", "change {}: its time {} isn't possible"),
    ("enrolments_of_no_contact", "enrolment {}: its contact {} is missing"),
    ("actions_of_no_contact", "action {}: its contact {} is missing"),
    ("actions_of_no_enrolment", "action {}: its enrolment {} is missing, or belongs to another contact than {}"),
    ("open_twice", "enrolment {}: step {} of round {} is open more than once: actions {}"),
    ("tried_twice", "enrolment {}: step {} of round {} has its try {} more than once: actions {}"),
    ("two_cycles", "contact {}: on more than one cycle, by enrolments {}"),
    ("open_of_ended", "action {}: it is open, but its enrolment {} has ended"),
    ("open_of_gone", "action {}: it is open, but its contact {} no longer exists ({})"),
    (
        "items_of_no_version",
        "catalog version {}: missing, but documents begin or end with it ({} in total, one is of {})",
    ),
    ("items_backwards", "catalog item {} {}: live from version {} until {}"),
    ("instances", "instance: {} rows instead of one"),
    ("items_twice", "catalog item {} {}: two documents are live in version {}"),
)


def check_for(fault: Fault, line: str) -> Callable[[Store], Iterator[str]]:
    """The check for this fault."""

    def check(store: Store) -> Iterator[str]:
        return (line.format(*row) for row in store.doctor.faults(fault))

    return check
