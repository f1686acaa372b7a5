"""Results of searching for images: where and when each ran."""

from dataclasses import dataclass
from datetime import datetime

from reldash.domain.phrases import counted
from reldash.domain.workloads.observations import ContainerRole
from reldash.domain.workloads.pod_containers import PodRole

_SENTENCES = 5  # in one line of text


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """An interval in which a container ran an image that matches a search, or its live pods.

    Attributes:
        text: the search text that it matches.
        dashboard, service: of its row; None for sidecars and init containers, and for containers
            that no dashboard shows.
        environment, customer: None if the namespace has none.
        digests: as reported; empty if none is known.
        kind: of its workload, else of what controls its pods; "" for several.
        started_at: None if it is not known, as of pods that linger.
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
    kind: str
    workload: str
    container: str
    role: ContainerRole | PodRole
    dashboard: str | None
    service: str | None
    environment: str | None
    customer: str | None
    started_at: datetime | None
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
        notes: sentences on the answer as a whole: of how many images findings are known.
        not_known: why an image that was not found may run all the same (`live_images.not_known`).
    """

    places: tuple[ImagePlace, ...]
    missing: tuple[str, ...]
    more: bool
    notes: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()

    @property
    def not_known_words(self) -> str:
        """The first sentences of `not_known` in one line; "" if there are none."""
        words = list(self.not_known[:_SENTENCES])
        more = len(self.not_known) - len(words)
        return "; ".join([*words, *([f"and {counted(more, 'further part')}"] if more else [])])
