"""The viewer's own time zone, as the browser tells it: for times on hover, never for what is kept.

Whatever is stored, exported or in a URL is UTC.
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def viewer_zone() -> ZoneInfo | None:
    """The zone by its IANA name; None where the browser tells none that is known here."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # an unknown name, one that is a path, a folder
        return None


def zone_name(zone: tzinfo | None) -> str:
    """As people know it: "Europe/Berlin"; "UTC" for None."""
    return str(zone) if isinstance(zone, ZoneInfo) else "UTC"


def in_zone(at: datetime, zone: tzinfo | None) -> str:
    """A time in a zone that is not UTC: "16:04:05 in Europe/Berlin"; "" where it is UTC's.

    With the date, where that is another one there.
    """
    if zone is None or zone_name(zone) in {"UTC", "Etc/UTC", "GMT"}:
        return ""
    there = at.astimezone(zone)
    day = "" if there.date() == at.astimezone(UTC).date() else f"{there:%Y-%m-%d} "
    return f"{day}{there:%H:%M:%S} in {zone_name(zone)}"
