"""Equality of digests: which may be compared, and whether two builds have one in common."""

from collections.abc import Collection

from reldash.domain.images.references import Digest, DigestKind, same_repository
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


def comparable(a: Digest, b: Digest, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether two digests can be compared.

    Equal digests, a manifest and its index, or two manifests of one index are the same content in
    any repository. Different digests can be compared only if both are of one kind and of
    repositories that may hold copies of one image, or if one is an index whose children are known
    and the other no configuration. Two digests of unknown kind (REPO) count as one kind: a team
    pushes its images in one way.
    """
    return _same_content(a.value, b.value, facts) or _show_difference(a, b, facts)


def same_build(
    a: Collection[Digest], b: Collection[Digest], facts: RegistryFacts = NO_FACTS
) -> bool | None:
    """Whether the digests of two places show a common build.

    Returns:
        True if a digest of one is a digest of the other, or a child of one of its indexes;
        False if they can be compared and have none in common; None if they cannot be compared.
    """
    pairs = [(one, other) for one in a for other in b]
    if any(_same_content(one.value, other.value, facts) for one, other in pairs):
        return True
    return False if any(_show_difference(one, other, facts) for one, other in pairs) else None


def _show_difference(a: Digest, b: Digest, facts: RegistryFacts) -> bool:
    """Whether two digests of different content prove different builds."""
    kinds = (_kind(a, facts), _kind(b, facts))
    if kinds[0] == kinds[1]:
        return _may_be_copies(a, b)
    return _index_decides(a, b, kinds, facts) and _may_be_copies(a, b)


def _kind(digest: Digest, facts: RegistryFacts) -> DigestKind:
    return facts.kind(digest.value) or digest.kind


def _may_be_copies(a: Digest, b: Digest) -> bool:
    if a.repository is None or b.repository is None:
        return True
    return same_repository(a.repository, b.repository)


def _index_decides(
    a: Digest, b: Digest, kinds: tuple[DigestKind, DigestKind], facts: RegistryFacts
) -> bool:
    if DigestKind.CONFIG in kinds:
        return False
    return bool(facts.children(a.value) or facts.children(b.value))


def _same_content(a: str, b: str, facts: RegistryFacts) -> bool:
    if a == b or a in facts.children(b) or b in facts.children(a):
        return True
    parents = facts.parents.get(a)
    return parents is not None and not parents.isdisjoint(facts.parents.get(b, ()))
