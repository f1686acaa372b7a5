"""Tags move, digests don't: telling that a tag has meant several builds."""

from collections.abc import Sequence

from reldash.domain.builds.build import Build
from reldash.domain.builds.equal_digests import same_build
from reldash.domain.images.references import Digest, DigestKind, short_digest
from reldash.domain.phrases import listed
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


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
        if current := moved_to(build, facts):
            return (
                f"{build.tagged} runs as {_shown(build)}, the registry has {short_digest(current)}"
            )
    return ""


def moved_to(build: Build, facts: RegistryFacts) -> str:
    """The digest that the registry gives for a build's tag now, if it is that of another build.

    Returns:
        "" if it has not moved, or that is not known: so long as the registry was not asked for
        what runs, that may be newer than what is known of the tag; and of an index it takes the
        manifests to tell whether one of them runs. What the registry has no more is none of them.
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


def _shown(build: Build) -> str:
    return listed(sorted(short_digest(digest.value) for digest in build.digests))
