"""Facts of registries on images: as read from one repository, and merged by digest and tag."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.scans import Finding, Scan


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
    """The facts of one repository on one digest, read at `fetched_at`. None always means unknown.

    Attributes:
        registry, repository: host and path, such as "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
            and "team/payments"; together the name in the image references of pods.
        digest: "sha256:...".
        kind: INDEX or MANIFEST.
        pushed_at: when it was pushed to this repository (aware UTC).
        size: in bytes, compressed, as the registry counts.
        tags: all tags that point to it.
        children: of an index; None if they were not read, or it is no index.
        findings: the critical and high ones, critical first; None if they were not read.
        missing: the repository answered that it has no such image (any more); the other facts are
            from earlier answers.
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
    """The answer of a repository to a request for a tag; digest None means it has no such tag."""

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
    """The outcome of the last attempt to read a registry.

    Attributes:
        repository: the one read; "" for the registry as a whole (its sign-in, for example).
        attempted_at: of the last attempt; reached_at: of the last that was answered, if any was
            (aware UTC).
        title, message, remedy: why the last attempt failed and how to fix it; "" if it succeeded.
    """

    registry: str
    repository: str
    attempted_at: datetime
    reached_at: datetime | None
    title: str = ""
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """The merged facts of all registries. An unknown fact is None or missing.

    A digest means the same content in every repository, so facts of its copies are merged.

    Attributes:
        pushes: earliest push time over all copies, by digest.
        kinds: kind, by digest.
        indexes: digests of the manifests, by digest of their index, if they are known.
        parents: digests of the known indexes that a manifest is in, by its digest.
        platforms: the manifests of an index with their platforms, by the index's digest.
        tags: digest a tag points to now, by ("registry/repository", tag).
        missing: ("registry/repository", tag) of the tags that a registry does not have.
        held: whether a repository has a digest, by ("registry/repository", digest), as far as
            it was read.
        sizes: bytes, by digest.
        scans: by digest; of an index, the worst of its children's.
        findings: critical and high ones, by digest, if they were read.
        reads: the last attempt, by (registry, repository); repository "" for a whole registry.
    """

    pushes: Mapping[str, datetime] = field(default_factory=dict)
    kinds: Mapping[str, DigestKind] = field(default_factory=dict)
    indexes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    platforms: Mapping[str, tuple[Child, ...]] = field(default_factory=dict)
    tags: Mapping[tuple[str, str], str] = field(default_factory=dict)
    missing: frozenset[tuple[str, str]] = frozenset()
    held: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    scans: Mapping[str, Scan] = field(default_factory=dict)
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    reads: Mapping[tuple[str, str], RegistryRead] = field(default_factory=dict)

    def pushed_at(self, digest: str) -> datetime | None:
        """When the digest was first pushed to any registry (aware UTC)."""
        return self.pushes.get(digest)

    def kind(self, digest: str) -> DigestKind | None:
        """The kind of object that a digest is of."""
        return self.kinds.get(digest)

    def children(self, digest: str) -> frozenset[str]:
        """The platform manifests of an index; empty if it is none, or they are not known."""
        return self.indexes.get(digest, frozenset())

    def tag_digest(self, image_name: str, tag: str) -> str | None:
        """The digest that a tag of "registry/repository" points to now."""
        return self.tags.get((image_name, tag))

    def scan_of(self, digest: str) -> Scan | None:
        """The scan of an image; of an index, that of its worst platform."""
        return self.scans.get(digest)

    def unreached(self, image_name: str) -> RegistryRead | None:
        """The last attempt to read an image "registry/repository", if it failed.

        Its `reached_at` says when the repository, or its registry, last answered.
        """
        registry, _, repository = image_name.partition("/")
        own, whole = self.reads.get((registry, repository)), self.reads.get((registry, ""))
        last = own
        if whole and (own is None or (whole.title and whole.attempted_at >= own.attempted_at)):
            last = whole
        if last is None or not last.title:
            return None
        if last is own or own is None or own.reached_at is None:
            return last
        return replace(last, reached_at=max(own.reached_at, last.reached_at or own.reached_at))


NO_FACTS: Final = RegistryFacts()
