"""Durations in words."""

from datetime import timedelta

import pytest

from reldash.domain.phrases import length_words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=1, hours=23, minutes=59), "1 d 23 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=2, minutes=59), "2 d"),
        (timedelta(hours=18, minutes=5), "18 h 5 min"),
        (timedelta(minutes=40, seconds=2), "40 min 2 s"),
        (timedelta(seconds=31.4), "31 s"),
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_duration_has_its_largest_unit_and_the_next(length: timedelta, words: str) -> None:
    assert length_words(length) == words
