"""Label selectors: equality, sets and existence."""

import re
from collections.abc import Callable, Mapping

_SET = re.compile(r"^(?P<key>\S+)\s+(?P<not>notin|in)\s*\((?P<values>[^)]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^=!\s]+)\s*(?P<op>==|=|!=)\s*(?P<value>\S*)$")
# A comma between requirements, not one inside the parentheses of a set.
_COMMA = re.compile(r",(?![^(]*\))")


def parse_selector(text: str) -> Callable[[Mapping[str, str]], bool]:
    """Parse a selector into a predicate on labels; ValueError names an invalid requirement."""
    tests = [_requirement(part.strip()) for part in _COMMA.split(text)]
    return lambda labels: all(test(labels) for test in tests)


def _requirement(text: str) -> Callable[[Mapping[str, str]], bool]:
    if match := _SET.match(text):
        values = {value.strip() for value in match["values"].split(",")}
        inside = match["not"] == "in"
        key = match["key"]
        return lambda labels: (labels.get(key) in values) is inside
    if match := _EQUAL.match(text):
        key, value, equal = match["key"], match["value"], match["op"] != "!="
        return lambda labels: (labels.get(key) == value) is equal
    if re.fullmatch(r"!?[\w./-]+", text):
        key, wanted = text.lstrip("!"), not text.startswith("!")
        return lambda labels: (key in labels) is wanted
    raise ValueError(f"unable to parse requirement: {text!r}")
