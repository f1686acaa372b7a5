"""Parse version texts. Every text gives a Version; none raises."""

import re
from functools import lru_cache
from typing import Final

from reldash.domain.versions.schemes import Scheme, Version
from reldash.domain.versions.suffixes import (
    COUNT_WORDS,
    EMPTY_WORDS,
    NUMBERED_VARIANTS,
    VARIANT,
    SuffixReader,
    commit_of,
    is_day,
    is_stamp,
)

MAX_LENGTH: Final = 255  # a tag has at most 128 characters, a label 63
# Words before a version's numbers without meaning: release-1.4.2.
VERSION_WORDS: Final = {"v", "ver", "version", "rel", "release", "tag"}
# Branches: builds of two branches carry no order by the branch, so they are labels.
BRANCHES: Final = {
    *("main", "master", "trunk", "head", "default", "develop", "development", "dev", "devel"),
    *("latest", "stable", "edge", "nightly", "canary", "next", "current", "unstable", "testing"),
    *("test", "qa", "uat", "staging", "stage", "stg", "production", "prod", "live", "preview"),
    *("integration", "int", "preprod", "hotfix", "lts", "release", "snapshot"),
}
# Branches named after a task: a number in them counts no builds.
WORK_BRANCHES: Final = {
    *("pr", "mr", "pull", "merge", "feature", "feat", "fix", "bugfix", "bug", "issue", "ticket"),
    *("task", "chore", "renovate", "dependabot"),
}
# Words that mark the number after them as a counter of builds, with any number of digits.
COUNTER_WORDS: Final = COUNT_WORDS | {"run", "ci", "job", "pipeline", "r", "rev", "bld"}

_BARE_COMMIT: Final = re.compile(r"[0-9a-f]{7,40}")
_START: Final = r"(?:^|(?<=[-_]))v?"
_DAY: Final = re.compile(_START + r"(20[0-9]{2})([-_.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_STAMP: Final = re.compile(_START + r"(20[0-9]{6}(?:[0-9]{4}(?:[0-9]{2})?)?)(?=$|[-_.+t])")
_NUMBERS: Final = re.compile(_START + r"([0-9]+(?:\.[0-9]+)+)")
_MORE_OF_DATE: Final = re.compile(r"(?:[-_.t][0-9]{1,6}(?![0-9a-z]))*(?:[-_.t][0-9]{1,6}z)?")
_FLOATING: Final = re.compile(r"v?[0-9]+(?:\.[0-9]+)*\.x(?:[-_].*)?")
_YEARS: Final = range(2000, 2100)


@lru_cache(maxsize=2**16)
def parse_version(text: str) -> Version:
    """Parse a version text. Never raises: an unknown form gives Scheme.OTHER.

    The forms are tried in this order:

    1. Nothing but 7 to 40 hex digits: a commit, even when all of them are decimal. A bare
       yyyymmdd is therefore a commit too and carries no order of its own; push times or first
       rollouts order it. With anything around it (v20261123, 20261123.4, nightly-20261123) it
       is a date, if the calendar has it. Bare numbers of 1 to 6 digits are counters.
    2. A date: 2026-11-23, 2026.11.23, 20261123.4, 20261123-142530.
    3. Numbers with dots: year-first ones are of Scheme.DATE (2026.11.0 too), all others SEMVER.
    4. One number with words or commits: a counter. Commits without a number: a commit.

    Words before a date or numbers that name neither a branch nor a build belong to the variant,
    so that api-1.4.2 and worker-1.4.2 are never compared.
    """
    lowered = text.strip().lower().replace("x86_64", "amd64")
    if not lowered or len(lowered) > MAX_LENGTH or not lowered.isascii():
        return Version(text, Scheme.OTHER)
    if _BARE_COMMIT.fullmatch(lowered):
        return Version(text, Scheme.COMMIT, label=lowered)
    if _FLOATING.fullmatch(lowered):
        return Version(text, Scheme.OTHER, shape="#.x")
    core, _, metadata = lowered.partition("+")
    return (
        _read_day(text, core, metadata)
        or _read_stamp(text, core, metadata)
        or _read_numbers(text, core, metadata)
        or _read_words(text, core, metadata)
    )


def _read_day(text: str, core: str, metadata: str) -> Version | None:
    """Read 2026-11-23 or 2026.11.23, with or without further numbers after it."""
    found = _DAY.search(core)
    if not found or _numbers_before(core, found.start()):
        return None
    if not is_day(int(found[1]), int(found[3]), int(found[4])):
        return None
    release = (int(found[1]), int(found[3]), int(found[4]))
    return _dated(text, core, metadata, release, found.span())


def _read_stamp(text: str, core: str, metadata: str) -> Version | None:
    """Read 20261123.4 or 20261123142530-abc1234."""
    found = _STAMP.search(core)
    if not found or not is_stamp(found[1]) or _numbers_before(core, found.start()):
        return None
    digits = found[1]
    day = (int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    time = (int(digits[8:].ljust(6, "0")),) if len(digits) > 8 else ()
    return _dated(text, core, metadata, day + time, found.span())


def _numbers_before(core: str, start: int) -> bool:
    """Whether a version's numbers stand before the date: 1.4.2-20261123."""
    found = _NUMBERS.search(core)
    return found is not None and found.start() < start


def _dated(
    text: str, core: str, metadata: str, release: tuple[int, ...], span: tuple[int, int]
) -> Version:
    """Make a version of a date and the numbers right after it: a build of the day, a time."""
    more = _MORE_OF_DATE.match(core, span[1])
    end = more.end() if more else span[1]
    release += tuple(int(part) for part in re.findall(r"[0-9]+", core[span[1] : end]))
    return _versioned(text, Scheme.DATE, release, core[: span[0]], core[end:], metadata)


def _read_numbers(text: str, core: str, metadata: str) -> Version | None:
    """Read 1.4.2, 1.4, 1.4.2.1 or 2026.11.0, with any text before and after."""
    found = _NUMBERS.search(core)
    if not found:
        return None
    release = tuple(int(part) for part in found[1].split("."))
    scheme = Scheme.DATE if release[0] in _YEARS else Scheme.SEMVER
    return _versioned(text, scheme, release, core[: found.start()], core[found.end() :], metadata)


def _versioned(
    text: str, scheme: Scheme, release: tuple[int, ...], before: str, after: str, metadata: str
) -> Version:
    suffix = SuffixReader().read(after)
    words = [word for word in re.split(r"[-_.]", before) if word and word not in VERSION_WORDS]
    builds = [word for word in words if word in BRANCHES or word.isdecimal() or commit_of(word)]
    variant = [word for word in words if word not in builds] + suffix.variant
    label = builds + suffix.label + ([metadata] if metadata else [])
    return Version(text, scheme, release, tuple(suffix.steps), "-".join(variant), " ".join(label))


def _read_words(text: str, core: str, metadata: str) -> Version:
    """Read counters and commits: one number, or none, among words and commits."""
    words, variant = _split_variant([word for word in re.split(r"[-_]", core) if word])
    tokens = _split_counters([token for word in words for token in word.split(".") if token])
    tokens = [token for token in tokens if token not in VERSION_WORDS]
    place = _counter_at(tokens)
    others = [commit_of(token) or token for at, token in enumerate(tokens) if at != place]
    commits = [token for token in others if commit_of(token)]
    shape = "-".join(
        "#" if at == place else "@" if commit_of(token) else token
        for at, token in enumerate(tokens)
    )
    if place is not None:
        label = " ".join([*commits, metadata]).strip()
        return Version(text, Scheme.COUNTER, (int(tokens[place]),), (), variant, label, shape)
    if commits:
        kept = [token for token in others if token not in EMPTY_WORDS]
        return Version(text, Scheme.COMMIT, (), (), variant, " ".join([*kept, metadata]).strip())
    return Version(text, Scheme.OTHER, (), (), variant, "", shape)


def _split_variant(words: list[str]) -> tuple[list[str], str]:
    """Split known variants off the end: 22-bookworm-slim, 22-debian-12."""
    end = len(words)
    while end:
        if VARIANT.fullmatch(words[end - 1]):
            end -= 1
        elif end > 1 and words[end - 1].isdecimal() and words[end - 2] in NUMBERED_VARIANTS:
            end -= 2
        else:
            break
    return words[:end], "-".join(words[end:])


def _split_counters(tokens: list[str]) -> list[str]:
    """Split b142 into b and 142, but not a commit of the same form."""
    parted: list[str] = []
    for token in tokens:
        found = None if commit_of(token) else re.fullmatch(r"([a-z]+)([0-9]+)", token)
        parted.extend(found.groups() if found else [token])
    return parted


def _counter_at(tokens: list[str]) -> int | None:
    """The position of the one number that counts builds; None if there is none, or several.

    A number of 7 digits or more is a commit, unless a word such as `build` precedes it, or there
    is another commit (main-abc1234-1637700000: the time of the build).
    """
    if tokens and tokens[0] in WORK_BRANCHES:
        return None
    numbers = [place for place, token in enumerate(tokens) if token.isdecimal()]
    small = [place for place in numbers if len(tokens[place]) < 7]
    marked = [place for place in numbers if place and tokens[place - 1] in COUNTER_WORDS]
    for candidates in (marked, small):
        if candidates:
            return candidates[0] if len(candidates) == 1 and len(small) <= 1 else None
    commits = sum(commit_of(token) is not None for token in tokens)
    return numbers[-1] if numbers and commits > 1 else None
