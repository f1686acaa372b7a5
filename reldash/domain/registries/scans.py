"""What scans of images found, and the worst of several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, the worst first; ECR's UNDEFINED is UNTRIAGED too."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"
    UNTRIAGED = "untriaged"


class ScanStatus(StrEnum):
    """How much is known of an image's findings, the most first; the words are shown."""

    COUNTED = "counted"
    UNCOUNTED = "scanned, not counted yet"
    NOT_SCANNED = "not scanned"
    FAILED = "scan failed"  # or not supported for this image


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of an image's findings. No scan is `NOT_SCANNED`, never 0 findings.

    Attributes:
        counts: findings by severity. Where the status is not COUNTED, these are of a part of what
            is spoken of: there are at least so many.
        scanned_at: when it was scanned (aware UTC); of several, the one longest ago.
        message: the registry's own words, such as why a scan failed.
    """

    status: ScanStatus
    counts: Mapping[Severity, int] = field(default_factory=dict)
    scanned_at: datetime | None = None
    message: str = ""

    @property
    def critical(self) -> int | None:
        """How many critical findings there are; None unless they were counted."""
        return self._counted(Severity.CRITICAL)

    @property
    def high(self) -> int | None:
        """How many findings of severity high there are; None unless they were counted."""
        return self._counted(Severity.HIGH)

    @property
    def has_critical(self) -> bool:
        """Whether a critical finding is known, even if not all were counted."""
        return self.counts.get(Severity.CRITICAL, 0) > 0

    def _counted(self, severity: Severity) -> int | None:
        return self.counts.get(severity, 0) if self.status is ScanStatus.COUNTED else None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of an image.

    Attributes:
        name: such as "CVE-2026-1234".
        package, version: where it was found; "" where the scan does not say.
        uri: where it is described; "" where the scan does not say.
    """

    name: str
    severity: Severity
    package: str
    version: str
    uri: str


def worst(scans: Iterable[Scan | None]) -> Scan | None:
    """What is known of several images that are spoken of as one.

    Of each severity as many findings as the one that has most, since images of one service mostly
    share theirs. They are counted only if all are, and one of which nothing is known (None) is
    not: what is not known is never 0.

    Returns:
        None if nothing is known of any.
    """
    parts = list(scans)
    known = [scan for scan in parts if scan is not None]
    if not known or len(parts) == 1:
        return known[0] if known else None
    status = max((scan.status for scan in known), key=_STANDING.__getitem__)
    if len(known) < len(parts) and status is ScanStatus.COUNTED:
        status = ScanStatus.UNCOUNTED
    return Scan(
        status,
        {
            severity: max(scan.counts.get(severity, 0) for scan in known)
            for severity in Severity
            if any(severity in scan.counts for scan in known)
        },
        min((scan.scanned_at for scan in known if scan.scanned_at is not None), default=None),
        next((scan.message for scan in known if scan.status is status), ""),
    )


_STANDING = {status: position for position, status in enumerate(ScanStatus)}
