"""Phrases for sentences: durations, lists and counts in words."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def duration_words(duration: timedelta) -> str:
    """A duration in its largest unit, rounded down: "12 d", "3 h", "40 min", "5 s", "0 s"."""
    seconds = max(int(duration.total_seconds()), 0)
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"


def length_words(duration: timedelta) -> str:
    """A duration in its two largest units, for comparing lengths: "1 d 7 h", "2 d", "40 s"."""
    seconds = max(int(duration.total_seconds()), 0)
    for (unit, size), (smaller, part) in pairwise(_UNITS):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            return f"{whole} {unit} {rest // part} {smaller}" if rest >= part else f"{whole} {unit}"
    return f"{seconds} s"


def listed(parts: Sequence[str], most: int = 3) -> str:
    """Join parts to a list: "a", "a and b", "a, b and c", "a, b, c and 4 more"."""
    if len(parts) > most:
        return f"{', '.join(parts[:most])} and {len(parts) - most} more"
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 place", "3 places"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
