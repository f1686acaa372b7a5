"""Relative times such as "3 min ago", with the exact time in UTC and in the viewer's zone."""

from datetime import datetime

from reldash.domain.phrases import duration_words
from reldash.ui.widgets.markup import Markup, element
from reldash.ui.widgets.time_zone import in_zone, viewer_zone


def ago(at: datetime | None, now: datetime) -> str:
    """Such as "3 min ago"; "just now" below two seconds; "never" for None."""
    if at is None:
        return "never"
    if (now - at).total_seconds() < 2:
        return "just now"
    return f"{duration_words(now - at)} ago"


def exact(at: datetime | None) -> str:
    """Such as "2026-11-23 15:04:05 UTC (16:04:05 in Europe/Berlin)"; "" for None.

    The time in parentheses is in the viewer's time zone, if that is not UTC.
    """
    if at is None:
        return ""
    there = in_zone(at, viewer_zone())
    return f"{at:%Y-%m-%d %H:%M:%S} UTC{f' ({there})' if there else ''}"


def render_ago(at: datetime | None, now: datetime) -> Markup:
    """How long ago, with the exact time on hover."""
    if at is None:
        return element("span", "never")
    return element("time", ago(at, now), title=exact(at), datetime=at.isoformat())


def render_duration(since: datetime, now: datetime) -> Markup:
    """How long something has lasted, such as "12 d", with its exact start on hover."""
    words = duration_words(now - since)
    return element("time", words, title=f"Since {exact(since)}", datetime=since.isoformat())
