"""Preset moments, and the moments just before and just after another."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple

_EVENING = time(17)
_FRIDAY = 4  # as datetime.weekday() counts
_SECOND = timedelta(seconds=1)


class Preset(NamedTuple):
    """A moment and its label; `at` is aware UTC."""

    label: str
    at: datetime


def list_presets(now: datetime, zone: tzinfo | None) -> list[Preset]:
    """Preset past moments, most recent first.

    Args:
        now: aware UTC.
        zone: time zone of "17:00"; None for UTC.
    """
    return [
        Preset("1 h ago", now - timedelta(hours=1)),
        Preset("24 h ago", now - timedelta(hours=24)),
        Preset("Yesterday 17:00", _evening(now, zone, days=1)),
        Preset("Friday 17:00", _evening(now, zone, days=_days_since_friday(now, zone))),
        Preset("7 d ago", now - timedelta(days=7)),
        Preset("30 d ago", now - timedelta(days=30)),
    ]


def around(at: datetime) -> tuple[datetime, datetime]:
    """The last whole second before a moment, and the first one at or after it.

    URLs hold whole seconds, while a change may fall between two of them.
    """
    second = at.replace(microsecond=0)
    return (second, second + _SECOND) if at > second else (second - _SECOND, second)


def _evening(now: datetime, zone: tzinfo | None, *, days: int) -> datetime:
    """17:00 in the zone, `days` days before today."""
    there = now.astimezone(zone or UTC)
    day = there.date() - timedelta(days=days)
    return datetime.combine(day, _EVENING, there.tzinfo).astimezone(UTC)


def _days_since_friday(now: datetime, zone: tzinfo | None) -> int:
    """Days since the last Friday 17:00 in the zone; 7 on a Friday before 17:00."""
    there = now.astimezone(zone or UTC)
    days = (there.weekday() - _FRIDAY) % 7
    return days if days or there.time() >= _EVENING else 7
