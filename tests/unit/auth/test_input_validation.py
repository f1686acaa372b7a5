"""Validation of email addresses, names, client addresses and devices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.auth import AccountError
from reldash.auth.input_validation import (
    clean_address,
    clean_device,
    client_network,
    parse_email,
    parse_name,
)


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [
        ("ann@example.com", "ann@example.com", "ann@example.com"),
        (" Ann.Other+x@Example.COM\n", "ann.other+x@example.com", "Ann.Other+x@example.com"),
        ("o'neil@example.com", "o'neil@example.com", "o'neil@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@ｅｘａｍｐｌｅ.com", "ann@example.com", "ann@example.com"),  # noqa: RUF001 - full width
        ("ann@eхample.com", "ann@xn--eample-1ua.com", None),  # noqa: RUF001 - a Cyrillic x
    ],
)
def test_an_address_has_one_normal_form(typed: str, key: str, shown: str | None) -> None:
    email = parse_email(typed)
    if shown is None:
        assert email.key.startswith("ann@xn--")
        assert email.shown == email.key
    else:
        assert (email.key, email.shown) == (key, shown)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@example",
        "ann@example.com.",
        "ann@.com",
        "ann@exa mple.com",
        "ann@-example.com",
        "ann@exa_mple.com",
        "ann@127.0.0.1",
        "ann@[127.0.0.1]",
        "ann@bob@example.com",
        ".ann@example.com",
        "ann.@example.com",
        "an..n@example.com",
        "an n@example.com",
        '"ann"@example.com',
        "ann(x)@example.com",
        "Ann <ann@example.com>",
        "ann,bob@example.com",
        "ann@example.com,bob@example.com",
        "ann@example.com\r\nBcc: eve@example.com",
        "аnn@example.com",  # noqa: RUF001 - a Cyrillic a
        "ａnn@example.com",  # noqa: RUF001 - full width
        "ann\u200b@example.com",
        "ann@example.com\u202e",
        "ann\x00@example.com",
        "ann@\ud800.com",
        "a" * 65 + "@example.com",
        "ann@" + "a" * 64 + ".com",
        "ann@" + "a." * 130 + "com",
        "x" * 1_000_000,
    ],
)
def test_an_invalid_address_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(AccountError, match="Not an email address") as refused:
        parse_email(typed)
    assert len(str(refused.value)) < 120


@given(st.text(max_size=80))
def test_normalizing_an_address_is_idempotent(typed: str) -> None:
    try:
        email = parse_email(typed)
    except AccountError:
        return
    assert email.key.isascii()
    assert parse_email(email.key) == parse_email(email.shown.lower())
    assert parse_email(email.shown).key == email.key


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" Ann  Other ", "Ann  Other"),
        ("Jose\u0301", "José"),
        ("<b>Ann</b>", "<b>Ann</b>"),
        ("می\u200cبینم", "می\u200cبینم"),
        ("עברית", "עברית"),
    ],
)
def test_a_valid_name_is_kept(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "a\nb", "a\x00", "a\u202eb", "a\u200fb", "x" * 81])
def test_an_invisible_or_misleading_name_is_refused(typed: str) -> None:
    with pytest.raises(AccountError):
        parse_name(typed)


@pytest.mark.parametrize(
    ("address", "cleaned", "network"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff:0:0:2", "2001:db8::ffff:0:0:2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("", "", ""),
        ("localhost", "", ""),
        ("192.0.2.1, 10.0.0.1", "", ""),
        ("1" * 1_000_000, "", ""),
        ("<script>", "", ""),
    ],
)
def test_a_client_address_is_normalized_or_empty(address: str, cleaned: str, network: str) -> None:
    assert clean_address(address) == cleaned
    assert client_network(address) == network


def test_a_device_is_cut_and_cleaned() -> None:
    assert clean_device("Firefox\x00\u202e 140") == "Firefox   140"
    assert len(clean_device("x" * 1_000_000)) == 200
