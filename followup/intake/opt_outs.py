"""Columns that tell who may be contacted: what they are called, and what yes and no mean in each of them (E12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from followup.core.fields import channels
from followup.core.fields.artifacts import says_nothing
from followup.core.fields.channels import EVERY, MEANING, STOPS, clean_channels, words
from followup.core.fields.values import Unfit, shown, slug
from followup.intake.columns import fold

#: What a folded name has in it where yes forbids.
FORBIDS = re.compile(
    r"opt(ed|s|ing)?out|unsub|donot|dont(call|contact|e?mail|text|phone)|^dnc|dnc$|^no(call|e?mail|sms|text|phone)s?$"
    r"|nomarketing|nocontact|nevercontact|nottocontact|suppress|blacklist|blocklist|declined|withdr[ae]w|revok"
    r"|disallow|disagree|bounce|spamcomplaint|^clean(ed|time)|unerwunscht|untersagt|verboten"
    r"|keinewerbung|keineemail|keineanruf|werbesperre|werbewiderspruch|kontaktsperre|abgemeldet|abbestell|widersp"
    r"|desabonn|desinscri|nepascontacter|nocontactar|nollamar|dadodebaja|desuscri"
)
#: What it has in it where yes allows.
ALLOWS = re.compile(
    r"opt(ed|s|ing)?in(?!dex|fo|g|ion|t(?!ime)|ms|ician)|consent|permission|permitted|subscri(?!ption(plan|type|id|end|tier))|newsletter"
    r"|accepts?(e?mail|marketing|sms|text|call|contact|offer|promo)|acceptsmarketing|agree(s|d)?to"
    r"|allow(s|ed)?(bulk)?(e?mail|call|sms|text|contact|marketing|phone)|bulke?mail|okayto|^okto|okto(call|e?mail|text|contact|sms|market)"
    r"|(may|can)(we)?(be)?(contact|call|e?mail|text)|marketing(?!source|campaign|channel|budget|owner|manager)"
    r"|gdpr|dsgvo|rgpd|lgpd|casl|tcpa|ccpa|(contact|communication)preference|mailable|callable|textable"
    r"|mailinglist|(e?mail|sms|member)status"
    r"|einwillig|zustimm|einverst|erlaubt|erlaubnis|gestattet|(?<!un)erwunscht|suscri|consentement|accepte(e?mail|sms)|consentimiento|autoriza|abonn"
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
    ("email", re.compile(r"email|newsletter|mailinglist|bounce|courriel|correo")),
    ("sms", re.compile(r"sms|text|whatsapp")),
)
#: words that close every channel, whichever the column names
ALL = frozenset(("dnc", "all", "any", "every", "everything"))
#: words that turn what follows, or the whole name of a column, into its opposite
NEGATIONS = words("""no not non never without missing denied refused rejected expired cancelled canceled kein keine
    keinen nicht ohne nein pas sans sin nunca senza nao nie""")
#: the same in a name that is written without spaces
RUN_ON = re.compile(f"(?:no|not|non|keine?|nicht)(?={ALLOWS.pattern})")
CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
#: where yes allows: what leaves the channels open, and what closes them. Consent that is missing is none
YES = words("""granted given agreed accepted allow allowed permitted express explicit implied confirmed active opt-in
    opted-in optin optedin subscribe subscribed""") | (channels.YES - ALL)
NO = (channels.NO - YES - {"null", "na", "n-a"}) | STOPS
NO |= {"never", "inactive", "unknown", "pending", "missing", "expired", "unconfirmed", "unclear"}


class Permission(NamedTuple):
    """`channels`: of which a column tells, as a contact's field has them; `allows`: yes means that they are open; None:
    its name says no twice, and may mean either."""

    channels: str
    allows: bool | None

    def forbidden(self, text: str) -> str | None:
        """The channels that a cell closes; None where it closes none. Raises Unfit for a word that is not known."""
        if says_nothing(text):
            return None
        word = slug(text)
        if self.allows is None and word not in STOPS:
            raise Unfit(f"{shown(text)} is unclear, since the column's name says no twice: rename the column")
        if self.allows:
            return self._withheld(text, word)
        return self.channels if MEANING.get(word) == EVERY and word not in ALL else clean_channels(text)

    def _withheld(self, text: str, word: str) -> str | None:
        """The channels for which a cell says no consent."""
        first, _, rest = word.partition("-")
        if word in NO or (first in NEGATIONS and rest not in NO):
            return self.channels
        if word not in YES and word not in ("null", "na", "n-a"):
            raise Unfit(f"{shown(text)} isn't yes or no, so it is unclear whether they may be contacted")
        return None


def permission(column: str) -> Permission:
    """What a column tells that is mapped to `do_not_contact`; yes forbids, where its name doesn't say otherwise."""
    name = fold(column)
    named = " ".join(sorted(channel for channel, names in CHANNELS if names.search(name)))
    return Permission(named or EVERY, _allows(column, name))


def _allows(column: str, name: str) -> bool | None:
    forbids = FORBIDS.search(name)
    if not forbids and not ALLOWS.search(name):
        return False
    said = forbids[0] if forbids else ""
    negated = any(word in NEGATIONS and word not in said for word in slug(CAMEL.sub(" ", column)).split("-"))
    if forbids:
        return None if negated else False
    return not negated and RUN_ON.match(name) is None


def may_say_no(column: str) -> bool:
    """Whether a column of this name may tell who is not to be contacted."""
    name = fold(column)
    return FORBIDS.search(name) is not None or ALLOWS.search(name) is not None


def says_no(cells: Iterable[str]) -> bool:
    """Whether one of some cells says so."""
    return any(SAYS_NO.search(cell) or slug(cell) in STOPS for cell in cells)
