"""Results of searching for images: where and when each ran."""

from dataclasses import dataclass
from datetime import datetime

from reldash.domain.workloads.observations import (
    ContainerRole,
    WorkloadKind,
)


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """A time in which a container ran an image that was looked for.

    Attributes:
        text: what it was found by.
        dashboard, service: whose row it is in; None for sidecars and init containers, and for
            what no dashboard shows.
        environment, customer: None where there is none.
        digests: as reported; none where none was known.
        ended_at: None while it runs.
        approximate: whether revisions tell of it, so that its times are not exact.
        finding: the severity, where it was found by a finding of its scan; else "".
    """

    text: str
    image: str
    version: str
    digests: tuple[str, ...]
    cluster: str
    namespace: str
    kind: WorkloadKind
    workload: str
    container: str
    role: ContainerRole
    dashboard: str | None
    service: str | None
    environment: str | None
    customer: str | None
    started_at: datetime
    ended_at: datetime | None
    approximate: bool
    finding: str = ""


@dataclass(frozen=True, slots=True)
class ImageResults:
    """What was found.

    Attributes:
        places: those that run now first, each part the newest first.
        missing: what was found nowhere, in the order that it was asked for.
        more: whether there is more than is given.
        notes: what is to be known of what was not found: sentences.
    """

    places: tuple[ImagePlace, ...]
    missing: tuple[str, ...]
    more: bool
    notes: tuple[str, ...] = ()
