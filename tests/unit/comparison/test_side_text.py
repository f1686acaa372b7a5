"""Sides of a comparison as text, in URLs and on the command line."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.comparison.side_text import parse_side, side_text
from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import Dashboard, Environment

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
NAMES = ("dev", "prod", "prod@eu", "ns:odd", "2026-11-20")
BOARD = Dashboard("platform", "Platform", tuple(map(Environment, NAMES)))


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("prod", Side("prod")),
        ("env:prod", Side("prod")),
        ("prod@2026-11-20T17:00Z", Side("prod", as_of=FRIDAY)),
        ("prod@2026-11-20 17:00", Side("prod", as_of=FRIDAY)),
        ("dev@-1d", Side("dev", as_of=datetime(2026, 11, 22, 12, 30, tzinfo=UTC))),
        ("cluster:platform-prod-eu", Side(cluster="platform-prod-eu")),
        ("cluster:both/dev", Side("dev", cluster="both")),
        ("cluster:a@b@2026-11-20T17:00Z", Side(cluster="a@b", as_of=FRIDAY)),
        ("ns:prod/shop", Side("prod", namespace="shop")),
        ("ns:prod/shop@2026-11-20T17:00Z", Side("prod", namespace="shop", as_of=FRIDAY)),
        ("customer:prod/acme", Side("prod", customer="acme")),
        ("customer:prod/-", Side("prod", customer="-")),
        ("cluster:a@b", Side(cluster="a@b")),
        ("prod@eu", Side("prod@eu")),
        ("prod@eu@2026-11-20T17:00Z", Side("prod@eu", as_of=FRIDAY)),
        ("ns:odd", Side("ns:odd")),
        ("env:ns:odd@2026-11-20T17:00Z", Side("ns:odd", as_of=FRIDAY)),
    ],
)
def test_sides_are_parsed_in_these_forms(text: str, side: Side) -> None:
    assert parse_side(text, BOARD, now=NOW) == side
    assert parse_side(side_text(side), BOARD, now=NOW) == side


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected ENVIRONMENT, cluster:NAME"),
        ("moon", "'moon': expected dev, prod"),
        ("moon@2026-11-20", "'moon': expected dev, prod"),
        ("ns:shop", "expected ENVIRONMENT, cluster:NAME"),
        ("ns:moon/shop", "'moon': expected dev, prod"),
        ("customer:prod/", "expected ENVIRONMENT, cluster:NAME"),
        ("cluster:", "expected ENVIRONMENT, cluster:NAME"),
        ("cluster:a/", "expected ENVIRONMENT, cluster:NAME"),
        ("cluster:a/moon", "'moon': expected dev, prod"),
        ("planet:earth", "expected ENVIRONMENT, cluster:NAME"),
        ("prod@friday", "'prod@friday': 'friday': expected a time of UTC"),
        ("prod@2026-12-24", "lies in the future"),
    ],
)
def test_a_text_that_is_no_side_is_refused_with_the_expected_forms(
    text: str, expected: str
) -> None:
    with pytest.raises(ChoiceError) as raised:
        parse_side(text, BOARD, now=NOW)
    assert expected in raised.value.message


@given(
    environment=st.sampled_from(NAMES),
    part=st.from_regex(r"[^\W_](?:[\w.:@+-]{0,20}[\w.+-])?", fullmatch=True),
    kind=st.sampled_from(["cluster", "namespace", "customer", ""]),
    as_of=st.none() | st.just(FRIDAY),
)
def test_every_side_survives_writing_and_parsing(
    environment: str, part: str, kind: str, as_of: datetime | None
) -> None:
    if as_of is None:  # no name ends like a moment
        part = part.replace("@", "@x")
    side = Side(environment, as_of=as_of, **({kind: part} if kind else {}))
    assert parse_side(side_text(side), BOARD, now=NOW) == side
