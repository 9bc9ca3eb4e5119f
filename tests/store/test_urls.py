"""The password in the url of a store is never printed, however the url is written."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.store.urls import display_url, without_secrets
from tests.conftest import command
from tests.store.faults import one_line

#: no other generated text contains these letters in a row
SECRET = "hUnTeR2"

#: passwords with anything around the secret that could be mistaken for another part of a url
passwords = st.builds(
    lambda before, after: before + SECRET + after,
    st.text("aZ09:/?#&=%@;, .-~!", max_size=8),
    st.text("aZ09:/?#&=%;, .-~!", max_size=8),
)
schemes = st.sampled_from(("postgresql://", "postgres://", "POSTGRESQL://", "postgresql:/", "postgresql:", "pg://", ""))
hosts = st.sampled_from(("db", "db:5432", "", "[::1]:5432", "a,b:1", "%2Ftmp"))
ends = st.sampled_from(("", "/sales", "/sales?schema=x", "?schema=x", "/?host=/tmp&schema=x", "/sales?sslmode=require"))
keys = st.sampled_from(
    ("password", "pass%77ord", "PASSWORD", "sslpassword", "passwd", "pwd", "%70assword", " password", "options", "krb")
)


@st.composite
def logins(draw: st.DrawFn) -> str:
    """A login before the host, with its password plain or percent-encoded."""
    password = draw(passwords)
    text = draw(st.sampled_from((password, quote(password), quote(password, safe=""))))
    user = draw(st.sampled_from(("tom", "", "t.o", "tom%20x")))
    return f"{draw(schemes)}{user}:{text}@{draw(hosts)}{draw(ends)}"


@st.composite
def options(draw: st.DrawFn) -> str:
    """The password after the database, as an option of the query or in another syntax."""
    start = f"{draw(schemes)}{draw(hosts)}/sales"
    mark = draw(
        st.sampled_from(
            ("?", "?schema=x&", "?schema=x;", "?sslmode=require;", " ", "#", "&", ";", "?application_name=x ")
        )
    )
    return f"{start}{mark}{draw(keys)}={quote(draw(passwords), safe=draw(st.sampled_from(('', '/:@'))))}"


@st.composite
def conninfos(draw: st.DrawFn) -> str:
    return f"host=db {draw(keys)}={draw(passwords)} dbname={draw(st.sampled_from(('sales', 'x y')))}"


@given(st.one_of(logins(), options(), conninfos()))
def test_P7_a_displayed_url_never_contains_its_password(url: str) -> None:
    assert SECRET not in display_url(url)
    for prefix in ("csv:", "sqlite:///", "sqlite://", "sqlite:"):
        if "://" in url:
            assert SECRET not in display_url(prefix + url)


@given(logins())
def test_P7_parts_of_a_url_that_a_driver_quotes_are_hidden(url: str) -> None:
    message = without_secrets(f'invalid port number: "{url.rpartition(":")[2]}"', url)
    assert SECRET not in message


@pytest.mark.parametrize("name", ["host", "hostaddr", "port", "user", "connect_timeout", "sslrootcert", "options", "x"])
@pytest.mark.parametrize(
    "value", ["x password=hUnTeR2", "a,b password=hUnTeR2", "x'y=hUnTeR2", 'x"y=hUnTeR2', "\\=hUnTeR2"]
)
def test_P7_no_option_of_a_url_that_is_not_displayed_is_quoted_by_the_driver(
    name: str, value: str, tmp_path: Path
) -> None:
    result = command("due", "--store", f"postgresql://127.0.0.1:1/d?{name}={quote(value)}", cwd=tmp_path)
    assert result.returncode in (2, 69) and one_line(result.stderr), result
    assert SECRET not in result.stdout + result.stderr


@given(passwords, st.sampled_from(("host '{}'", 'host "{}"', "host {}: no", "host {!r}")))
def test_P7_a_value_that_is_not_displayed_is_hidden_however_it_is_quoted(value: str, message: str) -> None:
    url = f"postgresql://db/x?host={quote('a=' + value, safe='')}"
    assert SECRET not in without_secrets(message.format("a=" + value), url)


#: a url as typed, and as displayed
URLS = (
    ("postgresql://pw:2024?hUnTeR2@127.0.0.1:1/x", "postgresql://pw@127.0.0.1:1/x"),
    ("postgresql://tom:12345/hUnTeR2@db/x", "postgresql://tom@db/x"),
    ("host=db password=hUnTeR2", "..."),
    ("postgresql:/tom:hUnTeR2@db", "postgresql://tom@db"),
    ("postgres:tom:hUnTeR2@db", "postgres://tom@db"),
    ("POSTGRESQL://tom:hUnTeR2@db", "postgresql://tom@db"),
    ("postgresql://tom:hUnTeR2", "postgresql://..."),
    ("postgresql://127.0.0.1:1/x?pass%77ord=hUnTeR2", "postgresql://127.0.0.1:1/x"),
    ("postgresql://127.0.0.1:1/x?PASSWORD=hUnTeR2", "postgresql://127.0.0.1:1/x"),
    ("csv:postgresql://tom:hUnTeR2@db", "csv:..."),
    ("postgresql://tom:2024/x?hUnTeR2@db", "postgresql://..."),
    ("postgresql://db/x?application_name=a@hUnTeR2", "postgresql://..."),
    ("postgresql:tom:2024?hUnTeR2@db", "postgresql://..."),
    ("postgresql://db/sales password=@hUnTeR2", "postgresql://..."),
)


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_P7_no_command_prints_or_stores_the_password_of_a_url(url: str, expected: str, tmp_path: Path) -> None:
    assert display_url(url) == expected
    for words in (["due"], ["init", "x"], ["store", "create"], ["store", "copy", "sqlite:///a.db", url], ["doctor"]):
        result = command(*words, "--store", url, cwd=tmp_path)
        assert result.returncode in (2, 69) and one_line(result.stderr), result.stderr
        assert SECRET not in result.stdout + result.stderr
    assert not list(tmp_path.rglob("store"))


@pytest.mark.parametrize(
    "url",
    ["postgresql://tom@db:5432/sales?schema=x&sslmode=require&connect_timeout=5", "postgresql:///s?host=/run/x&user=t"]
    + ["sqlite:////tmp/a@b.db", "sqlite:///C d/e.db", "csv:of:fice@x", "followup.db", "postgresql://a:1,b:2/s"],
)
def test_a_url_without_a_secret_is_displayed_unchanged(url: str) -> None:
    assert display_url(url) == url
