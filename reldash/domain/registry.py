"""What a registry knows of digests, and which digests may be compared."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from reldash.domain.images import Digest, DigestKind, same_repository


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """Facts read from registries. Whatever is not known is None: rules then do without.

    Attributes:
        pushes: earliest push time over all copies, by digest.
        kinds: kind, by digest.
        indexes: digests of the platform manifests, by digest of their index.
        tags: digest a tag points to now, by ("registry/repository", tag).
    """

    pushes: Mapping[str, datetime] = field(default_factory=dict)
    kinds: Mapping[str, DigestKind] = field(default_factory=dict)
    indexes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tags: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def pushed_at(self, digest: str) -> datetime | None:
        """When the digest was first pushed to any registry (aware UTC)."""
        return self.pushes.get(digest)

    def kind(self, digest: str) -> DigestKind | None:
        """What the digest is a digest of."""
        return self.kinds.get(digest)

    def children(self, digest: str) -> frozenset[str]:
        """The platform manifests of an index; empty where it is none, or not known."""
        return self.indexes.get(digest, frozenset())

    def tag_digest(self, image_name: str, tag: str) -> str | None:
        """The digest that "registry/repository" gives for a tag now."""
        return self.tags.get((image_name, tag))


NO_FACTS: Final = RegistryFacts()


def comparable(a: Digest, b: Digest, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether it means anything that two digests are equal or differ.

    Equal digests, or a manifest and its index, are the same content wherever they came from.
    Different ones say something only if both are of one kind and of repositories that may hold
    copies of one image, or if one is an index whose children are known and the other a platform
    manifest. Two digests whose kind is not known (REPO) count as one kind: a team pushes its
    images one way.
    """
    if _same_content(a.value, b.value, facts):
        return True
    kinds = (_kind(a, facts), _kind(b, facts))
    if kinds[0] == kinds[1]:
        return _may_be_copies(a, b)
    return _index_and_manifest(a, b, kinds, facts) and _may_be_copies(a, b)


def same_build(
    a: Collection[Digest], b: Collection[Digest], facts: RegistryFacts = NO_FACTS
) -> bool | None:
    """Whether two places run a common build.

    Returns:
        True if a digest of one is a digest of the other, or a child of one of its indexes;
        False if they could be compared and have none in common; None if nothing can be compared.
    """
    pairs = [(one, other) for one in a for other in b if comparable(one, other, facts)]
    if not pairs:
        return None
    return any(_same_content(one.value, other.value, facts) for one, other in pairs)


def _kind(digest: Digest, facts: RegistryFacts) -> DigestKind:
    return facts.kind(digest.value) or digest.kind


def _may_be_copies(a: Digest, b: Digest) -> bool:
    if a.repository is None or b.repository is None:
        return True
    return same_repository(a.repository, b.repository)


def _index_and_manifest(
    a: Digest, b: Digest, kinds: tuple[DigestKind, DigestKind], facts: RegistryFacts
) -> bool:
    if kinds == (DigestKind.INDEX, DigestKind.MANIFEST):
        return bool(facts.children(a.value))
    if kinds == (DigestKind.MANIFEST, DigestKind.INDEX):
        return bool(facts.children(b.value))
    return False


def _same_content(a: str, b: str, facts: RegistryFacts) -> bool:
    return a == b or a in facts.children(b) or b in facts.children(a)
