"""A11: a catalog holds no secrets, since many people read it; they come from the environment, as `${env:NAME}`.

A text is a secret because of its place (an Authorization or API-key header, a password or a key in a URL, a payload key
of such a name) or because it begins as the keys of well-known services do. Tokens of the contact aren't secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from followup.catalog.checks.steps import plan_steps
from followup.catalog.declarations import Declarations, Finding
from followup.catalog.tree import Path

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

#: Words of a name, such as `password` or accessToken, whose value is a secret anywhere.
SECRET = frozenset(("password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "credentials"))
#: Of a header or of a URL's parameter, also these.
KEYS = SECRET | frozenset(("authorization", "auth", "key", "cookie", "signature", "sig"))
#: Names with such a word that are none.
HARMLESS = frozenset(("idempotency-key", "partition-key", "routing-key", "sort-key", "page-token", "next-token"))
SCHEME = re.compile(r"\s*(basic|bearer|token|api-?key|digest|hmac)\s+", re.I)
FROM_OUTSIDE = re.compile(r"\$\{env:[^}]*\}|\{\{[^{}]*\}\}")
SERVICES = re.compile(r"(?<![A-Za-z0-9])([sr]k_(live|test)_|xox[abprs]-|gh[pousr]_|github_pat_|AKIA|eyJ)[\w.-]{8,}")

#: addresses at which whoever knows the path may post: the hooks of chat services
HOOKS = re.compile(
    r"//(hooks\.slack\.com/(services|workflows|triggers)|(\w+\.)?discord(app)?\.com/api(/v\d+)?/webhooks"
    r"|[\w-]+\.webhook\.office\.com/webhookb2)/+\w",
    re.I,
)
#: a parameter wherever a URL can have one: in its path, its query or its fragment
PARAMETER = re.compile(r"[?&;#]([^=?&;#/]+)=([^?&;#]*)")


def literal_secrets(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in plan_steps(declarations):
        for path, what in _secrets(step):
            message = f"{what} is written into the catalog, which many people read"
            hint = "write ${env:NAME} instead, and set NAME in the environment"
            yield Finding("FU241", item, ("steps", place, *path), message, hint)


def _secrets(step: d.PlanStepDocument) -> Iterator[tuple[Path, str]]:
    payload = step.get("payload")
    if what := _in_url(step.get("url", "")):
        yield ("url",), what
    for name, value in step.get("headers", {}).items():
        if _is_secret(name, value, KEYS):
            yield ("headers", name), f"the secret of '{name}'"
    for name, constant in payload.items() if isinstance(payload, dict) else ():
        if _is_secret(name, str(constant or ""), SECRET):
            yield ("payload", name), f"the secret of '{name}'"


def _in_url(url: str) -> str:
    """The password, or the parameter, that is a secret."""
    from urllib.parse import unquote_plus, urlsplit  # few catalogs have a webhook

    try:
        plain = FROM_OUTSIDE.sub("", url)
        parts = urlsplit(plain)
    except ValueError:  # a host that is none
        return ""
    if parts.password:
        return "the password of the URL"
    pairs = [(unquote_plus(name), value) for name, value in PARAMETER.findall(plain)]
    names = [name for name, value in pairs if _is_secret(name, value, KEYS)]
    if names:
        return f"the secret of '{names[0]}'"
    return "a secret of the URL" if SERVICES.search(url) or HOOKS.search(plain) else ""


def _is_secret(name: str, value: str, words: frozenset[str]) -> bool:
    plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    named = plain not in HARMLESS and ("api-key" in plain or bool(words & set(plain.split("-"))))
    literal = SCHEME.sub("", FROM_OUTSIDE.sub("", value) + " ").strip()
    return bool(literal) and (named or SERVICES.search(value) is not None)
