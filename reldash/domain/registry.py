"""What registries tell of images, and what is kept of it: looked up by digest and by tag."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from reldash.domain.images import Digest, DigestKind, same_repository
from reldash.domain.scans import Finding, Scan


@dataclass(frozen=True, slots=True)
class Child:
    """One manifest of an index.

    Attributes:
        platform: "linux/amd64", "linux/arm64/v8"; "unknown/unknown" for an attestation.
    """

    digest: str
    platform: str


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What one repository told of one digest at `fetched_at`. None is always: not known.

    Attributes:
        registry, repository: host and path, such as "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
            and "team/payments": together the name of the images that pods ask for.
        digest: "sha256:...".
        kind: INDEX or MANIFEST.
        pushed_at: when it was pushed to this repository (aware UTC).
        size: in bytes, compressed, as the registry counts.
        tags: all tags that point to it.
        children: of an index; None if they were not asked for, or it is no index.
        findings: the critical and high ones, critical first; None if they were not asked for.
        missing: the repository said that it has no such image; all else is then not known.
    """

    registry: str
    repository: str
    digest: str
    kind: DigestKind | None
    pushed_at: datetime | None
    size: int | None
    tags: tuple[str, ...]
    scan: Scan | None
    children: tuple[Child, ...] | None
    findings: tuple[Finding, ...] | None
    fetched_at: datetime
    missing: bool = False

    @property
    def name(self) -> str:
        """Registry and repository joined by a slash, as in `Image.name`."""
        return f"{self.registry}/{self.repository}"


@dataclass(frozen=True, slots=True)
class TagFact:
    """What a repository answered when it was asked for a tag; no digest: it has no such tag."""

    registry: str
    repository: str
    tag: str
    digest: str | None
    fetched_at: datetime

    @property
    def name(self) -> str:
        """Registry and repository joined by a slash, as in `Image.name`."""
        return f"{self.registry}/{self.repository}"


@dataclass(frozen=True, slots=True)
class RegistryRead:
    """How the last attempt to ask a registry went.

    Attributes:
        repository: the one asked; "" for the registry as a whole (its sign-in, say).
        attempted_at: of the last attempt; reached_at: of the last that was answered, if any was
            (aware UTC).
        title, message, mend: why the last attempt failed and what helps; "" if it did not.
    """

    registry: str
    repository: str
    attempted_at: datetime
    reached_at: datetime | None
    title: str = ""
    message: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """Facts read from registries. Whatever is not known is None: rules then do without.

    What a digest is, is the same wherever it lies: facts of its copies are merged.

    Attributes:
        pushes: earliest push time over all copies, by digest.
        kinds: kind, by digest.
        indexes: digests of the manifests, by digest of their index, where they are known.
        platforms: the same with their platforms, in the index's order.
        tags: digest a tag points to now, by ("registry/repository", tag).
        missing: ("registry/repository", tag) of the tags that a registry does not have.
        held: whether a repository has a digest, by ("registry/repository", digest), as far as it
            was asked.
        sizes: bytes, by digest.
        scans: what a registry told of the digest itself; see `scan_of` for an index.
        findings: critical and high ones, by digest, where they were asked for.
        reads: how asking went, by (registry, repository); repository "" for all of a registry.
        notices: by registry, a sentence that says since when it was not reached, if so.
    """

    pushes: Mapping[str, datetime] = field(default_factory=dict)
    kinds: Mapping[str, DigestKind] = field(default_factory=dict)
    indexes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    platforms: Mapping[str, tuple[Child, ...]] = field(default_factory=dict)
    tags: Mapping[tuple[str, str], str] = field(default_factory=dict)
    missing: frozenset[tuple[str, str]] = frozenset()
    held: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    scans: Mapping[str, Scan] = field(default_factory=dict)
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    reads: Mapping[tuple[str, str], RegistryRead] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)

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
