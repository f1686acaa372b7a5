"""Which copy of an image, of several repositories, is asked."""

from collections.abc import Collection, Iterable
from typing import Final

from reldash.domain.registries.facts import ImageFacts
from reldash.domain.registries.scans import ScanStatus

_INFORMATIVE: Final = (ScanStatus.COUNTED, ScanStatus.UNCOUNTED, ScanStatus.FAILED)


def best_copies(images: Iterable[ImageFacts], digests: Collection[str]) -> dict[str, ImageFacts]:
    """For each digest found in a repository, the copy with the most informative scan."""
    found: dict[str, ImageFacts] = {}
    wanted = set(digests)
    for image in images:
        if image.digest in wanted and not image.missing:
            known = found.get(image.digest)
            if known is None or _scan_rank(image) < _scan_rank(known):
                found[image.digest] = image
    return found


def _scan_rank(image: ImageFacts) -> int:
    """A rank by scan status: 0 is the most informative."""
    known = image.scan is not None and image.scan.status in _INFORMATIVE
    return _INFORMATIVE.index(image.scan.status) if known and image.scan else len(_INFORMATIVE)
