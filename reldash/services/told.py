"""What registries told of the images that a container runs, as one row shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.images import parse_image_id
from reldash.domain.registry import RegistryFacts
from reldash.domain.scans import worst


@dataclass(frozen=True, slots=True)
class Told:
    """Of the images of one container together; None where it is not known.

    Attributes:
        pushed_at: the earliest push of any (aware UTC).
        size: bytes of the largest, compressed.
        critical, high: findings of the worst, where all were counted.
        status: the worst `ScanStatus`; "" if nothing is known of any scan.
        has_critical: whether any is known to have a critical finding.
    """

    pushed_at: datetime | None = None
    size: int | None = None
    critical: int | None = None
    high: int | None = None
    status: str = ""
    has_critical: bool = False


def told_of(image_ids: Iterable[str], facts: RegistryFacts) -> Told:
    """What is known of image ids as pods report them."""
    digests = [digest.value for text in image_ids if (digest := parse_image_id(text))]
    pushes = [at for digest in digests if (at := facts.pushed_at(digest))]
    sizes = [facts.sizes[digest] for digest in digests if digest in facts.sizes]
    scan = worst(facts.scan_of(digest) for digest in digests)
    return Told(
        pushed_at=min(pushes, default=None),
        size=max(sizes, default=None),
        critical=scan.critical if scan else None,
        high=scan.high if scan else None,
        status=str(scan.status) if scan else "",
        has_critical=scan is not None and scan.has_critical,
    )
