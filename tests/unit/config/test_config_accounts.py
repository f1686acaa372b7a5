"""Settings of accounts and mail: what is taken, and how a fault is told without a secret."""

import base64
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.config import Security, Settings, load_settings, require_key
from reldash.config.mail_server import parse_mail_server
from reldash.errors import ConfigurationError

KEY = "expected 32 random bytes or more in base64 or hex (`openssl rand -base64 32`)"
SMTP = (
    "expected smtp+starttls:// or smtps://[USER:PASSWORD@]HOST[:PORT], or smtp:// for a server "
    "without TLS (no password, except on this machine)"
)
HIDDEN = "a value not shown here"
MAIL = {"RELDASH_SMTP_URL": "smtp://mail", "RELDASH_MAIL_FROM": "r@example.com"}
OIDC = {
    "RELDASH_OIDC_ISSUER": "https://login.example.com/realms/staff/",
    "RELDASH_OIDC_CLIENT_ID": "reldash",
    "RELDASH_OIDC_CLIENT_SECRET": "s3cret",
}


@pytest.fixture(autouse=True)
def _nothing_set(no_settings: Path) -> None:
    """No setting comes from outside of a test."""


def load(patch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    for name, value in variables.items():
        patch.setenv(name, value)
    return load_settings()


def fault(patch: pytest.MonkeyPatch, variables: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load(patch, variables)
    assert "\n" not in str(raised.value)
    return raised.value.message


def test_what_accounts_do_without_any_setting() -> None:
    settings = load_settings()
    assert (settings.key, settings.mail_server, settings.mail_from) == (None, None, None)
    assert (settings.signup_domains, settings.trusted_proxies) == ((), ())
    assert settings.session_idle == timedelta(hours=12)
    assert settings.session_lifetime == timedelta(days=7)
    assert settings.password_sign_in
    assert (settings.oidc_issuer, settings.inbox, settings.offered_account) == (None, None, None)


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda key: base64.b64encode(key).decode(),
    "base64 without =": lambda key: base64.b64encode(key).decode().rstrip("="),
    "for URLs": lambda key: base64.urlsafe_b64encode(key).decode(),
    "hex": bytes.hex,
    "HEX": lambda key: key.hex().upper(),
}


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("size", [32, 33, 64])
def test_a_key_is_read_in_any_usual_spelling(
    monkeypatch: pytest.MonkeyPatch, spelt: Callable[[bytes], str], size: int
) -> None:
    key = secrets.token_bytes(size)
    settings = load(monkeypatch, {"RELDASH_SECRET_KEY": spelt(key)})
    assert settings.key == require_key(settings) == key
    assert spelt(key) not in repr(settings) + str(settings)


WEAK_KEYS = {
    "a word": "changeme",
    "31 bytes": bytes(range(31)).hex(),
    "a phrase": "correct horse battery staple correct horse battery staple",
    "letters beyond base64": "ä" * 64,
}


@pytest.mark.parametrize("key", WEAK_KEYS.values(), ids=WEAK_KEYS)
def test_a_key_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    expected = f"environment: RELDASH_SECRET_KEY: {HIDDEN}, {KEY}"
    assert fault(monkeypatch, {"RELDASH_SECRET_KEY": key}) == expected


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("a" * 64, "its 32 bytes are too alike to be random: only 1 different value"),
        (
            "0123456789abcdef" * 8,
            "its 64 bytes are too alike to be random: only 8 different values",
        ),
    ],
)
def test_a_long_key_of_like_bytes_says_that_they_are_too_alike(
    monkeypatch: pytest.MonkeyPatch, key: str, reason: str
) -> None:
    expected = f"environment: RELDASH_SECRET_KEY: {HIDDEN}, {KEY}; {reason}"
    assert fault(monkeypatch, {"RELDASH_SECRET_KEY": key}) == expected


def test_a_missing_key_says_how_to_make_one() -> None:
    with pytest.raises(ConfigurationError) as raised:
        require_key(load_settings())
    assert str(raised.value) == (
        f"Invalid settings: environment or .env: RELDASH_SECRET_KEY: not set, {KEY}"
    )


MAIL_SERVERS = {
    "smtp://mail": ("mail", 25, Security.NONE, "", ""),
    "smtp://127.0.0.1:2525/": ("127.0.0.1", 2525, Security.NONE, "", ""),
    "smtp://u:s3cret@localhost": ("localhost", 25, Security.NONE, "u", "s3cret"),
    "smtps://u%40x:a%3Ab%2Fc%40@mail": ("mail", 465, Security.TLS, "u@x", "a:b/c@"),
    "smtp+starttls://u:s3cret@[::1]:2587": ("::1", 2587, Security.STARTTLS, "u", "s3cret"),
    "smtp+starttls://mail": ("mail", 587, Security.STARTTLS, "", ""),
}


@pytest.mark.parametrize(("url", "expected"), MAIL_SERVERS.items(), ids=MAIL_SERVERS)
def test_a_mail_server_is_read_from_its_url(url: str, expected: tuple[object, ...]) -> None:
    server = parse_mail_server(url)
    found = (server.host, server.port, server.security, server.user, server.password)
    assert found == expected
    assert not server.password or server.password not in repr(server) + server.place


PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@given(user=PRINTABLE, password=PRINTABLE)
def test_any_user_and_password_survive_percent_encoding(user: str, password: str) -> None:
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    server = parse_mail_server(f"smtps://{login}@mail.example.com")
    assert (server.user, server.password) == (user, password)


@given(
    st.one_of(st.text(), st.text().map("smtp://".__add__), st.text().map("smtps://u:p@".__add__))
)
def test_any_text_names_a_usable_mail_server_or_none(text: str) -> None:
    with suppress(ValueError):
        server = parse_mail_server(text)
        assert server.host
        assert 0 < server.port < 65536


BAD_MAIL_SERVERS = [
    "mail.example.com:25",
    "http://mail",
    "smtp://",
    "smtp://mail:0",
    "smtp://mail:70000",
    "smtp://mail:x",
    "smtp://[::1",
    "smtp://ma il",
    "smtp://mail/path",
    "smtps://mail?x",
    "smtps://u@mail",
    "smtps://:s3cret@mail",
    "smtp://u:s3cret@mail",
    "smtp://u:s3cret@10.0.0.1",
    "smtps://u:s3cr%C3%A9t@mail",
    "smtps://u:s3cret%0D%0AMAIL@mail",
]


@pytest.mark.parametrize("url", BAD_MAIL_SERVERS)
def test_another_mail_server_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    expected = f"environment: RELDASH_SMTP_URL: {HIDDEN}, {SMTP}"
    assert fault(monkeypatch, MAIL | {"RELDASH_SMTP_URL": url}) == expected


@pytest.mark.parametrize("sender", ["a@example.com", "Änn <a@example.com>", '"A, B" <a@b.example>'])
def test_mail_comes_from_one_address(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    assert load(monkeypatch, MAIL | {"RELDASH_MAIL_FROM": sender}).mail_from == sender


@pytest.mark.parametrize(
    "sender",
    ["ann", "a@b, c@d", "A <a@b>, C <c@d>", "<>", "a@b\r\nBcc: c@d", "a@-b", "group: a@b;"],
)
def test_mail_comes_from_nothing_else(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    assert "expected an address such as" in fault(monkeypatch, MAIL | {"RELDASH_MAIL_FROM": sender})


def test_lists_are_parted_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "RELDASH_SIGNUP_DOMAINS": " Example.com, xn--exmple-cua.com\tcorp,",
        "RELDASH_TRUSTED_PROXIES": "10.0.0.0/8 192.0.2.7,2001:db8::/32",
        "RELDASH_OIDC_ROLES_CLAIM": "groups",
        "RELDASH_OIDC_ADMIN_ROLES": "sre, Release-Managers",
    }
    settings = load(monkeypatch, OIDC | variables)
    assert settings.signup_domains == ("example.com", "xn--exmple-cua.com", "corp")
    networks = ("10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32")
    assert settings.trusted_proxies == tuple(ip_network(each) for each in networks)
    assert settings.oidc_admin_roles == ("sre", "Release-Managers")


def test_sessions_last_as_long_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"RELDASH_SESSION_IDLE": "30m", "RELDASH_SESSION_LIFETIME": "1d"}
    settings = load(monkeypatch, variables)
    assert settings.session_idle == timedelta(minutes=30)
    assert settings.session_lifetime == timedelta(days=1)


def test_sign_in_may_be_left_to_openid_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, OIDC | {"RELDASH_PASSWORD_SIGN_IN": "off"})
    assert not settings.password_sign_in
    assert settings.oidc_issuer == "https://login.example.com/realms/staff"
    assert "s3cret" not in repr(settings)


def test_the_demo_offers_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, {"RELDASH_OFFERED_ACCOUNT": "demo@example.com:a:b c"})
    assert settings.offered_account is not None
    offered = settings.offered_account
    assert (offered.email, offered.password) == ("demo@example.com", "a:b c")
    assert "a:b c" not in repr(settings)


FAULTS = {
    "a domain with an @": (
        {"RELDASH_SIGNUP_DOMAINS": "@example.com"},
        'RELDASH_SIGNUP_DOMAINS: "@example.com", expected email domains such as example.com, '
        "separated by commas",
    ),
    "a domain in another script": (
        {"RELDASH_SIGNUP_DOMAINS": "exämple.com"},
        'RELDASH_SIGNUP_DOMAINS: "exämple.com", expected email domains such as example.com, '
        "separated by commas",
    ),
    "an admin with a name": (
        {"RELDASH_ADMIN_EMAIL": "Ann <ann@example.com>"},
        'RELDASH_ADMIN_EMAIL: "Ann <ann@example.com>", expected an address such as ann@example.com',
    ),
    "a proxy by name": (
        {"RELDASH_TRUSTED_PROXIES": "proxy"},
        'RELDASH_TRUSTED_PROXIES: "proxy", expected networks such as 10.0.0.0/8 or 192.0.2.7, '
        "separated by commas",
    ),
    "a network with host bits": (
        {"RELDASH_TRUSTED_PROXIES": "10.0.0.1/8"},
        'RELDASH_TRUSTED_PROXIES: "10.0.0.1/8", expected networks such as 10.0.0.0/8 or 192.0.2.7, '
        "separated by commas",
    ),
    "everybody as a proxy": (
        {"RELDASH_TRUSTED_PROXIES": "10.0.0.0/8,::/0"},
        'RELDASH_TRUSTED_PROXIES: "10.0.0.0/8,::/0", expected networks such as 10.0.0.0/8 or '
        "192.0.2.7, separated by commas, but not all addresses",
    ),
    "a number without a unit": (
        {"RELDASH_SESSION_IDLE": "3600"},
        'RELDASH_SESSION_IDLE: "3600", expected a duration above zero with its unit, such as 60s, '
        "5m, 1h30m or 14d",
    ),
    "idle for longer than it lives": (
        {"RELDASH_SESSION_IDLE": "8d"},
        "RELDASH_SESSION_IDLE: longer than the session lifetime, "
        "expected at most RELDASH_SESSION_LIFETIME",
    ),
    "neither on nor off": (
        {"RELDASH_PASSWORD_SIGN_IN": "no"},
        'RELDASH_PASSWORD_SIGN_IN: "no", expected on or off',
    ),
    "no way in": (
        {"RELDASH_PASSWORD_SIGN_IN": "off"},
        "RELDASH_PASSWORD_SIGN_IN: off, expected on, as RELDASH_OIDC_ISSUER is not set",
    ),
    "a provider without TLS": (
        OIDC | {"RELDASH_OIDC_ISSUER": "http://login.example.com"},
        'RELDASH_OIDC_ISSUER: "http://login.example.com", '
        "expected https://HOST[:PORT][/PATH] of an OpenID Connect provider",
    ),
    "an offered account for everybody": (
        {
            "RELDASH_OFFERED_ACCOUNT": "demo@example.com:s3cret",
            "RELDASH_BASE_URL": "https://releases.example.com",
        },
        "RELDASH_OFFERED_ACCOUNT: set although RELDASH_BASE_URL is not this machine, "
        "expected it only in the demo",
    ),
    "an inbox for everybody": (
        {"RELDASH_INBOX": "/data/inbox", "RELDASH_BASE_URL": "http://10.0.0.1:8501"},
        "RELDASH_INBOX: set although RELDASH_BASE_URL is not this machine, "
        "expected it only in the demo",
    ),
    "an offered account without a password": (
        {"RELDASH_OFFERED_ACCOUNT": "demo@example.com"},
        f"RELDASH_OFFERED_ACCOUNT: {HIDDEN}, expected EMAIL:PASSWORD",
    ),
}


@pytest.mark.parametrize(("variables", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_variable_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    assert fault(monkeypatch, variables) == f"environment: {expected}"


INCOMPLETE = {
    "mail from nobody": (MAIL, "RELDASH_MAIL_FROM", "RELDASH_SMTP_URL"),
    "mail through nothing": (MAIL, "RELDASH_SMTP_URL", "RELDASH_MAIL_FROM"),
    "a provider without us": (OIDC, "RELDASH_OIDC_CLIENT_ID", "RELDASH_OIDC_ISSUER"),
    "a provider without our secret": (OIDC, "RELDASH_OIDC_CLIENT_SECRET", "RELDASH_OIDC_ISSUER"),
    "no provider": (OIDC, "RELDASH_OIDC_ISSUER", "RELDASH_OIDC_CLIENT_ID"),
}


@pytest.mark.parametrize(("variables", "left_out", "by"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_setting_that_another_needs_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], left_out: str, by: str
) -> None:
    rest = {name: value for name, value in variables.items() if name != left_out}
    expected = f"environment or .env: {left_out}: not set, expected a value, as {by} is set"
    assert fault(monkeypatch, rest) == expected


def test_roles_come_from_a_claim_with_names_to_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    message = fault(monkeypatch, OIDC | {"RELDASH_OIDC_ROLES_CLAIM": "groups"})
    assert "RELDASH_OIDC_ADMIN_ROLES: not set" in message
