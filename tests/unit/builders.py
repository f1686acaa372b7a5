"""Builders of domain values with good defaults, so that a test names only what matters.

The fleet they make: environments dev, stg and prod in promotion order, one cluster each of the
same name, one dashboard "platform". Everything was read 30 seconds before `NOW`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reldash.domain.fleet.rules import (
    Cluster,
    CollectRules,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
    ServiceRules,
)
from reldash.domain.workloads.observations import (
    ContainerRole,
    Observation,
    RolloutSource,
    Running,
    Sighting,
    WorkloadKind,
)
from reldash.domain.workloads.reads import ClusterStatus
from reldash.domain.workloads.snapshot import Snapshot

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READ_AT = NOW - timedelta(seconds=30)
REGISTRY = "registry.example.com/shop"


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def digest(text: str) -> str:
    """A digest derived from a text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def image_id(image: str, build: str | None = None) -> str:
    """An imageID as containerd reports it; the digest is of `build`, or the image's last segment.

    Copies of `api:1.4.2` in two registries therefore have the same digest by default.
    """
    if "@" in image and build is None:
        return image
    repository = image.split("@")[0].rpartition(":")[0] if ":" in image else image
    return f"{repository}@{digest(build or image.rpartition('/')[2])}"


def running(image: str, pods: int = 2, *, build: str | None = None, **fields: Any) -> Running:
    """Live pods of the current revision, all ready by default."""
    values: dict[str, Any] = {
        "image_id": image_id(image, build),
        "revision": "r1",
        "current": True,
        "ready": pods,
    }
    return Running(image=image, pods=pods, **(values | fields))


def observation(
    cluster: str = "prod",
    version: str = "1.4.2",
    *,
    service: str = "api",
    image: str | None = None,
    build: str | None = None,
    labels: Mapping[str, str] | None = None,
    **fields: Any,
) -> Observation:
    """A Deployment's one container, complete, with two replicas of the requested image.

    `image` overrides the image of `service` and `version`; `build` names the content of its
    digest; any field of Observation can be passed by name.
    """
    reference = image or f"{REGISTRY}/{service}:{version}"
    values: dict[str, Any] = {
        "namespace": "shop",
        "kind": WorkloadKind.DEPLOYMENT,
        "workload": service,
        "container": service,
        "role": ContainerRole.MAIN,
        "observed_at": READ_AT,
        "created_at": days_ago(100),
        "wanted": 2,
        "ready": 2,
        "revision": "r1",
        "running": (running(reference, build=build),),
    } | fields
    values.setdefault("uid", f"{cluster}/{values['namespace']}/{values['workload']}")
    return Observation(cluster=cluster, image=reference, labels=dict(labels or {}), **values)


def sighting(
    of: Observation,
    *,
    image: str | None = None,
    started_at: datetime = NOW - timedelta(days=10),
    ended_at: datetime | None = None,
    ready_at: datetime | bool | None = True,
    **fields: Any,
) -> Sighting:
    """A sighting of an observation's container with its image or another, from `started_at`.

    `ready_at` True means ready at `started_at`; None or False never.
    """
    reference = image or of.image
    ids = {run.image_id for run in of.running or () if run.image == reference and run.image_id}
    values: dict[str, Any] = {
        "digests": tuple(sorted(ids or {image_id(reference)})),
        "source": RolloutSource.OBSERVED,
        "current_started_at": None if ended_at else started_at,
    } | fields
    return Sighting(
        key=of.key,
        image=reference,
        first_started_at=started_at,
        last_ended_at=ended_at,
        ready_at=started_at if ready_at is True else ready_at or None,
        **values,
    )


def status(
    cluster: str = "prod", read_at: datetime | None = READ_AT, **fields: Any
) -> ClusterStatus:
    """The status of a cluster read at `read_at`; with None, of one with failed attempts only."""
    values: dict[str, Any] = {"attempted_at": read_at or READ_AT}
    if read_at is None:
        values |= {"error_title": "Refused", "error_message": f"{cluster}: 403", "failures": 3}
    return ClusterStatus(cluster=cluster, read_at=read_at, **(values | fields))


def fleet_rules(
    environments: Iterable[Environment | str] = ("dev", "stg", "prod"),
    *,
    clusters: Iterable[Cluster | str] | None = None,
    customer: CustomerRule | None = None,
    services: ServiceRules | None = None,
    collect: CollectRules | None = None,
) -> FleetRules:
    """Rules with a dashboard "platform"; a cluster passed by name is in the environment so named.

    Without `clusters`, each environment has a cluster of its own name.
    """
    listed = tuple(Environment(e) if isinstance(e, str) else e for e in environments)
    places = clusters if clusters is not None else [e.name for e in listed]
    return FleetRules(
        environments=listed,
        dashboards={"platform": Dashboard("platform", "Platform", listed, customer)},
        clusters=tuple(cluster(c) if isinstance(c, str) else c for c in places),
        services=services or ServiceRules(),
        collect=collect or CollectRules(),
    )


def cluster(name: str, environment: str | Mapping[str, tuple[str, ...]] = "") -> Cluster:
    """A cluster of the platform dashboard, wholly in one environment or by patterns."""
    patterns = environment if isinstance(environment, Mapping) else {environment or name: ("*",)}
    return Cluster(name, ("platform",), patterns)


def snapshot(
    observations: Iterable[Observation] = (),
    sightings: Iterable[Sighting] = (),
    statuses: Iterable[ClusterStatus] = (),
    *,
    clusters: Iterable[str] = ("dev", "stg", "prod"),
) -> Snapshot:
    """A snapshot in which every cluster was read, unless a status is passed for it."""
    seen = tuple(observations)
    names = dict.fromkeys([*clusters, *(o.cluster for o in seen)])
    known = {name: status(name) for name in names} | {s.cluster: s for s in statuses}
    return Snapshot(seen, tuple(sightings), known, revision=1)


def stale(of: Observation, minutes: float = 12) -> Observation:
    """The same observation, made some minutes ago."""
    return replace(of, observed_at=minutes_ago(minutes))
