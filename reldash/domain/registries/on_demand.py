"""What of an image is asked for only when somebody looks at it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reldash.domain.registries.scans import Finding, Scan


class ImageDetail(StrEnum):
    """What is looked at."""

    CHILDREN = "children"  # the manifests of an index: asking counts as a pull of it
    FINDINGS = "findings"  # the findings of its scan: asking takes a call for each image


@dataclass(frozen=True, slots=True)
class WantedDetail:
    """Somebody has looked at a digest since registries were last asked for what is looked at.

    Attributes:
        rested: for how long they have not been asked for it; None if they never were.
        known: whether it is known, if only as it was then.
    """

    digest: str
    look: ImageDetail
    rested: timedelta | None
    known: bool


@dataclass(frozen=True, slots=True)
class ImageFindings:
    """What a repository told of the scan of one of its images when asked for the findings.

    No findings: they were not told, and those that are known stay.
    """

    registry: str
    repository: str
    digest: str
    scan: Scan
    findings: tuple[Finding, ...] | None
