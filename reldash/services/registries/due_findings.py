"""Which running images to ask for the findings of their scans, and when: pure rules.

Asking takes a call for each image (DescribeImageScanFindings), so a round asks a bounded number,
those not asked for longest first, and none whose counts already say that there is nothing to list.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import ImageFacts
from reldash.domain.registries.findings_coverage import counts_nothing_serious
from reldash.domain.registries.scans import Scan, ScanStatus
from reldash.services.registries.due import EcrImages, with_platforms

MOST_IN_BACKGROUND: Final = 100  # a round: a full one is made every 30 seconds at most
KNOWN_FOR: Final = timedelta(days=1)  # new vulnerabilities are found in old images
RETRY: Final = timedelta(hours=1)  # after a failure, or while a scan may still come
UNSCANNED_FOR: Final = timedelta(days=7)  # scanning is switched off, or cannot read the image
_SCAN_COMES_WITHIN: Final = timedelta(days=1)  # of the push


def due_findings(
    running: EcrImages,
    images: Sequence[ImageFacts],
    asked: Mapping[str, timedelta],
    ttl: timedelta,
    now: datetime,
) -> list[str]:
    """The digests of running images whose findings are due, never asked ones first.

    Args:
        running: the running images; of an index with known manifests, these are meant.
        images: what is stored.
        asked: how long ago findings were last asked for, by digest.
        ttl: no image is asked again sooner.
        now: aware UTC.
    """
    by_place = {(image.registry, image.repository, image.digest): image for image in images}
    due: dict[str, timedelta | None] = {}
    for (registry, repository), digests in running.digests.items():
        for digest in with_platforms(digests, registry.host, repository, by_place):
            image = by_place.get((registry.host, repository, digest))
            if image is None or image.missing or image.kind is DigestKind.INDEX:
                continue
            if counts_nothing_serious(image.scan):
                continue
            ago = asked.get(digest)
            if ago is None or ago >= max(ttl, _rest(image, ago, now)):
                due[digest] = ago
    return sorted(due, key=lambda each: (due[each] is not None, -(due[each] or ttl), each))


def _rest(image: ImageFacts, ago: timedelta, now: datetime) -> timedelta:
    """How long after asking the image is asked again."""
    scan = image.scan
    if scan is not None and scan.status in (ScanStatus.NOT_SCANNED, ScanStatus.FAILED):
        is_fresh = image.pushed_at is not None and now - image.pushed_at < _SCAN_COMES_WITHIN
        return RETRY if is_fresh else UNSCANNED_FOR
    if image.findings is None or scan is None or scan.status is not ScanStatus.COUNTED:
        return RETRY
    return timedelta() if _is_scanned_since(scan, now - ago) else KNOWN_FOR


def _is_scanned_since(scan: Scan, at: datetime) -> bool:
    return scan.scanned_at is not None and scan.scanned_at > at
