"""Which digests may be compared, and whether two places run a common build by theirs."""

from collections.abc import Collection

from reldash.domain.images.references import Digest, DigestKind, same_repository
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


def comparable(a: Digest, b: Digest, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether it means anything that two digests are equal or differ.

    Equal digests, a manifest and its index, or two manifests of one index, are the same content
    wherever they came from. Different ones say something only if both are of one kind and of
    repositories that may hold copies of one image, or if one is an index whose children are known
    and the other no configuration. Two digests whose kind is not known (REPO) count as one kind:
    a team pushes its images one way.
    """
    return _same_content(a.value, b.value, facts) or _tell_apart(a, b, facts)


def same_build(
    a: Collection[Digest], b: Collection[Digest], facts: RegistryFacts = NO_FACTS
) -> bool | None:
    """Whether two places run a common build.

    Returns:
        True if a digest of one is a digest of the other, or a child of one of its indexes;
        False if they could be compared and have none in common; None if nothing can be compared.
    """
    pairs = [(one, other) for one in a for other in b]
    if any(_same_content(one.value, other.value, facts) for one, other in pairs):
        return True
    return False if any(_tell_apart(one, other, facts) for one, other in pairs) else None


def _tell_apart(a: Digest, b: Digest, facts: RegistryFacts) -> bool:
    """Whether two digests of different content are of different builds."""
    kinds = (_kind(a, facts), _kind(b, facts))
    if kinds[0] == kinds[1]:
        return _may_be_copies(a, b)
    return _is_told_by_index(a, b, kinds, facts) and _may_be_copies(a, b)


def _kind(digest: Digest, facts: RegistryFacts) -> DigestKind:
    return facts.kind(digest.value) or digest.kind


def _may_be_copies(a: Digest, b: Digest) -> bool:
    if a.repository is None or b.repository is None:
        return True
    return same_repository(a.repository, b.repository)


def _is_told_by_index(
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
