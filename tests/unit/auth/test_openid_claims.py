"""Reading a provider's claims, including malformed ones."""

import pytest

from reldash.ui.sign_in.openid import is_fresh, roles_of, text_of

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("claims", "name", "roles"),
    [
        ({"groups": ["a", "b"]}, "groups", ["a", "b"]),
        ({"groups": "a"}, "groups", ["a"]),
        ({"groups": ["a", 1, None, {"b": 2}]}, "groups", ["a"]),
        ({}, "groups", []),
        ({"groups": None}, "groups", []),
        ({"groups": {"a": 1}}, "groups", []),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"realm_access": "roles"}, "realm_access.roles", []),
        ({"https://x.example/roles": ["a"]}, "https://x.example/roles", ["a"]),
        ({"groups": ["a"]}, None, None),
    ],
)
def test_roles_are_texts_in_a_list_or_none(
    claims: dict[str, object], name: str | None, roles: list[str] | None
) -> None:
    assert roles_of(claims, name) == roles


@pytest.mark.parametrize("value", [None, 1, ["a"], {"a": 1}, True])
def test_a_claim_that_is_not_text_is_ignored(value: object) -> None:
    assert text_of({"email": value}, "email") == ""


@pytest.mark.parametrize(
    ("issued", "fresh"),
    [
        (NOW, True),
        (NOW - 599, True),
        (NOW - 601, False),
        (NOW + 5, True),  # clocks differ
        (NOW + 601, False),
        (None, False),
        ("1800000000", False),
        (True, False),
        (float("nan"), False),
    ],
)
def test_only_a_recent_sign_in_is_accepted(issued: object, fresh: bool) -> None:
    assert is_fresh(issued, NOW) is fresh
