"""Parses the channels by which a contact must not be reached: their names, or a yes or no for all of them.

Unknown words are refused: misreading an opt-out would silently lose it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from followup.core.fields.values import Unfit, shown, slug

#: channel -> its other names, as `slug` writes them
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "call": """call calls calling phone phones telephone phone-call phone-calls phonecall phonecalls telefon
            telefono anruf anrufe appel appels llamada llamadas""",
        "correspondence": "correspondence mail mails mailing letter letters post postal postal-mail direct-mail brief",
        "email": "email emails emailing",
        "sms": "sms text texts texting text-message text-messages textmessage textmessages",
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {word: channel for channel, words in NAMES.items() for word in words.split()}
)
EVERY = " ".join(NAMES)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


YES = words("yes y true t x 1 on ja oui si sim tak wahr vrai verdadero vero all any every everything")
NO = words("""no n false f 0 off none nothing null na n-a nein nicht non nao nee nej nei nie falsch faux falso opt-in
    opted-in optin optedin subscribed allow allowed""")
#: what a contact, or a mail system, said to stop; unlike yes and no, it means the same whatever was asked
STOPS = words("""dnc opt-out opted-out optout optedout unsubscribe unsubscribed not-subscribed non-subscribed
    nonsubscribed not-opted-in do-not-allow not-allowed stop stopped remove removed bounce bounced hard-bounce
    hard-bounced cleaned spam spam-complaint complaint complained declined denied refused rejected revoked withdrawn
    blocked blacklisted suppressed no-consent""")
MEANING: Mapping[str, str | None] = MappingProxyType({**dict.fromkeys(YES | STOPS, EVERY), **dict.fromkeys(NO)})
E_MAIL = re.compile(r"\be-mail", re.IGNORECASE)
PARTS = re.compile(r"[;,/|&+\n]|\band\b|\bor\b", re.IGNORECASE)
#: `do not call`, `no calls`, `opted out of email` and `email opt out` all name a channel
AROUND = re.compile(
    r"^(?:do-not|don-t|dont|no|not)-|^(?:opt(?:ed)?-?out|unsubscribed)-(?:(?:of|from)-)?|-opt(?:ed)?-?out$"
)


@lru_cache(maxsize=256)
def clean_channels(text: str) -> str | None:
    """The channels, sorted, separated by single spaces; None if the contact allows all of them."""
    if slug(text) in MEANING:
        return MEANING[slug(text)]
    by_part = [_channels(part) for part in PARTS.split(E_MAIL.sub("email", text)) if part.strip()]
    if not by_part or None in by_part:
        raise Unfit(f"unknown channel {shown(text)}: use {', '.join(NAMES)}, or yes or no for all of them")
    return " ".join(sorted({channel for channels in by_part for channel in channels or ()}))


def _channels(part: str) -> list[str] | None:
    """The channels in one part of the text; None if it contains anything else."""
    words = AROUND.sub("", slug(part))
    if words == "contact" and words != slug(part):
        return [*NAMES]
    channels = [CHANNELS.get(word) for word in ([words] if words in CHANNELS else words.split("-"))]
    return None if None in channels else [channel for channel in channels if channel]
