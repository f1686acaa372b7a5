"""Assign records to the rows of a dashboard, also those of deleted workloads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.grouping.primary_container import repository_end
from reldash.domain.grouping.rows import PlacedContainer, RowGroup, group_rows, place_observations
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import (
    NEVER,
    ContainerKey,
    Observation,
    Progress,
    RolloutStatus,
    Running,
)

_STATUS = RolloutStatus(Progress.COMPLETE)

_WorkloadKey = tuple[str, str, str, str]  # cluster, namespace, kind, name


class ServiceRecord(NamedTuple):
    """A record with its service, environment and customer in a dashboard."""

    record: RolloutRecord
    service: str
    environment: str
    customer: str | None


def service_records(
    records: Iterable[RolloutRecord], rules: FleetRules, dashboard: str
) -> list[ServiceRecord]:
    """The records of a dashboard's primary containers, each with its row's name.

    Existing workloads are named as in the current matrix, by all existing ones: so pass every open
    record of the dashboard's clusters. Deleted workloads are named by the same rules over all
    records together, and join the row that they would share; a former container of an existing
    workload belongs to it if its image does.

    Args:
        records: of any clusters, in any order; the last description of a container counts.
        rules: the fleet's.
        dashboard: its key.

    Returns:
        In the order given, without sidecars, init containers and what the dashboard does not show.

    Raises:
        ChoiceError: there is no such dashboard.
    """
    given = list(records)
    with no_garbage_collection():
        found = _places(given, rules, dashboard)
        named = []
        for record in given:
            place = found.get(record.rollout.key)
            if place is not None:
                named.append(ServiceRecord(record, *place))
    return named


def observation_of(
    record: RolloutRecord,
    *,
    observed_at: datetime | None = None,
    wanted: int | None = 1,
    ready: int = 0,
    status: RolloutStatus = _STATUS,
    running: tuple[Running, ...] | None = None,
) -> Observation:
    """Make an observation from a record; its condition is passed by the caller.

    `observed_at` is by default the start of the interval. (All fields are arguments: copying a
    hundred thousand observations with other fields takes longer than making them.)
    """
    rollout, described = record.rollout, record.description
    key = rollout.key
    return Observation(
        cluster=key.cluster,
        namespace=key.namespace,
        kind=key.kind,
        workload=key.workload,
        container=key.container,
        role=key.role,
        uid="",
        image=rollout.image,
        observed_at=observed_at or rollout.started_at,
        created_at=described.created_at if described else NEVER,
        labels=described.labels if described else {},
        annotations=described.annotations if described else {},
        default_container=described.default_container if described else None,
        position=described.position if described else 0,
        wanted=wanted,
        ready=ready,
        status=status,
        running=running,
    )


_Place = tuple[str, str, str | None]  # service, environment, customer


def _places(
    records: Sequence[RolloutRecord], rules: FleetRules, dashboard: str
) -> Mapping[ContainerKey, _Place]:
    last = _last_records(records)
    live = [observation_of(r) for r in last.values() if r.rollout.ended_at is None]
    groups = group_rows(place_observations(live, rules, dashboard), rules)
    found = {key: place for group in groups for key, place in _members(group)}
    if len(live) == len(last):
        return found
    everything = [observation_of(record) for record in last.values()]
    for group in group_rows(place_observations(everything, rules, dashboard), rules):
        _join(group, found)
    return found


def _last_records(records: Iterable[RolloutRecord]) -> dict[ContainerKey, RolloutRecord]:
    """The latest record of each container with a description, else the latest."""
    last: dict[ContainerKey, RolloutRecord] = {}
    for record in records:
        known = last.get(record.rollout.key)
        if known is None or _standing(record) > _standing(known):
            last[record.rollout.key] = record
    return last


def _standing(record: RolloutRecord) -> tuple[bool, bool, bool, datetime]:
    rollout = record.rollout
    return (
        not rollout.unfinished,
        rollout.ended_at is None,
        record.description is not None,
        rollout.started_at,
    )


def _members(group: RowGroup) -> Iterable[tuple[ContainerKey, _Place]]:
    for placed in group.primary:
        yield placed.observation.key, _place(group.row.service, placed)


def _place(service: str, placed: PlacedContainer) -> _Place:
    return service, placed.environment, placed.customer


def _join(group: RowGroup, found: dict[ContainerKey, _Place]) -> None:
    """Add the containers of a row of all workloads that are in no row of existing ones.

    The row keeps the name that it has among existing workloads.
    """
    names = [found[key][0] for key, _ in _members(group) if key in found]
    service = max(names, key=names.count) if names else group.row.service
    images: defaultdict[_WorkloadKey, set[str]] = defaultdict(set)
    for placed in group.primary:
        o = placed.observation
        images[_workload(o)].add(repository_end(o.image))
        found.setdefault(o.key, _place(service, placed))
    for placed in group.others:
        o = placed.observation
        if not placed.is_sidecar and repository_end(o.image) in images[_workload(o)]:
            found.setdefault(o.key, _place(service, placed))


def _workload(observation: Observation) -> _WorkloadKey:
    return observation.cluster, observation.namespace, observation.kind, observation.workload
