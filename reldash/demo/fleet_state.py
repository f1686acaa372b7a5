"""The state of the fleet at the demo's start: every cluster, with weeks of history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from reldash.demo.build_sequence import Build, BuildSequence
from reldash.demo.catalogue import MOVING, SOLUTIONS, LabelStyle, Service
from reldash.demo.cluster_state import ClusterState
from reldash.demo.controllers import create_ready_pods, run_job
from reldash.demo.delivery_labels import commit_annotation, delivery_labels
from reldash.demo.images import image_of, publish_build, publish_scenario
from reldash.demo.push_log import PushLog
from reldash.demo.scenario_parts import Scenario
from reldash.demo.scenarios import SCENARIOS
from reldash.demo.stable_ids import commit_of
from reldash.demo.topology import (
    CLUSTERS,
    CUSTOMERS,
    PLATFORM_LOCATIONS,
    Location,
    customer_locations,
)
from reldash.demo.workload import Kind, Workload

_HISTORY = timedelta(days=75)
_HELD = 0.06  # of customers' production copies
_REGIONS = {plan.name: plan.region for plan in CLUSTERS}


@dataclass(slots=True)
class ReleaseLine:
    """A service that the release train moves, with its workloads by stage in promotion order.

    Attributes:
        made: builds so far, oldest first.
        held: workloads that it does not move: customers who stay on an old version by contract.
    """

    service: Service
    builds: BuildSequence
    stages: list[list[Workload]]
    made: list[Build] = field(default_factory=list)
    held: list[Workload] = field(default_factory=list)


@dataclass(slots=True)
class FleetState:
    """All clusters by name, the train's services by name, and pushes to the company's registry."""

    clusters: dict[str, ClusterState]
    lines: dict[str, ReleaseLine]
    registry: PushLog

    def find(self, cluster: str, name: str, namespace: str | None = None) -> Workload:
        """Find a workload by cluster and name; KeyError if there is none or more than one."""
        found = [
            workload
            for workload in self.clusters[cluster].workloads.values()
            if workload.name == name and namespace in {None, workload.namespace}
        ]
        if len(found) != 1:
            raise KeyError(f"{len(found)} workloads {name} in {cluster}")
        return found[0]


def build_fleet_state(seed: int, now: datetime) -> FleetState:
    """Build the whole fleet at `now` (aware); the same for the same seed, except for times."""
    clusters = {
        plan.name: ClusterState(plan.name, argo=plan.argo, minor=plan.minor) for plan in CLUSTERS
    }
    lines: dict[str, ReleaseLine] = {}
    for service in MOVING:
        stages = [[PLATFORM_LOCATIONS[key]] for key in service.locations]
        lines[service.name] = _line(service, stages, seed, now)
    for service in SOLUTIONS:
        lines[service.name] = _line(service, _customer_stages(service, seed), seed, now)
    registry = PushLog()
    for line in lines.values():
        for build in line.made:
            publish_build(registry, line.service, build.tag, build.commit, build.made_at)
    everything = [w for line in lines.values() for stage in line.stages for w in stage]
    everything += [workload for line in lines.values() for workload in line.held]
    for scenario in SCENARIOS:
        everything += _scenario_workloads(scenario, now)
        publish_scenario(registry, scenario, now)
    for workload in everything:
        clusters[workload.cluster].put(workload)
    return FleetState(clusters, lines, registry)


def deploy_build(service: Service, workload: Workload, build: Build, at: datetime) -> None:
    """Set a build as the workload's desired template."""
    region = _REGIONS[workload.cluster]
    image, image_id = image_of(service, build.tag, build.commit, region)
    workload.add_template(
        image, image_id, build.version, at, commit_annotation(service, build.commit)
    )


def _line(
    service: Service, stages: Sequence[Sequence[Location]], seed: int, now: datetime
) -> ReleaseLine:
    """Build a moving service: builds of the last weeks, each deployed to stages after delays."""
    random = Random(f"{seed}/history/{service.name}")  # noqa: S311 - a demo must repeat
    builds = BuildSequence(service.name, service.naming, seed)
    line = ReleaseLine(service, builds, [])
    at = now - _HISTORY
    last = now - timedelta(days=random.choice((0.4, 1.5, 3, 6, 9, 10, 11, 12, 14, 17, 20, 24)))
    while at < last:
        line.made.append(builds.following(at))
        at += timedelta(days=random.uniform(4, 13))
    line.made.append(builds.following(last))
    pace = random.uniform(0.7, 1.2)
    for locations in stages:
        copies: list[Workload] = []
        for location in locations:
            workload = _workload(service, location, now - _HISTORY - timedelta(days=30))
            is_held = location.key.startswith("prod/") and random.random() < _HELD
            for build in line.made[:2] if is_held else line.made:
                arrived_at = build.made_at + timedelta(days=location.delay * pace)
                if arrived_at <= now - timedelta(minutes=20):
                    deploy_build(service, workload, build, arrived_at)
            (line.held if is_held else copies).append(finish_rollout(workload, now))
        if copies:
            line.stages.append(copies)
    return line


def _customer_stages(service: Service, seed: int) -> list[list[Location]]:
    """Return the stages of a solution: one dev, customers' staging, then production by cluster."""
    random = Random(f"{seed}/customers/{service.name}")  # noqa: S311 - a demo must repeat
    bought = [name for name in CUSTOMERS if random.random() < 0.75] or list(CUSTOMERS)
    locations = [customer_locations(customer) for customer in bought]
    production: dict[str, list[Location]] = {}
    for one in locations:
        production.setdefault(one[2].cluster, []).append(one[2])
    return [[locations[0][0]], [one[1] for one in locations], *production.values()]


def _scenario_workloads(scenario: Scenario, now: datetime) -> Iterable[Workload]:
    service = scenario.service
    for key, ran in scenario.ran.items():
        location = PLATFORM_LOCATIONS[key]
        oldest = max(step.days for step in ran)
        workload = _workload(service, location, now - timedelta(days=oldest + 20))
        for step in ran:
            region = _REGIONS[location.cluster]
            image, image_id = image_of(
                service, step.tag, step.build or step.tag, region, through=key in scenario.through
            )
            version = step.tag.partition("-")[0]
            commit = commit_annotation(service, commit_of(service.name, step.build or step.tag))
            at = now - timedelta(days=step.days)
            workload.add_template(image, image_id, version, at, commit)
        finish_rollout(workload, now)
        if key in scenario.changes:
            scenario.changes[key](workload, now)
        yield workload


def finish_rollout(workload: Workload, now: datetime) -> Workload:
    """Give a workload the ready pods of its desired template, as if long rolled out."""
    arrived_at = workload.changed_at or workload.created_at
    workload.moved_at = arrived_at + timedelta(minutes=3)
    create_ready_pods(workload, arrived_at)
    if workload.kind is Kind.CRON_JOB:
        for hours in (49, 25, 1):
            run_job(workload, max(now - timedelta(hours=hours), arrived_at))
    workload.changed_at = None
    workload.templates = workload.templates[-6:]
    return workload


def _workload(service: Service, location: Location, created_at: datetime) -> Workload:
    name = service.named or service.name
    namespace = location.namespace.format(team=service.team)
    labels, selector = _labels(service, name, location)
    kind = service.kind
    if service.argo and location.environment == "prod":
        kind = Kind.ROLLOUT
    has_proxy = any(container.name == "istio-proxy" for container in service.others)
    delivery = delivery_labels(service, location, kind, namespace)
    return Workload(
        cluster=location.cluster,
        namespace=namespace,
        kind=kind,
        name=service.name,
        service=service.name,
        container=service.name if service.labels is not LabelStyle.BARE else "main",
        created_at=created_at,
        labels=labels | delivery.labels,
        template_labels=selector,
        replicas=service.replicas if location.environment in {"stg", "prod"} else _fewer(service),
        others=service.others,
        version_label=service.labels is LabelStyle.FULL,
        annotations=delivery.annotations,
        template_annotations=delivery.template_annotations
        | ({"kubectl.kubernetes.io/default-container": service.name} if has_proxy else {}),
        strategy=service.argo or "canary",
        schedule=service.schedule,
    )


def _fewer(service: Service) -> int:
    """Return the replicas in early environments: one less, except where a scenario needs all."""
    small = service.kind is Kind.DEPLOYMENT and service.moves
    return max(1, service.replicas - 1) if small else service.replicas


def _labels(
    service: Service, name: str, location: Location
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels of the workload and of its template; the first two select its pods."""
    match service.labels:
        case LabelStyle.BARE:
            return {}, {"run": service.name}
        case LabelStyle.APP:
            return {"app": name, "team": service.team}, {"app": name}
        case LabelStyle.FULL:
            selector = {
                "app.kubernetes.io/name": name,
                "app.kubernetes.io/instance": f"{service.name}-{location.environment}",
            }
            if service.component:
                selector["app.kubernetes.io/component"] = service.component
            more = {
                "app.kubernetes.io/managed-by": "Helm",
                "app.kubernetes.io/part-of": service.team,
            }
            return selector | more | {"team": service.team}, selector
