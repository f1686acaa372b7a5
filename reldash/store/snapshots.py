"""Snapshots: the state of clusters now, or as known at a past moment."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection, select, text

from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.history.as_of import snapshot_at
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.workloads.observations import ContainerKey, Observation
from reldash.domain.workloads.pod_containers import PodContainer
from reldash.domain.workloads.snapshot import Snapshot
from reldash.store import column_arrays, pod_container_rows
from reldash.store.cache_key import load_data_revision
from reldash.store.cluster_statuses import load_statuses
from reldash.store.engine import Transaction
from reldash.store.history import coverage, records, references, sightings
from reldash.store.observation_rows import (
    OBSERVATION_COLUMNS,
    id_bytes,
    observations_of,
)
from reldash.store.tables import containers, observations

_INSTANT = timedelta(microseconds=1)  # what started at the moment is known at it
_CONTAINERS = text("SELECT id FROM containers WHERE cluster = ANY(:clusters)").columns(
    containers.c.id
)


class SnapshotStore:
    """Snapshots of clusters; every method sees one instant, and raises StoreError as Store's."""

    def __init__(
        self, instant: Transaction, load_facts: Callable[[Connection], RegistryFacts]
    ) -> None:
        """Make the part.

        Args:
            instant: opens a read-only transaction that sees one instant.
            load_facts: loads the registries' facts.
        """
        self._instant = instant
        self._load_facts = load_facts

    def load(self, clusters: Collection[str]) -> Snapshot:
        """The current state of these clusters.

        Its sightings are those needed to judge the present, not all history: see
        `store.history.sightings`.
        """
        with self._instant() as connection, no_garbage_collection():
            current = _load_current(connection, clusters)
            return replace(current, facts=self._load_facts(connection))

    def load_at(self, clusters: Collection[str], at: datetime) -> Snapshot:
        """These clusters as known at a moment (aware); see `domain.history.as_of.snapshot_at`.

        `build_matrix` takes `at` as its `now`. Revision and registry facts are today's.
        """
        with self._instant() as connection, no_garbage_collection():
            open_ = records.load_open(connection, clusters, at)
            leaving = records.load_leaving(connection, open_, at)
            return snapshot_at(
                records.records_of(connection, np.concatenate([open_, leaving])),
                sightings.load(
                    connection,
                    records.running_at(open_, leaving, at),
                    _load_keys(connection, clusters),
                    at,
                ),
                coverage.load(connection, clusters, None, at + _INSTANT),
                at,
                facts=self._load_facts(connection),
                revision=load_data_revision(connection),
            )

    def refresh(self, snapshot: Snapshot) -> Snapshot:
        """The same observations with current statuses and `observed_at`.

        Reading an unchanged cluster again changes no data, yet its observations are as fresh as
        that read; rows that the last read left out keep their time. If any data has changed, the
        snapshot is returned as it is: what a later read found, and the snapshot lacks, must not
        pass for absent from that read.
        """
        with self._instant() as connection:
            if load_data_revision(connection) != snapshot.revision:
                return snapshot
            statuses = load_statuses(connection, list(snapshot.statuses))
        times = {
            name: (old.read_at, statuses[name].read_at)
            for name, old in snapshot.statuses.items()
            if name in statuses and old.read_at != statuses[name].read_at
        }
        refreshed, pod_containers = snapshot.observations, snapshot.pod_containers
        if times:
            refreshed = _with_times(refreshed, times)
            pod_containers = _with_times(pod_containers, times)
        return replace(
            snapshot, observations=refreshed, statuses=statuses, pod_containers=pod_containers
        )


_Observed = TypeVar("_Observed", Observation, PodContainer)
_Times = Mapping[str, tuple[datetime | None, datetime | None]]  # before and now, by cluster


def _with_times(observed: tuple[_Observed, ...], times: _Times) -> tuple[_Observed, ...]:
    unchanged = (None, None)
    return tuple(
        replace(o, observed_at=new) if new is not None and o.observed_at == old else o
        for o in observed
        for old, new in (times.get(o.cluster, unchanged),)
    )


def _load_current(connection: Connection, clusters: Collection[str]) -> Snapshot:
    statuses = load_statuses(connection, clusters)
    rows = connection.execute(
        select(*OBSERVATION_COLUMNS)
        .join(containers, containers.c.id == observations.c.container_id)
        .where(containers.c.cluster.in_(clusters))
    ).all()
    keys_of_rows = references.load_keys(connection, [id_bytes(row[0]) for row in rows])
    read_at = {name: status.read_at for name, status in statuses.items()}
    open_ = records.load_open(connection, clusters, None)
    return Snapshot(
        observations=tuple(observations_of(rows, keys_of_rows, read_at)),
        sightings=sightings.load(connection, open_, _load_keys(connection, clusters), None),
        statuses=statuses,
        revision=load_data_revision(connection),
        pod_containers=pod_container_rows.load(connection, clusters, read_at),
    )


def _load_keys(connection: Connection, clusters: Collection[str]) -> dict[bytes, ContainerKey]:
    """The keys of all containers of these clusters, by id."""
    ids = column_arrays.load(connection, _CONTAINERS, {"clusters": list(clusters)})["id"].tolist()
    return dict(zip(ids, references.load_keys(connection, ids), strict=True))
