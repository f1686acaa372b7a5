"""Results of an image search, from rollouts and from live pods."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from reldash.domain.builds.build import build_of
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.history.image_search import ImagePlace
from reldash.domain.history.live_images import LiveImage
from reldash.domain.history.releases import build_of_record
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import NEVER, ContainerKey, RolloutSource
from reldash.services.reports.history import ContainerPlace


def recency(place: ImagePlace) -> tuple[bool, datetime]:
    """The key to sort results by: what runs now is the most recent."""
    return place.ended_at is None, place.ended_at or place.started_at or NEVER


def container_of(place: ImagePlace) -> tuple[str, ...]:
    """The container of a result, and the text that it matches."""
    where = place.text, place.cluster, place.namespace, place.kind, place.workload
    return (*where, place.container, str(place.role))


def is_among(live: ImagePlace, open_: Sequence[ImagePlace]) -> bool:
    """Whether an open rollout of the same container, and for the same text, is of the live pods.

    Their digest says so too, if a webhook had them pull the image under another reference.
    """
    return any(
        (live.digests or live.image == place.image) and set(live.digests) <= set(place.digests)
        for place in open_
    )


def live_image_place(
    text: str,
    live: LiveImage,
    severity: str,
    named: Mapping[ContainerKey, ContainerPlace],
    namespaces: Namespaces,
) -> ImagePlace:
    """The result of live pods; `named` has the rows of containers."""
    place = named.get(live.key) if live.key is not None else None
    place = place or ContainerPlace(
        None, None, namespaces.environment_of(live.cluster, live.namespace), None
    )
    return ImagePlace(
        text=text,
        image=live.image,
        version=build_of(live.image, live.image_id).version,
        digests=(live.image_id,) if live.image_id else (),
        cluster=live.cluster,
        namespace=live.namespace,
        kind=live.kind,
        workload=live.workload,
        container=live.container,
        role=live.role,
        dashboard=place.dashboard,
        service=place.service,
        environment=place.environment,
        customer=place.customer,
        started_at=live.since,
        ended_at=None,
        approximate=True,
        finding=severity,
    )


def image_place(
    text: str,
    record: RolloutRecord,
    severity: str,
    named: Mapping[ContainerKey, ContainerPlace],
    namespaces: Namespaces,
) -> ImagePlace:
    """The result of a rollout; `named` has the rows of containers."""
    rollout = record.rollout
    key = rollout.key
    place = named.get(key) or ContainerPlace(
        None, None, namespaces.environment_of(key.cluster, key.namespace), None
    )
    return ImagePlace(
        text=text,
        image=rollout.image,
        version=build_of_record(record).version,
        digests=rollout.digests,
        cluster=key.cluster,
        namespace=key.namespace,
        kind=key.kind.value,
        workload=key.workload,
        container=key.container,
        role=key.role,
        dashboard=place.dashboard,
        service=place.service,
        environment=place.environment,
        customer=place.customer,
        started_at=rollout.started_at,
        ended_at=rollout.ended_at,
        approximate=rollout.source is RolloutSource.REVISION,
        finding=severity,
    )
