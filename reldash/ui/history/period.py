"""The time that the history page shows: so long until now, or from one moment until another."""

from datetime import datetime, timedelta
from typing import NamedTuple

from reldash.domain.moments import MomentError, parse_moment, refuse_future
from reldash.domain.phrases import counted
from reldash.ui.widgets import url_state

PERIOD = "period"  # in the URL
BETWEEN = ".."  # what parts two moments there

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
    """A time that ends now or in the past.

    Attributes:
        since, until: aware UTC; where it ends now, the end of this minute, so that all who look
            in one minute ask for the same.
        words: as they stand in sentences: "the last 30 days".
        goes_on: whether it ends now.
    """

    since: datetime
    until: datetime
    words: str
    goes_on: bool


def choose_period(now: datetime) -> Period:
    """Draw the choice, and give what is chosen.

    Raises:
        MomentError: what the URL has, or what was typed, is no period of the past.
    """
    text = url_state.choose(
        "Period",
        PERIOD,
        list(_WORDS),
        default=USUAL,
        words=_WORDS,
        free=True,
        width=170,
        hint="Or type two times in UTC: 2026-11-01..2026-11-20 17:00, the second one is optional.",
    )
    return read_period(text, now)


def read_period(text: str, now: datetime) -> Period:
    """The period that a text names: "30d", "2026-11-01..2026-11-20", "2026-11-01" until now.

    Raises:
        MomentError: it names none, or one that ends before it begins or has not come yet.
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
        return counted(length // timedelta(hours=1), "hour")
    return counted(length.days, "day")
