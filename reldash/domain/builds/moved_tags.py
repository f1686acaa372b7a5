"""Moved tags: one tag of one repository that means several builds. Digests never move."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from reldash.domain.builds.build import Build
from reldash.domain.builds.equal_digests import same_build
from reldash.domain.builds.platforms import may_be_platforms
from reldash.domain.images.references import Digest, DigestKind
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


class MovedTag(NamedTuple):
    """A tag that moved.

    Attributes:
        build: a build that runs under the tag, which its `tagged` names.
        other: another build that runs under it; None where only the registry has another.
        current: the digest that the registry gives for the tag now; "" where two builds run.
    """

    build: Build
    other: Build | None = None
    current: str = ""


def find_moved_tag(builds: Sequence[Build], facts: RegistryFacts = NO_FACTS) -> MovedTag | None:
    """The first tag that runs with several digests, or with another than the registry's.

    Returns:
        None if none moved. A build chosen by digest has no tag to move, and digests that cannot
        be compared show nothing.
    """
    for position, build in enumerate(builds):
        if not build.tagged or not build.digests:
            continue
        for other in builds[:position]:
            if (
                other.tagged == build.tagged
                and same_build(other.digests, build.digests, facts) is False
                and not may_be_platforms(other, build, facts)
            ):
                return MovedTag(build, other=other)
        if current := moved_to(build, facts):
            return MovedTag(build, current=current)
    return None


def find_unclear_tag(builds: Sequence[Build], facts: RegistryFacts) -> tuple[Build, Build] | None:
    """Two builds under one tag that may have moved, or may be platforms of one index."""
    return next(
        (
            (build, other)
            for build, other in combinations(builds, 2)
            if build.tagged
            and other.tagged == build.tagged
            and same_build(other.digests, build.digests, facts) is False
            and may_be_platforms(other, build, facts)
        ),
        None,
    )


def moved_to(build: Build, facts: RegistryFacts) -> str:
    """The digest that the registry gives for a build's tag now, if it is that of another build.

    Returns:
        "" if it has not moved, or that is not known: until the registry was read for the running
        digest, that may be newer than the last answer on the tag; and of an index it takes the
        manifests to see whether one of them runs. A digest that the registry no longer has is none
        of them.
    """
    name, _, tag = build.tagged.rpartition(":")
    current = facts.tag_digest(name, tag)
    if current is None:
        return ""
    held = {
        facts.held.get((name, digest.value))
        for digest in build.digests
        if digest.kind is not DigestKind.CONFIG
    }
    if held <= {None}:
        return ""
    same = same_build(build.digests, {Digest(current, name, DigestKind.REPO)}, facts)
    return current if same is False or (same is None and held == {False}) else ""
