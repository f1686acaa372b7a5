"""The text of configuration errors: one line with location, value and what is expected."""

from collections.abc import Iterable
from difflib import get_close_matches

MAX_QUOTED = 60  # characters of a value


def error_text(place: str, key: str, found: str, expected: str) -> str:
    """Format as `place: key: found, expected expected`; the key may be empty."""
    where = f"{place}: {key}" if key else place
    return f"{where}: {found}, expected {expected}"


def quoted(value: object) -> str:
    """A value for a message: one short line, in quotes if it is text."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = str(value)
    if len(text) > MAX_QUOTED:
        text = text[:MAX_QUOTED] + "…"
    plain = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return f'"{plain}"'


def one_of(words: Iterable[str]) -> str:
    """Allowed values as text: `a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "..."?`, or "" if no known word is similar."""
    folded = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""
