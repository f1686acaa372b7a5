"""Snapshots of synthetic fleets of any size."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from reldash.domain.fleet.rules import (
    Budget,
    Cluster,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
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
DASHBOARD = "platform"
CUSTOMER_LABEL = "customer"

# The patch number that runs in an environment, from the numbers of service and environment.
PatchOf = Callable[[int, int], int]

PAST = 2  # ended sightings of each container, besides the one that runs


def all_different(_service: int, environment: int) -> int:
    """Every environment runs another release; the first runs the newest."""
    return 20 - environment


def mostly_in_step(service: int, environment: int) -> int:
    """Nine of ten services run one release everywhere; the tenth is being promoted."""
    return 20 if service % 10 else all_different(service, environment)


def fleet(
    services: int, environments: int, patch_of: PatchOf, *, customers: int = 0
) -> tuple[Snapshot, FleetRules]:
    """Each service in each environment, one cluster each; with customers, once for each of them."""
    names = [f"env-{number}" for number in range(environments)]
    listed = tuple(Environment(name, budget=Budget(dwell=timedelta(days=14))) for name in names)
    rule = CustomerRule(label=CUSTOMER_LABEL) if customers else None
    rules = FleetRules(
        environments=listed,
        dashboards={DASHBOARD: Dashboard(DASHBOARD, "Platform", listed, rule)},
        clusters=tuple(Cluster(name, (DASHBOARD,), {name: ("*",)}) for name in names),
    )
    owned_by = [f"customer-{number}" for number in range(customers)] or [""]
    observations: list[Observation] = []
    sightings: list[Sighting] = []
    for service in range(services):
        for environment, name in enumerate(names):
            newest = patch_of(service, environment)
            for customer in owned_by:
                observation = _observation(f"service-{service:05}", name, newest, customer)
                observations.append(observation)
                sightings += _sightings(observation, f"service-{service:05}", newest)
    statuses = {name: ClusterStatus(name, attempted_at=READ_AT, read_at=READ_AT) for name in names}
    return Snapshot(tuple(observations), tuple(sightings), statuses, revision=1), rules


def _observation(service: str, cluster: str, patch: int, customer: str) -> Observation:
    image, image_id = _image(service, patch)
    labels = {"app.kubernetes.io/name": service, "team": f"team-{service[-2:]}"}
    if customer:
        labels[CUSTOMER_LABEL] = customer
    return Observation(
        cluster=cluster,
        namespace=customer or "shop",
        kind=WorkloadKind.DEPLOYMENT,
        workload=service,
        container=service,
        role=ContainerRole.MAIN,
        uid=f"{cluster}/{customer}/{service}",
        image=image,
        observed_at=READ_AT,
        created_at=NOW - timedelta(days=400),
        labels=labels,
        wanted=2,
        ready=2,
        revision="r1",
        running=(Running(image, image_id, "r1", current=True, pods=2, ready=2),),
    )


def _sightings(observation: Observation, service: str, newest: int) -> Iterator[Sighting]:
    """Return current and earlier sightings: a day per release, later by environment."""
    for age in range(PAST + 1):
        patch = newest - age
        image, image_id = _image(service, patch)
        began = NOW - timedelta(days=40 - patch)
        ended = None if age == 0 else began + timedelta(days=1)
        yield Sighting(
            key=observation.key,
            image=image,
            digests=(image_id,),
            first_started_at=began,
            current_started_at=None if ended else began,
            last_ended_at=ended,
            ready_at=began + timedelta(minutes=2),
            source=RolloutSource.OBSERVED,
        )


def _image(service: str, patch: int) -> tuple[str, str]:
    """Return reference and image id of a release."""
    name = f"registry.example.com/shop/{service}"
    digest = hashlib.sha256(f"{service}:{patch}".encode()).hexdigest()
    return f"{name}:1.4.{patch}", f"{name}@sha256:{digest}"
