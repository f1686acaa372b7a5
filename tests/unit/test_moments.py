"""Moments are parsed exactly; other texts are refused with the expected forms."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.matrix.cell_text import iso
from reldash.domain.moments import MomentError, parse_moment

NOW = datetime(2026, 11, 23, 12, 30, 15, 999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T17:00Z", "2026-11-20T17:00:00Z"),
        ("2026-11-20 17:00Z", "2026-11-20T17:00:00Z"),
        ("2026-11-20 17:00", "2026-11-20T17:00:00Z"),
        ("2026-11-20t17:00:59z", "2026-11-20T17:00:59Z"),
        ("2026-11-20T17:00+01:00", "2026-11-20T16:00:00Z"),
        ("2026-11-20 17:00 -0530", "2026-11-20T22:30:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
        (" 2026-11-20 ", "2026-11-20T00:00:00Z"),
        ("-7d", "2026-11-16T12:30:15Z"),
        ("-12h", "2026-11-23T00:30:15Z"),
        ("-90m", "2026-11-23T11:00:15Z"),
        ("-90min", "2026-11-23T11:00:15Z"),
        ("-1d12h", "2026-11-22T00:30:15Z"),
        ("-15s", "2026-11-23T12:30:00Z"),
    ],
)
def test_moments_are_read_in_these_forms(text: str, expected: str) -> None:
    assert iso(parse_moment(text, now=NOW)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "friday", "7d", "-", "-7", "-7w", "2026-11", "20-11-2026", "2026-02-30", "17:00",
     "2026-11-20T25:00Z", "2026-11-20T17:00+25:00", "2026-11-20T17:00:00.5Z", "-999999d",
     "0001-01-01T00:00+01:00", "1969-12-31", "-99999d", "2026-11-20T17:00ZZ"],
)  # fmt: skip
def test_other_texts_are_refused_with_the_expected_forms(text: str) -> None:
    with pytest.raises(MomentError, match=r"expected a time of UTC such as .* ago, such as -7d"):
        parse_moment(text, now=NOW)


def test_the_future_is_refused() -> None:
    assert parse_moment("2026-11-23T12:30:15Z", now=NOW) < NOW
    with pytest.raises(MomentError, match="2026-11-23 12:30:16 UTC lies in the future"):
        parse_moment("2026-11-23T12:30:16Z", now=NOW)


def test_relative_moments_need_the_present() -> None:
    with pytest.raises(MomentError, match="expected a time of UTC such as 2026-11-20T17:00Z"):
        parse_moment("-7d")
    assert parse_moment("2999-01-01") == datetime(2999, 1, 1, tzinfo=UTC)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_moments_in_urls_survive_writing_and_parsing(at: datetime) -> None:
    moment = at.replace(tzinfo=UTC, microsecond=0)
    assert parse_moment(iso(moment)) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_moment_of_the_past_or_refused(text: str) -> None:
    with suppress(MomentError):
        assert parse_moment(text, now=NOW) <= NOW
