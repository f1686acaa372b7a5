"""Reading back: what is current, and what was."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, select, text

from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.history.as_of import snapshot_at
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.workloads.observations import ContainerKey, Rollout
from reldash.domain.workloads.snapshot import Snapshot
from reldash.store import bulk, column_arrays
from reldash.store.cluster_statuses import load_data_revision, load_statuses
from reldash.store.history import coverage, records, references, sightings
from reldash.store.history.rollouts import ROLLOUT_COLUMNS, rollout_of
from reldash.store.observation_rows import (
    KEY_COLUMNS,
    OBSERVATION_COLUMNS,
    container_id,
    id_bytes,
    keys_of,
    observations_of,
)
from reldash.store.tables import builds, containers, observations, rollouts

_INSTANT = timedelta(microseconds=1)  # what began at the moment is known at it


def load_snapshot(
    connection: Connection, names: Collection[str], facts: Callable[[Connection], RegistryFacts]
) -> Snapshot:
    """Everything current of these clusters; the connection's transaction must see one instant.

    `facts` loads what registries told.
    """
    with no_garbage_collection():
        return replace(_load_snapshot(connection, names), facts=facts(connection))


def _load_snapshot(connection: Connection, names: Collection[str]) -> Snapshot:
    statuses = load_statuses(connection, names)
    rows = connection.execute(
        select(*OBSERVATION_COLUMNS)
        .join(containers, containers.c.id == observations.c.container_id)
        .where(containers.c.cluster.in_(names))
    ).all()
    of_rows = references.load_keys(connection, [id_bytes(row[0]) for row in rows])
    read_at = {name: status.read_at for name, status in statuses.items()}
    open_ = records.load_open(connection, names, None)
    return Snapshot(
        observations=tuple(observations_of(rows, of_rows, read_at)),
        sightings=sightings.load(connection, open_, _load_keys(connection, names), None),
        statuses=statuses,
        revision=load_data_revision(connection),
    )


def load_snapshot_at(
    connection: Connection,
    names: Collection[str],
    at: datetime,
    facts: Callable[[Connection], RegistryFacts],
) -> Snapshot:
    """These clusters as they were known at a moment (aware); as `load_snapshot`."""
    with no_garbage_collection():
        open_ = records.load_open(connection, names, at)
        leaving = records.load_leaving(connection, open_, at)
        return snapshot_at(
            records.records_of(connection, np.concatenate([open_, leaving])),
            sightings.load(connection, open_, _load_keys(connection, names), at),
            coverage.load(connection, names, None, at + _INSTANT),
            at,
            facts=facts(connection),
            revision=load_data_revision(connection),
        )


def refresh_snapshot(connection: Connection, snapshot: Snapshot) -> Snapshot:
    """The snapshot with the statuses of now, while its observations were seen again unchanged.

    Reading a cluster again moves no observation, only the time that it was seen at. Rows that
    the last read left out keep theirs. The connection's transaction must see one instant.
    """
    if load_data_revision(connection) != snapshot.revision:
        return snapshot
    statuses = load_statuses(connection, list(snapshot.statuses))
    times = {
        name: (old.read_at, statuses[name].read_at)
        for name, old in snapshot.statuses.items()
        if name in statuses and old.read_at != statuses[name].read_at
    }
    seen = snapshot.observations
    if times:
        nothing = (None, None)
        seen = tuple(
            replace(o, observed_at=new) if new is not None and o.observed_at == old else o
            for o in seen
            for old, new in (times.get(o.cluster, nothing),)
        )
    return replace(snapshot, observations=seen, statuses=statuses)


def load_rollouts(
    connection: Connection,
    clusters: Collection[str] | None,
    since: datetime | None,
    limit: int,
    of: Collection[ContainerKey] | None = None,
) -> list[Rollout]:
    """Rollouts by start, the newest first; `since` leaves out those that began before it.

    With `of` only those of these containers.
    """
    query = (
        select(*ROLLOUT_COLUMNS, *KEY_COLUMNS)
        .join(builds, builds.c.id == rollouts.c.build_id)
        .join(containers, containers.c.id == rollouts.c.container_id)
        .order_by(rollouts.c.started_at.desc(), rollouts.c.id.desc())
        .limit(limit)
    )
    if clusters is not None:
        query = query.where(containers.c.cluster.in_(clusters))
    if since is not None:
        query = query.where(rollouts.c.started_at >= since)
    if of is not None:
        query = query.where(bulk.is_any(rollouts.c.container_id, map(container_id, of)))
    width = len(ROLLOUT_COLUMNS)
    rows = connection.execute(query).all()
    keys = keys_of(row[width:] for row in rows)
    return [rollout_of(keys[row[width]], row[:width]) for row in rows]


_CONTAINERS = text("SELECT id FROM containers WHERE cluster = ANY(:clusters)").columns(
    containers.c.id
)


def _load_keys(connection: Connection, names: Collection[str]) -> dict[bytes, ContainerKey]:
    """The keys of all containers of these clusters, by id."""
    ids = column_arrays.load(connection, _CONTAINERS, {"clusters": list(names)})["id"].tolist()
    return dict(zip(ids, references.load_keys(connection, ids), strict=True))
