"""Columns that tell who may be contacted: what they are called, and what yes and no mean in each of them (E12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from followup.core.fields.channels import EVERY, MEANING, clean_channels
from followup.core.fields.values import Unfit, shown, slug
from followup.intake.columns import fold

#: What a folded name has in it where yes forbids.
FORBIDS = re.compile(
    r"opt(ed|s|ing)?out|unsubscri|donot|dont(call|contact|e?mail|text|phone)|^dnc|dnc$|^no(call|e?mail|sms|text|phone)s?$"
    r"|nomarketing|nocontact|nottocontact|suppress|blacklist|blocklist|declined|withdrawn|revoked"
    r"|keinewerbung|keineemail|keineanruf|werbesperre|werbewiderspruch|kontaktsperre|abgemeldet|abbestell|widersp"
    r"|desabonn|desinscri|nepascontacter|nocontactar|nollamar|dadodebaja"
)
#: What it has in it where yes allows.
ALLOWS = re.compile(
    r"opt(ed|s|ing)?in(?!dex|fo|g|ion|t|ms|ician)|consent|permission|permitted|subscri(?!ption(plan|type|id|end|tier))|newsletter"
    r"|accepts?(e?mail|marketing|sms|text|call|contact|offer|promo)|acceptsmarketing|agree(s|d)?to"
    r"|allow(s|ed)?(e?mail|call|sms|text|contact|marketing|phone)|okayto|^okto|okto(call|e?mail|text|contact|sms|market)"
    r"|(may|can)(we)?(be)?(contact|call|e?mail|text)|marketing(?!source|campaign|channel|budget|owner|manager)"
    r"|gdpr|dsgvo|rgpd|lgpd|casl|tcpa|ccpa|(contact|communication)preference|mailable|callable|textable"
    r"|einwillig|zustimm|einverst|werbeerlaub|kontakterlaub|consentement|accepte(e?mail|sms)|consentimiento|autoriza|abonn"
)
#: What a cell says that is left behind with its column.
SAYS_NO = re.compile(
    r"\b(?:un-?subscribed?|opt(?:ed)?[ -]?out|d(?:o not|on.?t) (?:call|contact|e-?mail|text|mail|phone)|dnc"
    r"|no (?:marketing|e-?mails?|calls?|contact)|consent (?:withdrawn|revoked|denied)|keine werbung|abgemeldet"
    r"|d[ée]sabonn|d[ée]sinscrit|no contactar|never contact)\b",
    re.IGNORECASE,
)
CHANNELS = (
    ("call", re.compile(r"call|phone|tel(?!l)|anruf|appel|llam")),
    ("correspondence", re.compile(r"(?<!e)mail|postal|(?<!news)letter|brief|courrier")),
    ("email", re.compile(r"email|newsletter|courriel|correo")),
    ("sms", re.compile(r"sms|text|whatsapp")),
)
#: words that close every channel, whichever the column names
ALL = frozenset(("dnc", "all", "any", "every", "everything"))
#: where yes allows: what closes the channels, what opens them, and what says neither
NO = frozenset(
    ("no", "n", "false", "f", "0", "off", "nein", "nicht", "non", "nao", "nee", "nej", "nei", "nie", "falsch", "faux")
    + ("falso", "never", "declined", "denied", "refused", "withdrawn", "revoked", "rejected", "inactive", "dnc")
    + ("opt-out", "opted-out", "optout", "optedout", "unsubscribe", "unsubscribed", "not-subscribed", "not-opted-in")
)
YES = frozenset(
    ("granted", "given", "agreed", "accepted", "allowed", "permitted", "express", "explicit", "implied", "confirmed")
    + ("active", *(word for word, means in MEANING.items() if means == EVERY or word.startswith(("opt", "subscri"))))
)
SILENT = frozenset(("none", "null", "nothing", "na", "n-a", "unknown", "not-set", "not-asked", "not-given", "pending"))


class Permission(NamedTuple):
    """`channels`: of which a column tells, as a contact's field has them; `allows`: yes means that they are open."""

    channels: str
    allows: bool

    def forbidden(self, text: str) -> str | None:
        """The channels that a cell closes; None where it closes none. Raises Unfit for a word that is not known."""
        word = slug(text)
        if not self.allows:
            return self.channels if MEANING.get(word) == EVERY and word not in ALL else clean_channels(text)
        if word not in NO | YES | SILENT:
            raise Unfit(f"{shown(text)} isn't yes or no, so it is unclear whether they may be contacted")
        return self.channels if word in NO else None


def permission(column: str) -> Permission:
    """What a column tells that is mapped to `do_not_contact`; yes forbids, where its name doesn't say otherwise."""
    name = fold(column)
    named = " ".join(sorted(channel for channel, words in CHANNELS if words.search(name)))
    return Permission(named or EVERY, ALLOWS.search(name) is not None and FORBIDS.search(name) is None)


def may_say_no(column: str) -> bool:
    """Whether a column of this name may tell who is not to be contacted."""
    name = fold(column)
    return FORBIDS.search(name) is not None or ALLOWS.search(name) is not None


def says_no(cells: Iterable[str]) -> bool:
    """Whether one of some cells says so."""
    return any(SAYS_NO.search(cell) for cell in cells)
