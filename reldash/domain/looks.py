"""What of an image is asked for only when somebody looks at it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reldash.domain.scans import Finding, Scan


class Look(StrEnum):
    """What is looked at."""

    CHILDREN = "children"  # the manifests of an index: asking counts as a pull of it
    FINDINGS = "findings"  # the findings of its scan: asking takes a call for each image


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody looked at a digest and found something unknown there.

    Attributes:
        attempted_at: when a registry was last asked for it; None if never.
    """

    digest: str
    look: Look
    wanted_at: datetime
    attempted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImageFindings:
    """What a repository told of the scan of one of its images when asked for the findings."""

    registry: str
    repository: str
    digest: str
    scan: Scan
    findings: tuple[Finding, ...]
