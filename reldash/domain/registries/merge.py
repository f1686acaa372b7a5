"""Merge the answers of registries, of several times and copies, to facts by digest and tag."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryFacts, RegistryRead, TagFact
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, worst

# The platform that BuildKit gives the manifests of attestations in an index.
ATTESTATION: Final = "unknown/unknown"

# Of several copies of an image the scan with most information counts: equal content has equal
# findings, and a registry may have scanning switched off.
_INFORMATION: Final = (
    ScanStatus.NOT_SCANNED,
    ScanStatus.FAILED,
    ScanStatus.UNCOUNTED,
    ScanStatus.COUNTED,
)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def transform_facts(
    images: Iterable[ImageFacts], tags: Iterable[TagFact], reads: Iterable[RegistryRead]
) -> RegistryFacts:
    """Merge answers to facts; the order of the answers does not matter.

    Of a digest, the facts of its copies in several repositories are merged: the earliest push, the
    scan with most information and of those the latest, and any other fact of any copy, even if
    it has been deleted since. Of a tag the latest answer counts, unless a later one refutes it.
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
    """The manifests of each index; a digest fixes them, so any copy will do."""
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
    """The scan of each digest.

    Registries scan manifests and answer of an index that it is not or cannot be scanned; its scan
    is the worst of its manifests.
    """
    own = {
        digest: image.scan
        for digest, images in copies.items()
        if (image := max(images, key=_scan_information)).scan is not None
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


def _scan_information(image: ImageFacts) -> tuple[int, datetime, datetime, str]:
    """The information in an image's scan, as a sort key."""
    scan = image.scan
    if scan is None:
        return -1, _LONG_AGO, image.fetched_at, image.name
    scanned_at = scan.scanned_at or _LONG_AGO
    return _INFORMATION.index(scan.status), scanned_at, image.fetched_at, image.name


def _findings(copies: Mapping[str, list[ImageFacts]]) -> dict[str, tuple[Finding, ...]]:
    """The findings of the scan that counts, if they were read."""
    found = {}
    for digest, images in copies.items():
        known = [image for image in images if image.findings is not None]
        findings = max(known, key=_scan_information).findings if known else None
        if findings is not None:
            found[digest] = findings
    return found


def _tags(
    images: Mapping[tuple[str, str], ImageFacts], tags: Iterable[TagFact]
) -> tuple[dict[tuple[str, str], str], frozenset[tuple[str, str]]]:
    """The digest of each tag, and the tags that do not exist."""
    claims: dict[tuple[str, str], tuple[datetime, bool, str]] = {}

    def claim(name: str, tag: str, claimed: tuple[datetime, bool, str]) -> None:
        claims[name, tag] = max(claimed, claims.get((name, tag), claimed))

    for image in images.values():
        for tag in () if image.missing else image.tags:
            claim(image.name, tag, (image.fetched_at, False, image.digest))
    for fact in tags:
        # An answer on the tag itself wins over one on an image that lists it.
        claim(fact.name, fact.tag, (fact.fetched_at, True, fact.digest or ""))
    named = {
        (name, tag): digest
        for (name, tag), (at, _, digest) in claims.items()
        if digest and not _is_refuted(images.get((name, digest)), tag, at)
    }
    return named, frozenset(key for key, (_, _, digest) in claims.items() if not digest)


def _is_refuted(image: ImageFacts | None, tag: str, claimed_at: datetime) -> bool:
    """Whether a later read of the image found it gone, or without the tag."""
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
