"""The answer of a command that changes something: one line with what it did and what's next, and the refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

from followup.app import lookup
from followup.app.outcome import NAMED, STAYS, Names, Outcome
from followup.app.session import Session
from followup.cli.command_session import print_remark
from followup.core.few import Few
from followup.core.list_rows import ActionRow
from followup.core.timing import readable
from followup.output.text import clean, plural, short


class More(NamedTuple):
    """Additions to the answer: `keys` for scripts, `lines` for people."""

    keys: Mapping[str, object]
    lines: Iterable[str]


def kept_rows(format: str) -> int | None:
    """The number of ids and rows that an outcome keeps; None: all, for JSON."""
    return None if format == "json" else NAMED


def answer(
    ctx: typer.Context, session: Session, outcome: Outcome, did: str, format: str, more: More | None = None
) -> None:
    """Print the outcome; raises Exit with the first refusal's code, once everything is said.

    `did`: what was done with those asked for; empty where that is what became of a choice (F10).
    """
    if format == "json":
        _print_json(session, outcome, more)
    elif outcome.done.total and not ctx.obj.quiet:
        typer.echo(_line(session, outcome, did))
        for line in more.lines if more else ():
            typer.echo(line)
    _warn(outcome)
    if outcome.refused:
        raise typer.Exit(outcome.refused[0][1].exit_code)


def _warn(outcome: Outcome) -> None:
    for notice in sorted(outcome.notices):
        print_remark(notice)
    for id, refusal in outcome.refused:
        print_remark(f"{id}: {refusal}")


def _line(session: Session, outcome: Outcome, did: str) -> str:
    would = "would have " if session.dry_run else ""
    parts = [*_asked(outcome, f"{would}{clean(did)}")] if did else []
    parts += _choices(outcome, bool(did), would)
    if outcome.cancelled:
        ids = [str(id) for id in outcome.cancelled]
        parts.append(f"cancelled {named_or_counted(ids, outcome.cancelled.total)}")
    if outcome.scheduled:
        names = lookup.type_names(session)
        actions = [_next(row, names) for row in outcome.scheduled]
        parts.append(f"next: {named_or_counted(actions, outcome.scheduled.total)}")
    if outcome.adrift:
        parts.append("nothing next" if outcome.done.total == 1 else f"nothing next: {_few(outcome.adrift)}")
    return "; ".join(parts)


def _asked(outcome: Outcome, did: str) -> Iterator[str]:
    """Those that are different now; those that aren't are named only if there are no others."""
    changed, unchanged = outcome.named, outcome.unchanged
    if changed.few:
        yield f"{did} {', '.join(map(short, changed.few))}{_rest(changed.rest)}"
    if changed.few and unchanged.few:
        yield f"{unchanged.ids.total:,} unchanged"
    elif unchanged.few:
        yield f"nothing to change: {', '.join(map(short, unchanged.few))}{_more(unchanged)}"


def _more(names: Names) -> str:
    """` and 12 more`."""
    return f" and {names.rest.total():,} more" if names.rest else ""


def _choices(outcome: Outcome, beside: bool, would: str) -> Iterator[str]:
    """What became of a choice (F10). `beside`: of actions that are named already."""
    for done, who in outcome.choices.items():
        what = f"{done.how} {clean(done.choice)}"
        if beside and len(outcome.choices) == 1:
            yield what
        else:
            prefix = "" if beside or done.how == STAYS else would
            rest = _more(who) if done.how == STAYS else _rest(who.rest)
            yield f"{prefix}{what}: {', '.join(map(short, who.few))}{rest}"


def _rest(rest: Counter[str]) -> str:
    """` and 12 more (10 from another cycle, 2 new on a cycle)`: the others, by what happened to them."""
    counts = ", ".join(f"{count:,} {what}" for what, count in rest.most_common())
    split = f" ({counts})" if rest.keys() != {"changed"} else ""
    return f" and {rest.total():,} more{split}" if counts else ""


def _few(names: Few[str]) -> str:
    more = f" and {names.total - len(names):,} more" if names.total > len(names) else ""
    return ", ".join(map(short, names)) + more


def named_or_counted(names: Sequence[str], total: int, noun: str = "") -> str:
    """Names if there are only a few, otherwise the count. `noun`: for counts whose context doesn't name the items."""
    if total <= NAMED:
        return ", ".join(map(short, names))
    return plural(total, noun) if noun else f"{total:,}"


def _next(row: ActionRow, names: Mapping[str, str]) -> str:
    return f"{row.id} {short(row.title)} ({names.get(row.type, row.type)}, {readable(row.due)})"


def _print_json(session: Session, outcome: Outcome, more: More | None) -> None:
    from followup.cli.printing import print_json

    body = {
        "done": outcome.done,
        "scheduled": [row.item(session.today) for row in outcome.scheduled],
        "cancelled": outcome.cancelled,
        "refused": [{"id": id, "why": str(refusal)} for id, refusal in outcome.refused],
        "unchanged": outcome.unchanged.ids,
        "choices": [
            {"how": done.how.partition(" ")[0], "choice": done.choice, "contacts": names.ids}
            for done, names in outcome.choices.items()
        ],
    }
    print_json(session.command.replace(" ", "-"), {**body, **(more.keys if more else {})})
