"""The exact time, in UTC and where the viewer is."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from reldash.ui.widgets import relative_times, time_zone

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 20, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        (NOON, None, ""),
        (NOON, UTC, ""),
        (NOON, ZoneInfo("Etc/UTC"), ""),
        (NOON, ZoneInfo("Europe/Berlin"), "13:00:00 in Europe/Berlin"),
        (SUMMER, ZoneInfo("Europe/Berlin"), "14:00:00 in Europe/Berlin"),
        (EVENING, ZoneInfo("Asia/Kolkata"), "2026-11-21 05:00:00 in Asia/Kolkata"),
    ],
)
def test_a_time_in_the_viewers_zone(at: datetime, zone: tzinfo | None, words: str) -> None:
    assert time_zone.in_zone(at, zone) == words


def test_the_exact_time_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relative_times, "viewer_zone", lambda: ZoneInfo("Europe/Berlin"))
    assert relative_times.exact(NOON) == "2026-11-20 12:00:00 UTC (13:00:00 in Europe/Berlin)"


class Told:
    """What a browser tells."""

    def __init__(self, timezone: str | None) -> None:
        self.timezone = timezone


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../../etc/passwd", "/etc", "Europe"])
def test_a_zone_that_is_not_known_is_none(
    name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.context", Told(name))
    assert time_zone.viewer_zone() is None


def test_a_known_zone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.context", Told("America/New_York"))
    assert time_zone.viewer_zone() == ZoneInfo("America/New_York")
