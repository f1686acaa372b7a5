"""Recurrence rules of RFC 5545 (section 3.3.10) that repeat daily or less often."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# By frequency, an interval that leads beyond the year 9999, where rules end.
_BEYOND = {"DAILY": 3_700_000, "WEEKLY": 530_000, "MONTHLY": 120_000, "YEARLY": 10_000}
_NUMBER = "[1-9][0-9]{0,3}"
_NUMBERS = "[+-]?[0-9]{1,3}(?:,[+-]?[0-9]{1,3})*"
_DAYS = "MO|TU|WE|TH|FR|SA|SU"
_PARTS = {
    "FREQ": "|".join(FREQUENCIES),
    "INTERVAL": _NUMBER,
    "COUNT": _NUMBER,
    "UNTIL": "[0-9]{8}T[0-9]{6}Z?",
    "BYDAY": f"(?:[+-]?[0-9]{{1,2}})?(?:{_DAYS})(?:,(?:[+-]?[0-9]{{1,2}})?(?:{_DAYS}))*",
    "BYMONTH": "[0-9]{1,2}(?:,[0-9]{1,2})*",
    "BYMONTHDAY": _NUMBERS,
    "BYYEARDAY": _NUMBERS,
    "BYWEEKNO": _NUMBERS,
    "BYSETPOS": _NUMBERS,
    "WKST": _DAYS,
}
_UNTIL_FORMAT = "%Y%m%dT%H%M%S"
_EXAMPLE = "a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=FR"


def check_rule(text: str) -> str:
    """Check a rule and return it in capitals.

    A rule repeats daily at most and sets no times of the day (no BYHOUR and the like). It repeats
    without end, or by COUNT, or UNTIL a time: on the wall clock, or of UTC with "Z".

    Raises:
        ValueError: it is no such rule; the message says what was expected.
    """
    rule = text.upper()
    seen: dict[str, str] = {}
    for part in rule.split(";"):
        key, _, value = part.partition("=")
        if key not in _PARTS:
            raise ValueError(f"{_EXAMPLE}, of the parts {', '.join(_PARTS)}")
        if key in seen:
            raise ValueError(f"{_EXAMPLE}, with {key} once")
        if not re.fullmatch(_PARTS[key], value):
            raise ValueError(_expected(key))
        seen[key] = value
    if "FREQ" not in seen:
        raise ValueError(f"{_EXAMPLE}, with FREQ")
    if {"COUNT", "UNTIL"} <= seen.keys():
        raise ValueError(f"{_EXAMPLE}, with one of COUNT and UNTIL")
    try:
        local_rule(rule, "UTC")
        rrulestr(rule.replace("Z", ""), dtstart=datetime(2000, 1, 1))  # noqa: DTZ001 - on a wall clock
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{_EXAMPLE} ({error})") from error
    return rule


def local_rule(rule: str, time_zone: str) -> str:
    """A checked rule whose UNTIL is on the wall clock of a zone (ValueError: no such time)."""
    parts = [part.partition("=") for part in rule.split(";")]
    return ";".join(
        f"{key}={_local(value, time_zone) if key == 'UNTIL' else value}" for key, _, value in parts
    )


def first_start(rule: str, local: datetime) -> datetime | None:
    """The first occurrence of a rule from `local` on, within the period that `local` lies in.

    The period is the day, week, month or year, by the rule's FREQ; None if it has no occurrence.
    Later periods are not searched: for a rule without any that would go on until the year 9999.
    """
    parts = [part for part in rule.split(";") if not part.startswith("INTERVAL=")]
    freq = next(part for part in parts if part.startswith("FREQ=")).removeprefix("FREQ=")
    once = ";".join([*parts, f"INTERVAL={_BEYOND[freq]}"])
    return next(iter(rrulestr(once, dtstart=local)), None)


def _local(until: str, time_zone: str) -> str:
    at = datetime.strptime(until.removesuffix("Z"), _UNTIL_FORMAT)  # noqa: DTZ007 - on a wall clock
    if until.endswith("Z"):
        at = at.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone))
    return at.strftime(_UNTIL_FORMAT)


def _expected(key: str) -> str:
    if key == "FREQ":
        return f"{_EXAMPLE}, FREQ one of {', '.join(FREQUENCIES)}"
    if key == "UNTIL":
        return f"{_EXAMPLE}, UNTIL with a time such as 20261231T235959, or 20261231T225959Z for UTC"
    return f"{_EXAMPLE}, {key} as it says"
