"""Tags move, digests don't: telling that a tag has meant several builds."""

from collections.abc import Sequence

from reldash.domain.digests import same_build
from reldash.domain.images import Digest, DigestKind, short_digest
from reldash.domain.registry import NO_FACTS, RegistryFacts
from reldash.domain.running import Build
from reldash.domain.words import listed


def moved_tag(builds: Sequence[Build], facts: RegistryFacts = NO_FACTS) -> str:
    """One tag of one repository runs with several digests, or with another than the registry's.

    Returns:
        A sentence that names the tag; "" if none moved. What a digest chose has no tag to move,
        and digests that cannot be compared say nothing.
    """
    for position, build in enumerate(builds):
        if not build.tagged or not build.digests:
            continue
        for other in builds[:position]:
            if (
                other.tagged == build.tagged
                and same_build(other.digests, build.digests, facts) is False
            ):
                return f"{build.tagged} runs as {_shown(other)} and as {_shown(build)}"
        name, _, tag = build.tagged.rpartition(":")
        current = facts.tag_digest(name, tag)
        if current is not None and _is_other(build, Digest(current, name, DigestKind.REPO), facts):
            return (
                f"{build.tagged} runs as {_shown(build)}, the registry has {short_digest(current)}"
            )
    return ""


def _is_other(build: Build, current: Digest, facts: RegistryFacts) -> bool:
    return same_build(build.digests, {current}, facts) is False


def _shown(build: Build) -> str:
    return listed(sorted(short_digest(digest.value) for digest in build.digests))
