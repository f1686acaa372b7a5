"""Times as people read them."""

from datetime import timedelta

import pytest

from reldash.ui.widgets.relative_times import ago, exact, render_ago, render_duration
from tests.unit.builders import NOW


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=1), "just now"),
        (timedelta(seconds=2), "2 s ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=25), "1 d ago"),
    ],
)
def test_ago(age: timedelta, words: str) -> None:
    assert ago(NOW - age, NOW) == words


def test_never() -> None:
    assert ago(None, NOW) == "never"
    assert exact(None) == ""


def test_the_exact_time_in_utc_is_at_hand() -> None:
    html = render_ago(NOW, NOW + timedelta(minutes=3))
    assert 'title="2026-11-20 12:00:00 UTC"' in html
    assert ">3 min ago<" in html


def test_a_duration_has_the_time_it_began_at_hand() -> None:
    html = render_duration(NOW, NOW + timedelta(days=12, hours=3))
    assert 'title="Since 2026-11-20 12:00:00 UTC"' in html
    assert ">12 d<" in html
