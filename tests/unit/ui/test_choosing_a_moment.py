"""What is chosen or typed in the choice of a moment, as the URL then holds it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reldash.domain.moments import MomentError
from reldash.ui.as_of.control import moment_words, resolve
from reldash.ui.history.period import read_period

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("chosen", "held"),
    [
        ("Now", ""),
        ("", ""),
        ("24 h ago", "2026-11-22T12:00:30Z"),
        ("Friday 17:00", "2026-11-20T16:00:00Z"),
        ("2026-11-20 17:00", "2026-11-20T17:00:00Z"),
        ("2026-11-20 17:00:05 UTC", "2026-11-20T17:00:05Z"),
        ("2026-11-20T17:00+01:00", "2026-11-20T16:00:00Z"),
        ("-7d", "2026-11-16T12:00:30Z"),
    ],
)
def test_a_choice_becomes_an_exact_moment(chosen: str, held: str) -> None:
    assert resolve(chosen, NOW, BERLIN) == held


@pytest.mark.parametrize("typed", ["soon", "2026-13-01", "2026-11-24", "<b>"])
def test_what_is_no_moment_of_the_past_stays_as_it_was_typed(typed: str) -> None:
    assert resolve(typed, NOW, BERLIN) == typed


def test_what_is_shown_can_be_chosen_again() -> None:
    shown = moment_words(NOW - timedelta(days=3))
    assert resolve(shown, NOW, BERLIN) == "2026-11-20T12:00:30Z"


@pytest.mark.parametrize(
    ("text", "since", "until", "words"),
    [
        ("30d", "2026-10-24 12:01", "2026-11-23 12:01", "the last 30 days"),
        ("45d", "2026-10-09 12:01", "2026-11-23 12:01", "the last 45 days"),
        ("12h", "2026-11-23 00:01", "2026-11-23 12:01", "the last 12 hours"),
        ("2026-11-01", "2026-11-01", "2026-11-23 12:01", "2026-11-01 00:00 until now"),
        (
            "2026-11-01..2026-11-20 17:00",
            "2026-11-01",
            "2026-11-20 17:00",
            "2026-11-01 00:00 until 2026-11-20 17:00",
        ),
    ],
)
def test_a_period_has_a_beginning_and_an_end(text: str, since: str, until: str, words: str) -> None:
    found = read_period(text, NOW)
    assert found.since == datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert found.until == datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert found.words == words


@pytest.mark.parametrize(
    "text", ["", "..", "x", "30", "2026-11-20..2026-11-01", "2026-11-20..2999-01-01", "2999-01-01"]
)
def test_what_is_no_period_of_the_past_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        read_period(text, NOW)
