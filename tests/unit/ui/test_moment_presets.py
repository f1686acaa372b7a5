"""Moments that people ask for by name."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from reldash.ui.as_of.presets import around, list_presets

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "friday"),
    [
        ("2026-11-23 12:00", None, "2026-11-20 17:00"),  # a Monday
        ("2026-11-20 17:00", None, "2026-11-20 17:00"),
        ("2026-11-20 16:59", None, "2026-11-13 17:00"),
        ("2026-11-23 12:00", BERLIN, "2026-11-20 16:00"),
        ("2026-10-26 12:00", BERLIN, "2026-10-23 15:00"),  # clocks went back between the two
        ("2026-11-19 23:30", ZoneInfo("Asia/Kolkata"), "2026-11-13 11:30"),  # it is Friday there
    ],
)
def test_friday_evening_is_the_last_one_there(now: str, zone: tzinfo | None, friday: str) -> None:
    assert dict(list_presets(at(now), zone))["Friday 17:00"] == at(friday)


def test_yesterday_is_the_day_before_today_there() -> None:
    zone = ZoneInfo("Pacific/Auckland")  # already Tuesday there, in summer time
    found = dict(list_presets(at("2026-11-23 12:00"), zone))["Yesterday 17:00"]
    assert found == at("2026-11-23 04:00")


@pytest.mark.parametrize("zone", [None, BERLIN])
def test_every_preset_is_past_and_in_utc(zone: tzinfo | None) -> None:
    now = at("2026-11-23 00:10")
    for label, found in list_presets(now, zone):
        assert found < now, label
        assert found.utcoffset() == timedelta(0), label


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("2026-11-20 12:00:00", "2026-11-20 11:59:59", "2026-11-20 12:00:00"),
        ("2026-11-20 12:00:00.250000", "2026-11-20 12:00:00", "2026-11-20 12:00:01"),
    ],
)
def test_just_before_and_just_after_are_whole_seconds(moment: str, before: str, after: str) -> None:
    assert around(at(moment)) == (at(before), at(after))
