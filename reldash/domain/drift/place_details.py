"""A place as the details of a cell, its links and the JSON output show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reldash.domain.builds.running import status_text
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.states import Flag
from reldash.domain.drift.unfinished import with_unfinished
from reldash.domain.images.references import Digest, DigestKind, parse_image_id
from reldash.domain.registries.scans import Scan
from reldash.domain.workloads.observations import (
    ContainerRole,
    RolloutSource,
    Running,
    WorkloadKind,
)


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """One primary container (or sidecar, on its own row) of one workload in a cell.

    Registry facts are None where they are not known, as with a registry that is never read.

    Attributes:
        pushed_at: when its build was first pushed to any registry; of several, the earliest.
        size: bytes of its build, compressed; of several, the largest.
        scan: the worst of its builds.
        current: digest that the registry now gives for its tag, where that has moved; else "".
        registry: a sentence, if the last attempt to reach its registry failed; else "".
        labels, annotations: of the workload, as observed; `links.delivery_tools` reads them.
    """

    cluster: str
    environment: str
    namespace: str
    customer: str | None
    kind: WorkloadKind
    workload: str
    container: str
    role: ContainerRole
    image: str  # wanted
    version: str
    running: tuple[str, ...]  # distinct image references of live pods
    digests: tuple[str, ...]  # distinct image ids of live pods, as reported
    ready: int | None  # None where it is not kept of a past moment
    wanted: int | None
    status: str  # "complete", "progressing: 2 of 4 updated", "canary 10 % 1.5.0" ...
    since: datetime | None  # start of the open rollout
    since_approximate: bool
    observed_at: datetime | None  # None if it is known from history without a read
    waiting: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()  # those that this place alone gives
    pushed_at: datetime | None = None
    size: int | None = None
    scan: Scan | None = None
    current: str = ""
    registry: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)


def digests_of(places: Iterable[PlaceDetails]) -> dict[str, list[Digest]]:
    """The digests of the pods of places: by digest, each repository it was pulled from.

    Bare digests are left out: they are of an image's configuration, which registries do not serve.
    """
    found: dict[str, dict[Digest, None]] = {}
    for text in (text for place in places for text in place.digests):
        digest = parse_image_id(text)
        if digest is not None and digest.kind is not DigestKind.CONFIG:
            found.setdefault(digest.value, {})[digest] = None
    return {value: list(digests) for value, digests in found.items()}


def place_details(place: JudgedPlace) -> PlaceDetails:
    """The details of a judged place."""
    o, info = place.placed.observation, place.registry_info
    rollout = place.since
    images, digests, waiting = _of_pods(o.running or ())
    return PlaceDetails(
        cluster=o.cluster,
        environment=place.placed.environment,
        namespace=o.namespace,
        customer=place.placed.customer,
        kind=o.kind,
        workload=o.workload,
        container=o.container,
        role=o.role,
        image=o.image,
        version=place.version,
        running=images,
        digests=digests,
        ready=o.known_ready,
        wanted=o.wanted,
        status=with_unfinished(o, status_text(o)),
        since=rollout.current_started_at if rollout else None,
        since_approximate=rollout is not None and rollout.source is RolloutSource.REVISION,
        observed_at=o.read_at,
        waiting=waiting,
        flags=tuple(place.flags),
        pushed_at=info.pushed_at,
        size=info.size,
        scan=info.scan,
        current=info.current,
        registry=info.unreached,
        labels=o.labels,
        annotations=o.annotations,
    )


def _of_pods(
    running: Sequence[Running],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Distinct images, image ids and waiting reasons of pods; mostly all pods are alike."""
    if len(running) == 1:
        only = running[0]
        return (only.image,), (only.image_id,) if only.image_id else (), only.waiting
    return (
        tuple(dict.fromkeys(run.image for run in running)),
        tuple(dict.fromkeys(run.image_id for run in running if run.image_id)),
        tuple(sorted({reason for run in running for reason in run.waiting})),
    )
