"""Scans of images: findings by severity, and the worst of several scans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a finding, worst first; ECR's UNDEFINED is UNTRIAGED too."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"
    UNTRIAGED = "untriaged"


class ScanStatus(StrEnum):
    """How much is known of an image's findings, most first; the values are shown on screen."""

    COUNTED = "counted"
    UNCOUNTED = "scanned, not counted yet"
    NOT_SCANNED = "not scanned"
    FAILED = "scan failed"  # or not supported for this image


@dataclass(frozen=True, slots=True)
class Scan:
    """The scan of an image. Without a scan the status is `NOT_SCANNED`, never 0 findings.

    Attributes:
        counts: findings by severity. Unless the status is COUNTED, they are lower bounds.
        scanned_at: when it was scanned (aware UTC); of several scans, the earliest.
        message: the registry's own words, such as why a scan failed.
    """

    status: ScanStatus
    counts: Mapping[Severity, int] = field(default_factory=dict)
    scanned_at: datetime | None = None
    message: str = ""

    @property
    def critical(self) -> int | None:
        """The number of critical findings; None unless they were counted."""
        return self._counted(Severity.CRITICAL)

    @property
    def high(self) -> int | None:
        """The number of findings of severity high; None unless they were counted."""
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
        package, version: the affected package; "" if the scan does not name it.
        uri: the address of its description; "" if the scan has none.
    """

    name: str
    severity: Severity
    package: str
    version: str
    uri: str


def worst(scans: Iterable[Scan | None]) -> Scan | None:
    """The worst of the scans of several images, as one scan.

    It has of each severity as many findings as the scan that has most, since images of one service
    mostly share theirs. It is COUNTED only if all are; an image without a scan (None) is not,
    since unknown is never 0.

    Returns:
        None if no image has a scan.
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
