"""The period of the history page: a length until now, or from one moment until another."""

from datetime import datetime, timedelta
from typing import NamedTuple

from reldash.domain.moments import MomentError, parse_moment, refuse_future
from reldash.ui.widgets import url_state

PERIOD = "period"  # in the URL
BETWEEN = ".."  # between two moments in the URL

USUAL = "30d"
_WORDS = {
    "1d": "24 hours",
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "365d": "a year",
}


_MINUTE = timedelta(minutes=1)


class Period(NamedTuple):
    """A period that ends now or in the past.

    Attributes:
        since, until: aware UTC; where it ends now, the end of this minute, so that all
            requests of one minute share a cached result.
        words: as used in sentences: "the last 30 days".
        goes_on: whether it ends now.
    """

    since: datetime
    until: datetime
    words: str
    goes_on: bool


def choose_period(now: datetime) -> Period:
    """Draw the choice; returns the chosen period.

    Raises:
        MomentError: the URL or the typed text is no past period.
    """
    text = url_state.choose(
        "Period",
        PERIOD,
        list(_WORDS),
        default=USUAL,
        words=_WORDS,
        free=True,
        width=170,
        hint="Or type two times in UTC: 2026-11-01..2026-11-20 17:00. The second one is optional.",
    )
    return read_period(text, now)


def read_period(text: str, now: datetime) -> Period:
    """Parse a period: "30d", "2026-11-01..2026-11-20", "2026-11-01" until now.

    Raises:
        MomentError: the text is no period, ends before it starts, or lies in the future.
    """
    first, between, second = text.partition(BETWEEN)
    now = now.replace(second=0, microsecond=0) + _MINUTE
    if not between and text[:1].isdigit() and text[-1:] in {"d", "h"}:
        since = parse_moment(f"-{text}", now=now)
        return Period(since, now, f"the last {_length(text, now - since)}", goes_on=True)
    since, until = parse_moment(first), now
    if second.strip():
        until = parse_moment(second)
        refuse_future(until, now)
    if since >= until:
        raise MomentError("No such period", f"{text[:60]!r}: expected an earlier and a later time")
    end = f"{until:%Y-%m-%d %H:%M}" if second.strip() else "now"
    words = f"{since:%Y-%m-%d %H:%M} until {end}"
    return Period(since, until, words, goes_on=not second.strip())


def _length(text: str, length: timedelta) -> str:
    if text in _WORDS:
        return _WORDS[text]
    if text.endswith("h"):
        hours = length // timedelta(hours=1)
        return "hour" if hours == 1 else f"{hours} hours"
    return "day" if length.days == 1 else f"{length.days} days"
