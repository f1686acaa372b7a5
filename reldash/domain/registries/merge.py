"""What registries answered at several times and places -> what is known now, by digest and tag."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryFacts, RegistryRead, TagFact
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, worst

# What BuildKit gives the manifests in an index that hold attestations in place of an image.
ATTESTATION: Final = "unknown/unknown"

# Of several copies of an image the one that knows most speaks for all: what is equal is scanned
# alike, and a registry may have scanning switched off.
_TELLING: Final = (
    ScanStatus.NOT_SCANNED,
    ScanStatus.FAILED,
    ScanStatus.UNCOUNTED,
    ScanStatus.COUNTED,
)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def transform_facts(
    images: Iterable[ImageFacts], tags: Iterable[TagFact], reads: Iterable[RegistryRead]
) -> RegistryFacts:
    """The facts by which rules look things up; the same in whatever order the answers come.

    Of a digest, facts of its copies in several repositories are merged: the earliest push, the
    scan that tells most and is the latest, and whatever else any copy tells, or told before it was
    deleted. Of a tag, the latest answer counts, and none that a later one has refuted.
    """
    latest: dict[tuple[str, str], ImageFacts] = {}
    for image in images:
        known = latest.get((image.name, image.digest))
        if known is None or known.fetched_at < image.fetched_at:
            latest[image.name, image.digest] = image
    copies: dict[str, list[ImageFacts]] = defaultdict(list)
    for image in latest.values():
        copies[image.digest].append(image)
    platforms = _platforms(copies)
    named, unnamed = _tags(latest, tags)
    return RegistryFacts(
        pushes={
            digest: min(pushes)
            for digest, known in copies.items()
            if (pushes := [image.pushed_at for image in known if image.pushed_at is not None])
        },
        kinds={
            digest: min(kinds)
            for digest, known in copies.items()
            if (kinds := [image.kind for image in known if image.kind is not None])
        },
        indexes={
            digest: frozenset(child.digest for child in children)
            for digest, children in platforms.items()
        },
        parents=_parents(platforms),
        platforms=platforms,
        tags=named,
        missing=unnamed,
        held={place: not image.missing for place, image in latest.items()},
        sizes={
            digest: max(sizes)
            for digest, known in copies.items()
            if (sizes := [image.size for image in known if image.size is not None])
        },
        scans=_scans(copies, platforms),
        findings=_findings(copies),
        reads=_latest_reads(reads),
    )


def _platforms(copies: Mapping[str, list[ImageFacts]]) -> dict[str, tuple[Child, ...]]:
    """The manifests of each index whose manifests are known; a digest fixes them."""
    return {
        digest: max(known, key=lambda children: [(c.digest, c.platform) for c in children])
        for digest, images in copies.items()
        if (known := [image.children for image in images if image.children])
    }


def _parents(platforms: Mapping[str, tuple[Child, ...]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for index, children in platforms.items():
        for child in children:
            found[child.digest].add(index)
    return {digest: frozenset(indexes) for digest, indexes in found.items()}


def _scans(
    copies: Mapping[str, list[ImageFacts]], platforms: Mapping[str, tuple[Child, ...]]
) -> dict[str, Scan]:
    """What is known of each digest's findings.

    Registries scan manifests: of an index they say that it is not scanned, or cannot be.
    """
    own = {
        digest: image.scan
        for digest, images in copies.items()
        if (image := max(images, key=_telling)).scan is not None
    }
    indexes = dict.fromkeys(platforms)
    for digest, images in copies.items():
        if any(image.kind is DigestKind.INDEX for image in images):
            indexes[digest] = None
    found = dict(own)
    for index in indexes:
        scan = found.pop(index, None)
        if scan is None or scan.status is not ScanStatus.COUNTED:
            children = platforms.get(index, ())
            scan = worst(own.get(c.digest) for c in children if c.platform != ATTESTATION)
        if scan is not None:
            found[index] = scan
    return found


def _telling(image: ImageFacts) -> tuple[int, datetime, datetime, str]:
    """How much an image's scan tells, as a key to sort by."""
    scan = image.scan
    if scan is None:
        return -1, _LONG_AGO, image.fetched_at, image.name
    scanned_at = scan.scanned_at or _LONG_AGO
    return _TELLING.index(scan.status), scanned_at, image.fetched_at, image.name


def _findings(copies: Mapping[str, list[ImageFacts]]) -> dict[str, tuple[Finding, ...]]:
    """The findings that belong to the scan that is shown, where they were asked for."""
    found = {}
    for digest, images in copies.items():
        known = [image for image in images if image.findings is not None]
        findings = max(known, key=_telling).findings if known else None
        if findings is not None:
            found[digest] = findings
    return found


def _tags(
    images: Mapping[tuple[str, str], ImageFacts], tags: Iterable[TagFact]
) -> tuple[dict[tuple[str, str], str], frozenset[tuple[str, str]]]:
    """The digest of each tag, and the tags that are not there."""
    claims: dict[tuple[str, str], tuple[datetime, bool, str]] = {}

    def claim(name: str, tag: str, claimed: tuple[datetime, bool, str]) -> None:
        claims[name, tag] = max(claimed, claims.get((name, tag), claimed))

    for image in images.values():
        for tag in () if image.missing else image.tags:
            claim(image.name, tag, (image.fetched_at, False, image.digest))
    for fact in tags:
        # Asked for by name it is told for sure, so that this wins over what was told beside it.
        claim(fact.name, fact.tag, (fact.fetched_at, True, fact.digest or ""))
    named = {
        (name, tag): digest
        for (name, tag), (at, _, digest) in claims.items()
        if digest and not _is_refuted(images.get((name, digest)), tag, at)
    }
    return named, frozenset(key for key, (_, _, digest) in claims.items() if not digest)


def _is_refuted(image: ImageFacts | None, tag: str, claimed_at: datetime) -> bool:
    """Whether the image was looked at since, and was gone or did not have the tag any more."""
    if image is None or image.fetched_at <= claimed_at:
        return False
    return image.missing or tag not in image.tags


def _latest_reads(reads: Iterable[RegistryRead]) -> dict[tuple[str, str], RegistryRead]:
    found: dict[tuple[str, str], RegistryRead] = {}
    for read in reads:
        key = read.registry, read.repository
        if key not in found or found[key].attempted_at < read.attempted_at:
            found[key] = read
    return found
