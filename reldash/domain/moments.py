"""Parse moments of the past as people write them in URLs and on the command line."""

import re
from datetime import UTC, datetime, timedelta

from reldash.errors import ReldashError

_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_AGO = re.compile(
    r"-(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m(?:in)?)?(?:([0-9]{1,6})s)?"
)
_FIRST_YEAR = 1970
_FORMS = "a time of UTC such as 2026-11-20T17:00Z or 2026-11-20"
_FORMS_AGO = f"{_FORMS}, or how long ago, such as -7d or -1h30m"


class MomentError(ReldashError):
    """A text that is no moment, or a moment in the future."""


def parse_moment(text: str, *, now: datetime | None = None) -> datetime:
    """Parse a moment; it is aware UTC and of whole seconds.

    Accepted are "2026-11-20T17:00Z", with a space for the T, with seconds, with an offset such as
    +01:00 for the Z or with neither (UTC), and a day alone for its 00:00 UTC; of 1970 and later.

    Args:
        text: the text to parse.
        now: the present (aware). With it "-7d", "-12h", "-90m" and "-1d12h" (ago) are accepted
            too, and moments in the future are refused.

    Raises:
        MomentError: the text has none of these forms, or the moment does not exist or lies in
            the future.
    """
    written = text.strip()
    at = _read(written) or (_ago(written, now) if now is not None else None)
    if at is None or at.year < _FIRST_YEAR:
        expected = _FORMS if now is None else _FORMS_AGO
        raise MomentError("Unknown moment", f"{text[:60]!r}: expected {expected}")
    if now is not None:
        refuse_future(at, now)
    return at


def refuse_future(at: datetime, now: datetime) -> None:
    """Raise MomentError for a moment in the future; both are aware."""
    if at > now:
        words = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC lies in the future"
        raise MomentError("Moment in the future", f"{words}: expected a moment of the past")


def _read(written: str) -> datetime | None:
    match = _MOMENT.fullmatch(written.upper())
    if match is None:
        return None
    text = f"{match['day']}T{match['time'] or '00:00'}{match['zone'] or 'Z'}"
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):  # a day, time or offset that does not exist
        return None


def _ago(written: str, now: datetime) -> datetime | None:
    match = _AGO.fullmatch(written.lower())
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    try:
        past = now - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:  # before the year 1
        return None
    return past.astimezone(UTC).replace(microsecond=0)
