"""From a tag's text to tokens: dates, commits, variants and decorations are found first.

What was found is replaced by a mark, so that its digits cannot be read as a version's numbers.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from reldash.domain.versions.tag_dates import Stamp, find_stamps
from reldash.domain.versions.tag_words import (
    BRANCHES,
    EARLY_DECORATIONS,
    NO_ISSUE_KEYS,
    VARIANT,
    WORK_ITEMS,
    decoration_patterns,
)

DATE: Final = "\x01"
COMMIT: Final = "\x02"
MASK: Final = "\x03"
DESCRIBED: Final = "\x04"  # a commit as `git describe` writes it: 1.4.2-14-gabc1234
WORK: Final = "\x05"  # a piece of work: 1.5.0-pr.123, 1.5.0-OPS-77
MARKS: Final = frozenset({DATE, COMMIT, MASK, DESCRIBED, WORK})

_ISSUE: Final = re.compile(r"([A-Z][A-Z0-9]+)-[0-9]+(?![0-9.])[-_]*")
_LATER_ISSUE: Final = re.compile(r"(?<=[-_.])([A-Z]{2,})-[0-9]+(?:\.[0-9]+)*(?![A-Za-z0-9])")
_WORK_ITEM: Final = re.compile(
    rf"(?<=[-_.])(?:{'|'.join(WORK_ITEMS)})[-_.]?(?:request[-_.]?)?[0-9]+(?:\.[0-9]+)*(?![a-z0-9])",
    re.IGNORECASE,
)
_TASK: Final = re.compile(r"(?<![A-Za-z0-9])T[0-9]{5,}(?![A-Za-z0-9.])")
# Jenkins writes commits with underscores, so that no filter takes them for swear words.
_SCORED_COMMIT: Final = re.compile(r"(?<=\.)v([0-9a-f_]{7,60})(?![0-9a-z_])")
# Where setuptools_scm found changes that are not committed: 1.4.2.dev3+g1a2b3c4.d20241105.
_CHANGED: Final = re.compile(r"(?<=[-.])d(20[0-9]{6})$")
_COMMIT: Final = re.compile(r"(g?)([0-9a-f]{7,40})")
# Six hex digits that are the whole tag, with letters and digits in turns: 1a2b3c.
_SHORT_COMMIT: Final = re.compile(r"(?:sha-|git-)?(?=.*(?:\d[a-f]+\d|[a-f]\d+[a-f]))([0-9a-f]{6})")
_FIELD: Final = re.compile(
    r"(?<![a-z0-9.\x01])[a-z0-9]+(?![a-z0-9\x01])"  # a whole field
    r"|(?<=[a-z0-9\x01]\.)(?=[0-9]*[a-z])[a-z0-9]+(?![a-z0-9])"  # behind a dot: none of digits only
)
_ATOM: Final = re.compile(r"[a-z]+|[0-9]+|[\x01-\x05]|[^a-z0-9\x01-\x05]+")
_JAVA: Final = re.compile(r"(?<![a-z])j(?:dk|re)(?![a-z])")  # 21_35-jdk is build 35 of 21
_DOTTED: Final = re.compile(r"[0-9]\.[0-9]|\x01")
_COUNT_BEFORE: Final = re.compile(r"[0-9]-$")


class Token(NamedTuple):
    """A word, a number or a mark, with what stands before it: "", "-" or "."."""

    separator: str
    text: str

    @property
    def is_number(self) -> bool:
        """Whether it counts: a number or a date."""
        return self.text.isdigit() or self.text == DATE


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tag in pieces.

    Attributes:
        tokens: what is left once decorations are taken off.
        stamps: the date of each DATE mark, from left to right.
        commits: hex digits, issue keys and task numbers: they identify a build without order.
        has_issue: whether it begins with an issue key.
        works: the piece of work of each WORK mark: an issue, a pull request.
        variant: platforms, distributions and runtimes with their numbers.
        decorations: places that it was made for, at its start or end.
        may_be_stage: whether dev or preview is one of them, at the end.
    """

    tokens: tuple[Token, ...]
    stamps: tuple[Stamp, ...]
    commits: tuple[str, ...]
    has_issue: bool
    works: tuple[str, ...]
    variant: str
    decorations: tuple[str, ...]
    may_be_stage: bool


def split_tag(text: str, own: Collection[str], decorations: Collection[str]) -> Tokens:
    """Take a tag apart.

    Args:
        text: ASCII, without white space around it.
        own: names of the service itself in lower case, which say nothing in its tags.
        decorations: words that name places, in lower case.
    """
    commits: list[str] = []
    text, has_issue = _mask_issues(text, commits)
    text, works = _mask_work(text)
    text = re.sub(r"[+/ ~:@]", "-", text.lower().replace("x86_64", "amd64"))
    text = _strip_own(text, own)
    text = _CHANGED.sub(lambda found: _mask_changed(found, commits), text)
    text = _SCORED_COMMIT.sub(lambda found: _mask_scored(found, commits), text)
    stamps = find_stamps(text)
    text = _mask_stamps(text, stamps)
    dot = "-" if "." in text or _JAVA.search(text) else "."
    text = re.sub(r"(?<=[0-9])_(?=[0-9])", dot, text).replace("_", "-")
    text = _mask_commits(text, commits)
    text, places, may_be_stage = _strip_decorations(text, decorations)
    text, variant = _mask_variants(text)
    tokens = tuple(
        Token(separator[-1:] if not at else "", atom.group())
        for separator, field in re.findall(r"([-.]*)([^-.]+)", text)
        for at, atom in enumerate(_ATOM.finditer(field))
    )
    return Tokens(
        tokens, tuple(stamps), tuple(commits), has_issue, works, variant, places, may_be_stage
    )


def commit_of(field: str) -> str | None:
    """The hex digits of a field that is a commit, else None.

    7 to 40 of them, with a letter and a digit among them unless `g` stands before; decimal digits
    alone, too: dates are found before.
    """
    found = _COMMIT.fullmatch(field)
    if found is None:
        return None
    has_digit = any(character.isdigit() for character in found[2])
    return found[2] if found[1] or has_digit else None


def _mask_issues(text: str, commits: list[str]) -> tuple[str, bool]:
    """Take off an issue key at the start, and mask task numbers anywhere."""
    found = _ISSUE.match(text)
    has_issue = found is not None and found[1].lower() not in NO_ISSUE_KEYS
    if found is not None and has_issue:
        commits.append(found.group().rstrip("-_").lower())
        text = text[found.end() :]

    def mask(task: re.Match[str]) -> str:
        commits.append(task.group().lower())
        return COMMIT

    return _TASK.sub(mask, text), has_issue


def _mask_work(text: str) -> tuple[str, tuple[str, ...]]:
    """Mask issue keys and pull requests after the start: their numbers order nothing."""
    works: list[str] = []

    def mask(work: re.Match[str]) -> str:
        if work.re is _LATER_ISSUE and work[1].lower() in NO_ISSUE_KEYS:
            return work.group()
        works.append(work.group().lower())
        return WORK

    return _WORK_ITEM.sub(mask, _LATER_ISSUE.sub(mask, text)), tuple(works)


def _strip_own(text: str, own: Collection[str]) -> str:
    """Take off the service's own name: card-vault-1.4.2, cardvault_v1.4.2, cardvault1.4.2."""
    for name in sorted(own, key=len, reverse=True):
        words = [re.escape(word) for word in re.split(r"[-_.]", name) if word]
        touching = "" if name[-1:].isdigit() else "|v?[0-9]"
        found = re.match(rf"v?{'[-_.]?'.join(words)}(?=[-_.]{touching})", text) if words else None
        if found is not None and re.search("[0-9]", text[found.end() :]):
            return text[found.end() :].lstrip("-_.")
    return text


def _mask_changed(found: re.Match[str], commits: list[str]) -> str:
    commits.append(found.group())
    return "dirty"


def _mask_scored(found: re.Match[str], commits: list[str]) -> str:
    commit = found[1].replace("_", "")
    if "_" not in found[1] and (commit.isdigit() or commit_of(commit) is None):
        return found.group()
    commits.append(commit)
    return COMMIT


def _mask_stamps(text: str, stamps: list[Stamp]) -> str:
    for stamp in reversed(stamps):
        text = text[: stamp.start] + DATE + text[stamp.end :]
    return text


def _mask_commits(text: str, commits: list[str]) -> str:
    def mask(field: re.Match[str]) -> str:
        commit = commit_of(field.group())
        if commit is None:
            return field.group()
        commits.append(commit)
        is_described = field.group()[0] == "g" and _COUNT_BEFORE.search(text[: field.start()])
        return DESCRIBED if is_described else COMMIT

    if short := _SHORT_COMMIT.fullmatch(text):
        commits.append(short[1])
        return COMMIT
    return _FIELD.sub(mask, text)


def _strip_decorations(
    text: str, decorations: Collection[str]
) -> tuple[str, tuple[str, ...], bool]:
    """Take off whole words at both ends, as long as a number or a commit is left."""
    found: list[str] = []
    may_be_stage = False
    at_start, at_end = decoration_patterns(frozenset(decorations))
    while match := at_start.match(text):
        found.append(match[1])
        text = text[match.end() :]
    while match := at_end.search(text):
        if not re.search(r"[0-9\x01\x02]", text[: match.start()]):
            break
        found.append(match[1])
        may_be_stage = may_be_stage or match[1] in EARLY_DECORATIONS
        text = text[: match.start()]
    return text, tuple(found), may_be_stage


def _mask_variants(text: str) -> tuple[str, str]:
    """Mask variants, unless no other number is left: jdk-17.0.9 is 17.0.9.

    Behind the name of a channel they are masked all the same: lts-jdk17 has no number. One at the
    start is the version itself where only a counter follows it: python-3.12.7-1.
    """
    found: list[str] = []

    def mask(variant: re.Match[str]) -> str:
        found.append(variant.group())
        return MASK

    masked = VARIANT.sub(mask, text)
    is_channel = re.split(r"[-.]", text)[0] in BRANCHES
    if not is_channel and not re.search(r"[0-9\x01\x02]", masked):
        return text, ""
    if found and masked[0] == MASK and _DOTTED.search(found[0]) and not _DOTTED.search(masked):
        end = len(found[0])
        found.clear()
        masked = text[:end] + VARIANT.sub(mask, text[end:])
    return masked, "-".join(found)
