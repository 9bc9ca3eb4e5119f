"""What a cell says of the channels that a contact is not to be reached by: their names, or a yes or no for all of them.

A word that is not known is refused: an opt-out that were read as something else would be lost without a word.
"""

from __future__ import annotations

import re
from functools import lru_cache

from followup.core.fields.values import Unfit, shown, slug

#: channel -> what else it is called, as `slug` writes it
CALLED = {
    "call": """call calls calling phone phones telephone phone-call phone-calls phonecall phonecalls telefon telefono
        anruf anrufe appel appels llamada llamadas""",
    "correspondence": "correspondence mail mails mailing letter letters post postal postal-mail direct-mail brief",
    "email": "email emails emailing",
    "sms": "sms text texts texting text-message text-messages textmessage textmessages",
}
CHANNELS = {word: channel for channel, words in CALLED.items() for word in words.split()}
EVERY = " ".join(CALLED)
#: what is said of all of them -> the words that say it
ANSWERS = {
    EVERY: """yes y true t x 1 on ja oui si sim tak wahr vrai verdadero vero all any every everything dnc opt-out
        opted-out optout optedout unsubscribe unsubscribed""",
    None: """no n false f 0 off none nothing null na n-a nein nicht non nao nee nej nei nie falsch faux falso opt-in
        opted-in optin optedin subscribed""",
}
SAID = {word: answer for answer, words in ANSWERS.items() for word in words.split()}
E_MAIL = re.compile(r"\be-mail", re.IGNORECASE)
PARTS = re.compile(r"[;,/|&+\n]|\band\b|\bor\b", re.IGNORECASE)
#: `do not call`, `no calls`, `opted out of email`, `email opt out` name the channel alike
AROUND = re.compile(
    r"^(?:do-not|don-t|dont|no|not)-|^(?:opt(?:ed)?-?out|unsubscribed)-(?:(?:of|from)-)?|-opt(?:ed)?-?out$"
)


@lru_cache(maxsize=256)
def clean_channels(text: str) -> str | None:
    """The channels, sorted, with single spaces between; None where every one is open."""
    if slug(text) in SAID:
        return SAID[slug(text)]
    named = [_channels(part) for part in PARTS.split(E_MAIL.sub("email", text)) if part.strip()]
    if not named or None in named:
        raise Unfit(f"{shown(text)} is no channel: {', '.join(CALLED)}, or yes or no for all of them")
    return " ".join(sorted({channel for channels in named for channel in channels or ()}))


def _channels(part: str) -> list[str] | None:
    """Those that a part names, one or several; None for one that names something else."""
    words = AROUND.sub("", slug(part))
    if words == "contact" and words != slug(part):
        return [*CALLED]
    found = [CHANNELS.get(word) for word in ([words] if words in CHANNELS else words.split("-"))]
    return None if None in found else [channel for channel in found if channel]
