"""Reading back: what is current, and what was."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Text, cast, func, select

from reldash.domain.garbage import no_garbage_collection
from reldash.domain.model import ContainerKey, Rollout, RolloutSource, Sighting
from reldash.domain.reads import ClusterStatus
from reldash.domain.registry import RegistryFacts
from reldash.domain.snapshot import Snapshot
from reldash.store import bulk
from reldash.store.rollouts import ROLLOUT_COLUMNS, rollout_of
from reldash.store.rows import (
    KEY_COLUMNS,
    OBSERVATION_COLUMNS,
    container_id,
    keys_of,
    observations_of,
)
from reldash.store.statuses import load_data_revision, load_statuses
from reldash.store.tables import builds, containers, observations, rollouts


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
    keys = _load_keys(connection, names)
    rows = connection.execute(
        select(*OBSERVATION_COLUMNS)
        .join(containers, containers.c.id == observations.c.container_id)
        .where(containers.c.cluster.in_(names))
    ).all()
    read_at = {name: status.read_at for name, status in statuses.items()}
    return Snapshot(
        observations=tuple(observations_of(rows, keys, read_at)),
        sightings=_load_sightings(connection, names, keys),
        statuses=statuses,
        revision=load_data_revision(connection),
    )


def refresh_snapshot(snapshot: Snapshot, statuses: Mapping[str, ClusterStatus]) -> Snapshot:
    """The snapshot with statuses read later, while its observations were seen again unchanged.

    Reading a cluster again moves no observation, only the time that it was seen at. Rows that
    the last read left out keep theirs.
    """
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


def _load_keys(connection: Connection, names: Collection[str]) -> dict[str, ContainerKey]:
    query = select(*KEY_COLUMNS).where(containers.c.cluster.in_(names))
    return keys_of(connection.execute(query).all())


def _load_sightings(
    connection: Connection, names: Collection[str], keys: Mapping[str, ContainerKey]
) -> tuple[Sighting, ...]:
    r = rollouts.c
    is_open = r.ended_at.is_(None)
    rows = connection.execute(
        select(
            cast(r.container_id, Text),
            builds.c.image,
            builds.c.digests,
            func.min(r.started_at),
            func.max(r.started_at).filter(is_open),
            func.max(r.ended_at),
            func.min(r.ready_at),
            func.bool_and(r.source == RolloutSource.REVISION.value),
        )
        .join(builds, builds.c.id == r.build_id)
        .join(containers, containers.c.id == r.container_id)
        .where(containers.c.cluster.in_(names))
        .group_by(r.container_id, builds.c.id)
    ).all()
    return tuple(
        Sighting(
            key=keys[row[0]],
            image=row[1],
            digests=tuple(row[2]),
            first_started_at=row[3],
            current_started_at=row[4],
            last_ended_at=row[5] if row[4] is None else None,
            ready_at=row[6],
            source=RolloutSource.REVISION if row[7] else RolloutSource.OBSERVED,
        )
        for row in rows
    )
