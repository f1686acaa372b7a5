"""Dates and times in tags.

Forms: 2024-11-05, 2024_11_05, 20241105, 2024-11, 2024-w45, 2024.11.05 and other dotted numbers that
begin with a year, each with a time behind it or not (T14-49-07Z, -1449, -144907, 144907123), and
seconds or milliseconds since 1970 as the last field. A letter behind counts, too: 20241105b.
"""

import re
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

DOTTED: Final = "dotted"  # the form of dotted numbers that begin with a year
_YEAR: Final = r"(?:19[89][0-9]|20[0-9]{2})"
_START: Final = r"(?<![0-9])(?<![0-9]\.)"
_SPLIT: Final = re.compile(_START + rf"({_YEAR})([-_])([0-9]{{1,2}})\2([0-9]{{1,2}})(?![0-9])")
_COMPACT: Final = re.compile(
    _START + rf"({_YEAR})([0-9]{{2}})([0-9]{{2}})"
    r"([0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3})?)?)?)?(?![0-9])"
)
_WEEK: Final = re.compile(_START + rf"({_YEAR})[-.]?w([0-9]{{1,2}})(?![0-9])")
_DOTTED: Final = re.compile(_START + rf"({_YEAR}(?:\.[0-9]+)+)(?![0-9])")
_MONTH: Final = re.compile(_START + rf"({_YEAR})-([0-9]{{2}})(?![0-9]|[-._][0-9])")
# From 2001 to 2033, so that a build counter of ten digits is hardly ever taken for a time.
_EPOCH: Final = re.compile(r"(?<![0-9a-z])(1[0-9]{9})([0-9]{3})?$")
# What follows a day: numbers up to six digits that are not the start of a dotted version.
_FOLLOWING: Final = re.compile(r"([-_.t])([0-9]{1,6})(?![0-9a-su-y]|\.[0-9]+\.)")
_LETTER: Final = re.compile(r"(?<=[0-9])[a-y](?![a-z0-9])")  # a second build of a day: 20241105b
_UTC: Final = re.compile(r"z(?![a-z0-9])")
_LIMITS: Final = (23, 59, 60)  # hour, minute, second (a leap second included)
_LAST_WEEK: Final = 53
_LAST_MONTH: Final = 12


class Stamp(NamedTuple):
    """A date in a text.

    Attributes:
        start, end: where it stands.
        numbers: year, month and day (or year and week, or the dotted numbers as they are), then
            what follows: hours, minutes, seconds, a counter.
        form: how it is written. Two times of one day are only compared in one form.
    """

    start: int
    end: int
    numbers: tuple[int, ...]
    form: str


def find_stamps(text: str) -> list[Stamp]:
    """All dates in a lower-case text, from left to right; none overlaps another."""
    found: list[Stamp] = []
    for stamp in (*_days(text), *_others(text)):
        if all(stamp.end <= other.start or other.end <= stamp.start for other in found):
            found.append(stamp)
    return sorted(found)


def _days(text: str) -> list[Stamp]:
    found = []
    for match in _SPLIT.finditer(text):
        day = int(match[1]), int(match[3]), int(match[4])
        if _is_day(*day):
            end, numbers, form = _read_following(text, match.end())
            found.append(Stamp(match.start(), end, day + numbers, f"day{form}"))
    for match in _COMPACT.finditer(text):
        day = int(match[1]), int(match[2]), int(match[3])
        time = _read_time(match[4] or "")
        if _is_day(*day) and time is not None:
            end, numbers, form = _read_following(text, match.end())
            form = f"day{len(match[4]) if match[4] else ''}{form}"
            found.append(Stamp(match.start(), end, day + time + numbers, form))
    return found


def _others(text: str) -> list[Stamp]:
    found = [
        Stamp(match.start(), match.end(), (int(match[1]), int(match[2])), "week")
        for match in _WEEK.finditer(text)
        if 1 <= int(match[2]) <= _LAST_WEEK
    ]
    for dotted in _DOTTED.finditer(text):
        numbers = tuple(map(int, dotted[1].split(".")))
        end, form = dotted.end(), DOTTED
        if len(numbers) == 3 and _is_day(*numbers):
            end, following, written = _read_following(text, end)
            numbers, form = numbers + following, f"day{written}"
        found.append(Stamp(dotted.start(), end, numbers, form))
    found += [
        Stamp(match.start(), match.end(), (int(match[1]), int(match[2])), "month")
        for match in _MONTH.finditer(text)
        if 1 <= int(match[2]) <= _LAST_MONTH
    ]
    if match := _EPOCH.search(text):
        at = datetime.fromtimestamp(int(match[1]), UTC)
        time = *at.timetuple()[:6], int(match[2] or 0)
        found.append(Stamp(match.start(), match.end(), time, "epoch"))
    return found


def _read_time(digits: str) -> tuple[int, ...] | None:
    """Hours, minutes, seconds, milliseconds; None if there is no such time."""
    parts = [int(digits[at : at + 2]) for at in range(0, min(len(digits), 6), 2)]
    if any(part > limit for part, limit in zip(parts, _LIMITS, strict=False)):
        return None
    return *parts, *([int(digits[6:])] if len(digits) > 6 else [])


def _read_following(text: str, at: int) -> tuple[int, tuple[int, ...], str]:
    """Numbers behind a day: where they end, their values, and how they are written."""
    numbers: list[int] = []
    form = ""
    while match := _FOLLOWING.match(text, at):
        numbers.append(int(match[2]))
        form += f"{match[1]}{max(len(match[2]), 3)}"  # counters to 999 are of one form
        at = match.end()
    if letter := _LETTER.match(text, at):
        numbers.append(ord(letter[0]))
        form += "a"
        at += 1
    if _UTC.match(text, at):
        at += 1
    return at, tuple(numbers), form


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
