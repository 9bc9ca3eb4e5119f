"""A report of refused rows, written at once."""

from __future__ import annotations

from collections.abc import Iterable

from followup.intake.refusals import Refusal, refusal_file


def write_refusals(path: str, header: tuple[str, ...], refusals: Iterable[Refusal], delimiter: str = ",") -> None:
    with refusal_file(path, header, delimiter) as write:
        for refusal in refusals:
            write(refusal)
