"""The viewer's time zone as the browser reports it, for times on hover.

Stored times, exports and URLs are in UTC.
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def viewer_zone() -> ZoneInfo | None:
    """The viewer's zone; None where the browser reports none, or an unknown one."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # an unknown name, a path or a folder
        return None


def zone_name(zone: tzinfo | None) -> str:
    """A zone's IANA name such as "Europe/Berlin"; "UTC" for None."""
    return str(zone) if isinstance(zone, ZoneInfo) else "UTC"


def in_zone(at: datetime, zone: tzinfo | None) -> str:
    """A time in a zone other than UTC: "16:04:05 in Europe/Berlin"; "" for UTC.

    Includes the date where it differs from the UTC date.
    """
    if zone is None or zone_name(zone) in {"UTC", "Etc/UTC", "GMT"}:
        return ""
    there = at.astimezone(zone)
    day = "" if there.date() == at.astimezone(UTC).date() else f"{there:%Y-%m-%d} "
    return f"{day}{there:%H:%M:%S} in {zone_name(zone)}"
