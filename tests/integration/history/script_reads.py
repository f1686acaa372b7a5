"""The script as the application sees it: fleet rules and reads of clusters."""

import re
from datetime import datetime, timedelta
from hashlib import sha256

from reldash.domain.fleet.rules import (
    Cluster,
    CollectRules,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
)
from reldash.domain.workloads.observations import (
    ContainerRole,
    Observation,
    Progress,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from reldash.domain.workloads.reads import ClusterRead, Unread
from tests.integration.history.release_plan import MOVING
from tests.integration.history.script import Build, Place, Read, Script, State

STALE_AFTER = timedelta(hours=5)  # four hours pass between two reads of a day
PLATFORM, SOLUTIONS = "platform", "customer-solutions"
SIDECAR = "istio-proxy"
_WITH_SIDECAR = {"svc-01", "svc-20"}

_ENVIRONMENTS = {
    "dev": Environment("dev"),
    "lit": Environment("lit"),
    "shared": Environment("shared", promotes_from=None, default_baseline=False),
    "stg": Environment("stg", promotes_from="lit", default_baseline=False),
    "prod": Environment("prod"),
}
RULES = FleetRules(
    environments=tuple(_ENVIRONMENTS.values()),
    dashboards={
        PLATFORM: Dashboard(PLATFORM, "Platform", tuple(_ENVIRONMENTS.values())),
        SOLUTIONS: Dashboard(
            SOLUTIONS,
            "Customer Solutions",
            tuple(_ENVIRONMENTS[name] for name in ("dev", "stg", "prod")),
            CustomerRule(namespace=re.compile("(?:stg-)?cust-(?P<customer>.+)")),
        ),
    },
    clusters=(
        Cluster("dev", (PLATFORM,), {"dev": ("*",)}),
        Cluster("mid", (PLATFORM,), {"lit": ("lit-*",), "shared": ("shared",)}),
        Cluster("stg", (PLATFORM,), {"stg": ("*",)}),
        Cluster("prod-eu", (PLATFORM,), {"prod": ("*",)}),
        Cluster("prod-us", (PLATFORM,), {"prod": ("*",)}),
        Cluster(
            "solutions",
            (SOLUTIONS,),
            {"dev": ("dev",), "stg": ("stg-cust-*",), "prod": ("cust-*",)},
        ),
    ),
    collect=CollectRules(stale_after=STALE_AFTER),
)


def dashboard_of(place: Place) -> str:
    """The dashboard that a place belongs to."""
    return SOLUTIONS if place.cluster == "solutions" else PLATFORM


def image_of(place: Place, build: Build) -> str:
    """The image reference in the pod template."""
    tag = "main" if place.service == MOVING else build.version
    return f"registry.example.com/shop/{place.service}:{tag}"


def image_id_of(place: Place, build: Build) -> str:
    """The image id that nodes report for a build; the same everywhere."""
    text = f"{place.service}:{build.version}:{build.push}"
    return f"registry.example.com/shop/{place.service}@sha256:{sha256(text.encode()).hexdigest()}"


def cluster_read(script: Script, cluster: str, read: Read) -> ClusterRead:
    """A read of one of the script's clusters."""
    found = []
    for place in script.places(cluster):
        state = script.state(place, read.at)
        if state is not None and place.kind not in read.unread:
            found += observations_of(place, state, read.at)
    return ClusterRead(
        cluster=cluster,
        started_at=read.at,
        finished_at=read.at + timedelta(seconds=2),
        observations=tuple(found),
        unread=tuple(Unread(kind, None, "Not allowed", "403") for kind in read.unread),
    )


def observations_of(place: Place, state: State, at: datetime) -> list[Observation]:
    """The containers of a workload, as read at a moment."""
    service = _observation(place, state, at, place.service, image_of(place, state.build), 0)
    if place.service not in _WITH_SIDECAR:
        return [service]
    month = f"registry.example.com/mesh/proxy:{at:%Y.%m}"  # upgraded independently of the service
    return [service, _observation(place, state, at, SIDECAR, month, 1)]


def _observation(
    place: Place, state: State, at: datetime, container: str, image: str, position: int
) -> Observation:
    labels = {"app.kubernetes.io/name": state.name, "team": f"team-{place.service[-1]}"}
    if place.service == MOVING:
        labels["app.kubernetes.io/version"] = state.build.version
    settled = state.leaving is None
    return Observation(
        cluster=place.cluster,
        namespace=place.namespace,
        kind=WorkloadKind(place.kind),
        workload=place.service,
        container=container,
        role=ContainerRole.MAIN,
        uid=f"{place}/{state.life}",
        image=image,
        observed_at=at,
        created_at=state.made_at.replace(microsecond=0),
        labels=labels,
        position=position,
        wanted=state.replicas,
        ready=state.replicas,
        updated=state.replicas if settled else 1,
        status=RolloutStatus(Progress.COMPLETE if settled else Progress.PROGRESSING),
        revision=f"{state.build.version}-{state.config}",
        running=_running(place, state, container, image),
    )


def _running(place: Place, state: State, container: str, image: str) -> tuple[Running, ...]:
    """New pods that are all ready, or old ones and a new one that pulls its image."""
    if container == SIDECAR:
        name, _, tag = image.rpartition(":")
        digest = sha256(tag.encode()).hexdigest()
        return (_pods(image, f"{name}@sha256:{digest}", state.replicas, state.replicas),)
    if state.leaving is None:
        known = image_id_of(place, state.build)
        return (_pods(image, known, state.replicas, state.replicas),)
    old = image_of(place, state.leaving), image_id_of(place, state.leaving)
    return (
        Running(*old, "old", current=False, pods=state.replicas, ready=state.replicas),
        Running(image, "", "new", True, pods=1, ready=0, waiting=("ContainerCreating",)),
    )


def _pods(image: str, image_id: str, pods: int, ready: int) -> Running:
    return Running(image, image_id, "new", current=True, pods=pods, ready=ready)
