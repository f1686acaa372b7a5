"""Group observations into rows: the containers of one service, wherever they run."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.grouping.canary_targets import fold_canary_targets
from reldash.domain.grouping.primary_container import is_sidecar, primary_containers
from reldash.domain.grouping.service_names import (
    component_name,
    instance_name,
    owner_name,
    service_name,
)
from reldash.domain.grouping.split_rows import hold_different, release_name, repository_names
from reldash.domain.grouping.workload_ref import WorkloadKey, fold_workload_refs, workload_key
from reldash.domain.workloads.observations import Observation


@dataclass(frozen=True, slots=True)
class Row:
    """A row: one service, or with `sidecar` one of its other containers, which never drifts."""

    service: str
    owner: str = ""
    sidecar: bool = False


@dataclass(frozen=True, slots=True)
class PlacedContainer:
    """An observed container with its environment, customer and names in a dashboard.

    Attributes:
        base_name: the name of its service before any split into several rows.
        owner: "" if none is known.
        is_sidecar: whether it is no main container, or matches `services.sidecars`.
    """

    observation: Observation
    environment: str
    customer: str | None
    base_name: str
    owner: str
    is_sidecar: bool


# The primary container of a workload, and its others.
_Workload: TypeAlias = tuple[PlacedContainer, list[PlacedContainer]]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A row with its containers.

    Attributes:
        primary: one container of each workload: the service itself.
        others: the other containers of these workloads: sidecars, init containers and such.
    """

    row: Row
    primary: tuple[PlacedContainer, ...]
    others: tuple[PlacedContainer, ...] = ()


def place_observations(
    observations: Iterable[Observation], rules: FleetRules, dashboard: str
) -> list[PlacedContainer]:
    """The observations that a dashboard shows, each with its environment, names and customer.

    Left out are clusters of other dashboards, namespaces of no environment of this dashboard,
    excluded namespaces, and Deployments that an Argo Rollout has taken over by `workloadRef`
    (their labels complete the Rollout's).

    They are sorted by the fleet file's clusters, then namespace, kind and workload, so that the
    result does not depend on the order of the rows in the database.

    Args:
        observations: of any clusters, in any order.
        rules: the fleet's.
        dashboard: its key.

    Raises:
        ChoiceError: there is no such dashboard.
    """
    namespaces = Namespaces(rules, rules.dashboard(dashboard))
    position = {cluster.name: number for number, cluster in enumerate(rules.clusters)}
    inside = [
        (environment, o)
        for o in observations
        if (environment := namespaces.environment_of(o.cluster, o.namespace)) is not None
    ]
    inside.sort(key=lambda pair: (position[pair[1].cluster], *workload_key(pair[1])[1:]))
    return [
        PlacedContainer(
            observation=observation,
            environment=environment,
            customer=namespaces.customer_of(
                observation.cluster, observation.namespace, observation.labels
            ),
            base_name=service_name(observation, rules.services),
            owner=owner_name(observation, rules.services),
            is_sidecar=is_sidecar(observation, rules.services.sidecars),
        )
        for environment, observation in fold_canary_targets(
            list(fold_workload_refs(inside)), rules.services.strip_suffixes
        )
    ]


def group_rows(placed: Iterable[PlacedContainer], rules: FleetRules) -> list[RowGroup]:
    """The rows of a dashboard, sorted by service name without regard to case.

    Copies of a service in several environments, clusters, namespaces and customers are one row.
    A name that covers different components in one namespace becomes `name · component` rows; one
    that covers different repositories in one environment (of one customer) becomes
    `name · repository` rows; one that is then left with several releases of a chart in one
    namespace becomes `name · instance` rows. All are decided over the whole dashboard, so that a
    service has the same row in every column; rows with the same resulting name are one.
    """
    names: dict[str, list[list[PlacedContainer]]] = defaultdict(list)
    for workload in _workloads(placed):
        names[workload[0].base_name].append(workload)
    found: dict[str, list[_Workload]] = defaultdict(list)
    for base_name, workloads in names.items():
        for name, members in _split_by_component(base_name, workloads):
            by_repository: dict[str, list[_Workload]] = defaultdict(list)
            for full_name, primary, others in _split_by_repository(name, members, rules):
                by_repository[full_name].append((primary, others))
            for full_name, parts in by_repository.items():
                for row_name, part in _split_by_instance(full_name, parts):
                    found[row_name].append(part)
    groups = [
        RowGroup(
            row=Row(name, _owners(primary for primary, _ in members)),
            primary=tuple(primary for primary, _ in members),
            others=tuple(other for _, others in members for other in others),
        )
        for name, members in found.items()
    ]
    return sorted(groups, key=_by_service)


def sidecar_rows(groups: Iterable[RowGroup]) -> list[RowGroup]:
    """A row `service / container` for each other container that the services' workloads have."""
    rows = []
    for group in groups:
        containers: dict[str, list[PlacedContainer]] = defaultdict(list)
        for other in group.others:
            containers[other.observation.container].append(other)
        for container, members in containers.items():
            row = Row(f"{group.row.service} / {container}", group.row.owner, sidecar=True)
            rows.append(RowGroup(row, tuple(members)))
    return sorted(rows, key=_by_service)


def _workloads(placed: Iterable[PlacedContainer]) -> Iterable[list[PlacedContainer]]:
    workloads: dict[WorkloadKey, list[PlacedContainer]] = defaultdict(list)
    for one in placed:
        workloads[workload_key(one.observation)].append(one)
    return workloads.values()


def _split_by_component(
    name: str, workloads: Sequence[list[PlacedContainer]]
) -> Iterable[tuple[str, list[list[PlacedContainer]]]]:
    components = [component_name(workload[0].observation) for workload in workloads]
    places = [_namespace_of(workload[0]) for workload in workloads]
    if not hold_different(zip(places, components, strict=True)):
        return [(name, list(workloads))]
    rows: dict[str, list[list[PlacedContainer]]] = defaultdict(list)
    for component, workload in zip(components, workloads, strict=True):
        rows[f"{name} · {component}" if component else name].append(workload)
    return rows.items()


def _split_by_repository(
    name: str, workloads: Sequence[list[PlacedContainer]], rules: FleetRules
) -> Iterator[tuple[str, PlacedContainer, list[PlacedContainer]]]:
    """For each workload the name of its row, its primary container and the others."""
    chosen = primary_containers(
        [(workload[0].base_name, [p.observation for p in workload]) for workload in workloads],
        rules.services.sidecars,
    )
    parts = [
        (primary, [p for p in workload if p is not primary])
        for workload, observation in zip(workloads, chosen, strict=True)
        for primary in workload
        if primary.observation is observation
    ]
    repositories = repository_names(
        ((p.environment, p.customer), p.observation.image) for p, _ in parts
    )
    for primary, others in parts:
        repository = repositories.get(primary.observation.image)
        yield f"{name} · {repository}" if repository else name, primary, others


def _split_by_instance(
    name: str, workloads: Sequence[_Workload]
) -> Iterator[tuple[str, _Workload]]:
    """Each workload with the name of its row."""
    places = [_namespace_of(primary) for primary, _ in workloads]
    instances = [instance_name(primary.observation) for primary, _ in workloads]
    if not hold_different(zip(places, instances, strict=True)):
        yield from ((name, workload) for workload in workloads)
        return
    releases = [
        release_name(instance, _names_of_places(primary))
        for instance, (primary, _) in zip(instances, workloads, strict=True)
    ]
    distinct = set(zip(places, instances, strict=True))
    if len(set(zip(places, releases, strict=True))) == len(distinct):
        instances = releases
    for instance, workload in zip(instances, workloads, strict=True):
        yield f"{name} · {instance}" if instance else name, workload


def _names_of_places(placed: PlacedContainer) -> tuple[str, ...]:
    return placed.environment, placed.observation.cluster, placed.customer or ""


def _namespace_of(placed: PlacedContainer) -> Hashable:
    observation = placed.observation
    return placed.environment, observation.cluster, observation.namespace, placed.customer


def _owners(primary: Iterable[PlacedContainer]) -> str:
    """The owners of a row's workloads, sorted; several if teams use the same name."""
    return ", ".join(sorted({placed.owner for placed in primary if placed.owner}))


def _by_service(group: RowGroup) -> tuple[str, str]:
    return group.row.service.casefold(), group.row.service
