"""Platforms of one image: different digests under one tag that may be no rebuild.

A node may report the manifest of its platform instead of the index that the tag names. Once the
manifests of that index are known, `equal_digests` decides; until then nobody can.
"""

from reldash.domain.builds.build import Build
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


def may_be_platforms(a: Build, b: Build, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether two builds with different digests may be platforms of one index.

    So it is where the registry has an index under their tag whose manifests are not known, and
    neither of them is an index. Without a registry nothing speaks for platforms: runtimes report
    the index where there is one.
    """
    if not (_has_unread_index(a, facts) or _has_unread_index(b, facts)):
        return False
    digests = {digest.value for digest in (*a.digests, *b.digests)}
    return not any(
        facts.kind(digest) is DigestKind.INDEX or facts.parents.get(digest) for digest in digests
    )


def _has_unread_index(build: Build, facts: RegistryFacts) -> bool:
    name, _, tag = build.tagged.rpartition(":")
    current = facts.tag_digest(name, tag)
    return (
        current is not None
        and facts.kind(current) is DigestKind.INDEX
        and not facts.children(current)
    )
