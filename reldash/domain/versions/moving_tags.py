"""Moving tags: those made to be pushed again, such as branches, bare majors and snapshots."""

from typing import Final

from reldash.domain.versions.parse import BRANCHES, WORK_BRANCHES, parse_version
from reldash.domain.versions.schemes import Rank, Scheme, Version
from reldash.domain.versions.suffixes import PRERELEASES

# A bare number below this is read as a major version (node:22), from it on as a build.
FIRST_BUILD: Final = 100


# Pre-releases that are pushed again under the same tag unless a number follows.
MOVING_PRERELEASES: Final = {PRERELEASES["dev"], PRERELEASES["snapshot"]}


def is_moving(tag: str | None) -> bool:
    """Whether a tag is meant to be pushed again.

    Moving are: no tag at all ("latest"), branches, bare majors (22, v3, 3-alpine), floating
    versions (1.x) and snapshots without a number. Numbers from 100 on are builds, not majors.
    """
    if not tag:
        return True
    version = parse_version(tag)
    return names_a_branch(version) or is_bare_major(version) or is_open_snapshot(version)


def names_a_branch(version: Version) -> bool:
    """Whether a text has no number that counts builds: latest, main, feature-login, pr-7."""
    if version.scheme is not Scheme.OTHER:
        return False
    words = version.shape.split("-")
    return words[0] in BRANCHES | WORK_BRANCHES or not any(map(str.isdigit, version.shape))


def is_bare_major(version: Version) -> bool:
    """Whether a version is only a major one, with or without a variant, or floats (1.x)."""
    if version.scheme is Scheme.COUNTER:
        return version.shape == "#" and version.release[0] < FIRST_BUILD
    return version.shape == "#.x"


def is_open_snapshot(version: Version) -> bool:
    """Whether a version ends in `-SNAPSHOT` or `-dev`, without a number or commit."""
    if not version.steps or version.label:
        return False
    last = version.steps[-1]
    return last.rank is Rank.PRE and last.number in MOVING_PRERELEASES
