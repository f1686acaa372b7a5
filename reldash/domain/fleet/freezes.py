"""Freeze windows: times in which an environment should not change, in a local time zone.

A window starts and ends at times on a wall clock, so "22:00 to 06:00" means just that on days of
a clock change too. A time that the clocks skip is taken as the moment of the change; of a time
that they show twice, a window starts at the first and ends at the second.

A rule of RFC 5545 (section 3.3.10) repeats it, at the same times on the wall clock. Unlike there,
a window whose start the clocks skip is not left out: nobody means to be free to deploy that night.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

# No two time zones differ by more, and no clock change was ever larger.
_MOST_MOVED = timedelta(hours=26)

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Freeze:
    """A window, or several by a rule.

    Attributes:
        environments: the names of those frozen.
        from_local, to_local: the first window's start and end on the wall clocks of `time_zone`
            (naive).
        time_zone: the name of a zone of the IANA database.
        repeats: a recurrence rule as `recurrence.check_rule` returns it; "" for one window.
    """

    name: str
    environments: tuple[str, ...]
    from_local: datetime
    to_local: datetime
    time_zone: str
    repeats: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether an aware moment lies in a window; the end is exclusive."""
        year = at.astimezone(UTC).year
        return any(from_at <= at < until_at for from_at, until_at in _windows_of(self, year))

    def windows(self, since: datetime, until: datetime) -> list[Window]:
        """The windows that overlap the time from `since` until `until` (both aware), oldest first.

        Each is aware UTC, with an exclusive end, and never cut.
        """
        years = range(since.astimezone(UTC).year, until.astimezone(UTC).year + 1)
        found = {window for year in years for window in _windows_of(self, year)}
        return sorted(w for w in found if w[0] < until and w[1] > since)


def freeze_at(freezes: Iterable[Freeze], environment: str, at: datetime) -> str:
    """The name of the first freeze of an environment that covers a moment, or ""."""
    held = (freeze for freeze in freezes if environment in freeze.environments)
    return next((freeze.name for freeze in held if freeze.covers(at)), "")


@lru_cache(maxsize=1024)
def _windows_of(freeze: Freeze, year: int) -> tuple[Window, ...]:
    """The windows that touch a year of UTC."""
    zone = ZoneInfo(freeze.time_zone)
    length = freeze.to_local - freeze.from_local
    earliest = datetime(year, 1, 1) - length - _MOST_MOVED  # noqa: DTZ001 - on the wall clock
    latest = datetime(year, 12, 31) + timedelta(days=1) + _MOST_MOVED  # noqa: DTZ001 - likewise
    starts = [freeze.from_local]
    if freeze.repeats:
        rule = rrulestr(freeze.repeats, dtstart=freeze.from_local)
        starts = rule.between(earliest, latest, inc=True)
    return tuple(
        (moment_of(start, zone, fold=0), moment_of(start + length, zone, fold=1))
        for start in starts
        if earliest <= start <= latest
    )


def moment_of(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """The moment (UTC) at which the clocks of a zone show a time, or skip it.

    `fold` chooses of a time that they show twice: 0 the first, 1 the second.
    """
    at = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if _shown(at, zone) == local:
        return at
    # By the clocks before they were moved it is too late, by those after it too early.
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        early, late = (middle, late) if _shown(middle, zone) < local else (early, middle)
    return late.replace(microsecond=0)


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
