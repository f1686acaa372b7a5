"""A rule for tags whose text gives no order: a pattern over what they have in common.

A suggestion is only made if it orders every two of the tags that it matches. Whether its numbers
count from left to right is for people to say: the fleet file is theirs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_rules import TagRules, deciding_groups

MOST_TAGS: Final = 50  # of one service: pairs are compared
LONGEST_PATTERN: Final = 500  # as the fleet file allows
_CHUNKS: Final = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]+")
_WORD_AND_NUMBER: Final = re.compile(r"([A-Za-z]+)([0-9]+)")
_COMMIT: Final = re.compile(r"g?[0-9a-f]{7,40}")
_SPECIAL: Final = re.compile(r"[.+*?^$()\[\]{}|\\]")
_NAMES: Final = ("major", "minor", "patch")


class Piece(NamedTuple):
    """A piece of a tag: "number", "word", "commit", "mixed" or "separator", and its text."""

    kind: str
    text: str


def unordered_pair(tags: Iterable[str], rules: TagRules) -> tuple[str, str] | None:
    """Two of a service's tags that its text does not order, or None.

    Tags that are no version are left out: nothing in a fleet file makes an order of `latest`.
    """
    order = VersionOrder(rules)
    for a, b in combinations(_versions(tags, rules), 2):
        if order.compare_text(a, b).result is None:
            return a, b
    return None


def suggest_pattern(tags: Iterable[str], rules: TagRules) -> str | None:
    """The pattern of a rule that orders those of the tags that are written alike.

    Args:
        tags: of one service.
        rules: those that apply to it already.

    Returns:
        A regular expression with a named group for each number that decides; None if no two tags
        that are not ordered already are alike but for their numbers, words and commits.
    """
    by_shape: defaultdict[tuple[str, ...], list[Sequence[Piece]]] = defaultdict(list)
    texts: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for tag in _versions(tags, rules):
        if rules.read(tag).second is not None:
            continue  # which of its two version numbers counts is for people to say
        pieces = _pieces(tag)
        shape = tuple(p.text if p.kind == "separator" else p.kind for p in pieces)
        by_shape[shape].append(pieces)
        texts[shape].append(tag)
    for shape in sorted(by_shape, key=lambda each: (-len(by_shape[each]), each)):
        pattern = _pattern(by_shape[shape])
        if pattern is not None and _is_effective(pattern, texts[shape], rules):
            return pattern
    return None


def _versions(tags: Iterable[str], rules: TagRules) -> list[str]:
    return [tag for tag in sorted(set(tags)) if rules.read(tag).kind is not Kind.NONE][:MOST_TAGS]


def _pieces(tag: str) -> list[Piece]:
    found: list[Piece] = []
    for chunk in _CHUNKS.findall(tag):
        numbered = _WORD_AND_NUMBER.fullmatch(chunk)
        if not chunk[0].isalnum():
            found.append(Piece("separator", chunk))
        elif chunk.isdecimal():
            found.append(Piece("number", chunk))
        elif chunk.isalpha():
            found.append(Piece("word", chunk))
        elif _COMMIT.fullmatch(chunk):
            found.append(Piece("commit", chunk))
        elif numbered:
            found += [Piece("word", numbered[1]), Piece("number", numbered[2])]
        else:
            found.append(Piece("mixed", chunk))
    return found


def _pattern(alike: Sequence[Sequence[Piece]]) -> str | None:
    """A pattern over tags of one shape, with a group for each number; None if none differs.

    Words that differ are not counted; numbers that are equal now may differ in the next release.
    """
    columns = list(zip(*alike, strict=True))
    numbers = [at for at, column in enumerate(columns) if column[0].kind == "number"]
    if not any(len({piece.text for piece in columns[at]}) > 1 for at in numbers):
        return None
    names = dict(zip(numbers, _group_names(len(numbers)), strict=True))
    return "".join(
        f"(?P<{names[at]}>[0-9]+)" if at in names else _piece_pattern(column)
        for at, column in enumerate(columns)
    )


def _group_names(count: int) -> list[str]:
    if count == 1:
        return ["build"]
    return [_NAMES[at] if at < len(_NAMES) else f"number{at + 1}" for at in range(count)]


def _piece_pattern(column: Sequence[Piece]) -> str:
    first = column[0]
    if first.kind == "commit":
        return "g?[0-9a-f]{7,40}"
    if len({piece.text for piece in column}) == 1:
        return _SPECIAL.sub(r"\\\g<0>", first.text)
    return "[A-Za-z]+" if first.kind == "word" else "[0-9A-Za-z]+"


def _is_effective(pattern: str, tags: Sequence[str], rules: TagRules) -> bool:
    """Whether a rule with this pattern orders every two tags, and so far not all were ordered."""
    if len(pattern) > LONGEST_PATTERN:
        return False
    compiled = re.compile(pattern)
    rule = VersionRule((), (), compiled, deciding_groups(compiled))
    before = VersionOrder(rules)
    after = VersionOrder(TagRules((*rules.rules, rule), rules.own, rules.decorations))
    pairs = list(combinations(tags, 2))
    return any(before.compare_text(a, b).result is None for a, b in pairs) and all(
        after.compare_text(a, b).result for a, b in pairs
    )
