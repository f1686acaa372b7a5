"""Results of searching for images: where and when each ran."""

from dataclasses import dataclass
from datetime import datetime

from reldash.domain.workloads.observations import (
    ContainerRole,
    WorkloadKind,
)


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """An interval in which a container ran an image that matches a search.

    Attributes:
        text: the search text that it matches.
        dashboard, service: of its row; None for sidecars and init containers, and for containers
            that no dashboard shows.
        environment, customer: None if the namespace has none.
        digests: as reported; empty if none is known.
        ended_at: None while it runs.
        approximate: whether its times are from revisions, so not exact.
        finding: the severity, if it matches by a finding of its scan; else "".
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
    """The results of a search.

    Attributes:
        places: those that run now first, each part newest first.
        missing: the search texts without a result, in their order.
        more: whether there are more results than `places` has.
        notes: sentences on why texts may have no result.
    """

    places: tuple[ImagePlace, ...]
    missing: tuple[str, ...]
    more: bool
    notes: tuple[str, ...] = ()
