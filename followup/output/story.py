"""A history event as a line of text: the action, then its details, with old and new values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from json import loads
from typing import TYPE_CHECKING, assert_never

from followup.core import history as h
from followup.core.timing import readable

if TYPE_CHECKING:
    from followup.core.list_rows import HistoryItem

#: of a new contact: the parts of a name, which the name has, and what is written out separately
UNSAID = frozenset(("name", "first_name", "last_name", "details", "external"))


def story(item: HistoryItem, titles: Mapping[int, str] | None = None) -> str:
    """The event's line. `titles`: of actions, by id."""
    event = _event(item)
    return ", ".join(str(part) for part in (_action(item["action"], event, titles or {}), *_parts(event)) if part)


def _event(item: HistoryItem) -> h.Event:
    """The event; fields that the item lacks are None, because a released kind may have gained fields since."""
    kind = h.KINDS[item["kind"]]
    fields: dict[str, object] = {**dict.fromkeys(kind._fields), **kind._field_defaults, **item["data"]}
    make: Callable[..., h.Event] = kind
    return make(**(fields | {"action": item["action"]} if "action" in fields else fields))


def _action(id: int | None, event: h.Event, titles: Mapping[int, str]) -> str:
    title = event.title if isinstance(event, h.Scheduled) else titles.get(id or 0, "")
    return f"{id or ''} {title}".strip()


def _parts(event: h.Event) -> tuple[object, ...]:
    match event:
        case h.Added(fields=fields):
            said = {key: value for key, value in fields.items() if key not in UNSAID}
            return (fields.get("name"), *(f"{key} {value}" for key, value in said.items()), *_details(fields))
        case h.Edited(fields=fields, before=before):
            said = {key: value for key, value in fields.items() if key not in ("details", "external")}
            return (*(_changed(key, before.get(key), value) for key, value in said.items()), *_details(fields, before))
        case h.Handed(owner=owner, property=property, before=before):
            new = {"owner": owner, "property": property}
            return tuple(_changed(key, before.get(key), value) for key, value in new.items())
        case h.Closed(stage=stage, before=before):
            return (_changed("stage", before, stage),)
        case h.Categorised(alias=alias, before=before) | h.AliasChosen(alias=alias, before=before):
            return (_changed("alias", before, alias),)
        case h.Enrolled(process=process, alias=alias):
            return (process, alias and alias != process and f"as {alias}")
        case h.RoundBegan(round=round, start=start):
            return (f"round {round}", f"from {readable(start)}")
        case h.Scheduled(due=due, owner=owner, notes=notes):
            return (readable(due), owner, notes)
        case h.Completed(outcome=outcome, notes=notes, listing=listing):
            return (outcome, notes, listing and f"listing {listing}")
        case h.Skipped() | h.NotShown() | h.Failed() | h.Cancelled() | h.Ended() | h.Removed():
            return (event.reason,)
        case h.Rescheduled(due=due, before=before) | h.Redated(due=due, before=before):
            return (_changed("", readable(before), readable(due)),)
        case h.Attempted(channel=channel, notes=notes):
            return (channel, notes)
        case h.Reassigned(owner=owner, due=due, before=before):
            old = before.get("due")
            dates = old and _changed("due", readable(old), readable(due))
            return (_changed("owner", before.get("owner"), owner), dates)
        case h.Undone(change=change):
            return (f"change {change}",)
        case h.Applied(version=version, commit=commit):
            return (f"version {version}", commit and f"commit {commit[:10]}")
        case _:
            assert_never(event)


def _details(fields: h.Fields, before: h.Fields | None = None) -> Iterator[str]:
    """Each of those that are now something else, by its name."""
    new, old = _parsed(fields.get("details")), _parsed((before or {}).get("details"))
    for name in {**old, **new} if "details" in fields else ():
        yield _changed(name, old.get(name), new.get(name))


def _parsed(text: str | None) -> Mapping[str, object]:
    try:
        details = loads(text or "{}")
    except (RecursionError, ValueError):
        details = None
    return details if isinstance(details, dict) else {"details": text}


def _changed(what: str, before: object, now: object) -> str:
    """The change from `before` to `now`; empty if they are equal."""
    if before == now:
        return ""
    if before and now:
        return f"{what} from {before} to {now}".strip()
    return f"{what} {now}" if now else f"{what} cleared, was {before}"
