"""Details of images that take calls of their own: read when a user opens them, or when due."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reldash.domain.registries.scans import Finding, Scan


class ImageDetail(StrEnum):
    """A detail that is read on demand."""

    CHILDREN = "children"  # the manifests of an index: reading them counts as a pull of it
    FINDINGS = "findings"  # the findings of its scan: reading them takes a call for each image


@dataclass(frozen=True, slots=True)
class WantedDetail:
    """A detail of a digest that a user has opened since it was last read, or that is due.

    Attributes:
        last_tried: the time since the last attempt to read it; None if there was none.
        known: whether it is known from an earlier read.
    """

    digest: str
    detail: ImageDetail
    last_tried: timedelta | None
    known: bool


@dataclass(frozen=True, slots=True)
class ImageFindings:
    """The answer of a repository to a request for the findings of one of its images.

    `findings` is None if it did not list them; those that are known are kept.
    """

    registry: str
    repository: str
    digest: str
    scan: Scan
    findings: tuple[Finding, ...] | None
