"""How a error_text of configuration is said: in one line, with its place and what was expected."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 60  # characters of a value that are quoted


def error_text(place: str, key: str, found: str, expected: str) -> str:
    """`place: key: found, expected expected`, where key may be empty."""
    where = f"{place}: {key}" if key else place
    return f"{where}: {found}, expected {expected}"


def quoted(value: object) -> str:
    """A value of a file as it stands in a message: one line, short, in quotes if it is text."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = str(value)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    plain = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return f'"{plain}"'


def one_of(words: Iterable[str]) -> str:
    """`a, b or c`, as expectations list what is allowed."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "..."?`, or "" where nothing known resembles the word."""
    folded = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""
