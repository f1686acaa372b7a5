"""Recording a read: one transaction that writes only what changed.

The lease's number is checked first, and its row stays locked until the end, so that recordings
of one cluster follow each other and a holder that lost its lease writes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Text,
    cast,
    delete,
    select,
    update,
)

from reldash.domain.rollouts.conditions import carry
from reldash.domain.workloads.observations import Observation, WorkloadKind
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.store import bulk, leases
from reldash.store.cluster_statuses import save_failure, save_read
from reldash.store.encoding import encode_cleaned, fingerprint
from reldash.store.history import coverage, rollouts
from reldash.store.leases import Lease
from reldash.store.observation_rows import (
    KEY_COLUMNS,
    OBSERVATION_COLUMNS,
    KeyedObservation,
    container_row,
    keys_of,
    observation_row,
    observations_of,
    see,
)
from reldash.store.tables import clusters, containers, observations

# From this many reads on it makes no difference how often a difference was seen, and rows whose
# content stays the same need not be written any more.
_ENOUGH_READS = 2
_KINDS = frozenset(kind.value for kind in WorkloadKind)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is compared of a stored observation."""

    namespace: str
    kind: str
    workload: str
    fingerprint: bytes
    counting: bool  # its conditions change although nothing else does
    kept: bool  # it was not read last time, and has a time of its own


def record_read(connection: Connection, read: ClusterRead, lease: Lease, gap: timedelta) -> None:
    """Write what a read brought, within the connection's transaction.

    Rows that the read says nothing of are deleted and their rollouts closed, but not those of
    its unread parts and bad objects: they stay, with the time when they were read last. Good
    reads that began no further apart than `gap` count as following each other.

    Raises:
        LeaseLostError: the lease is another's by now; nothing was written.
    """
    leases.lock(connection, lease)
    coverage.extend(connection, read, gap)
    seen = see(read.observations)
    whole = _fingerprint(seen, read)
    last = connection.execute(
        select(clusters.c.fingerprint, clusters.c.read_at, clusters.c.revisions_read_at).where(
            clusters.c.name == read.cluster
        )
    ).one_or_none()
    if last is not None and last.fingerprint == whole and read.revisions is None:
        save_read(connection, read, fingerprint=whole, moved=False)
        return

    stored = _load_stored(connection, read.cluster)
    missing = stored.keys() - seen.keys()
    kept = {i for i in missing if _is_left_out(stored[i], read)}
    gone = missing - kept
    changed = {i: one for i, one in seen.items() if _is_changed(one, stored.get(i))}

    _save_containers(connection, [one for i, one in changed.items() if i not in stored])
    current = _carried(connection, changed, stored)
    _save_observations(connection, changed, current)
    read_again = [i for i, one in stored.items() if one.kept and i in seen and i not in changed]
    _save_time(connection, read_again, None)
    newly_kept = [i for i in kept if not stored[i].kept]
    _save_time(connection, newly_kept, last.read_at if last is not None else None)
    if gone:
        connection.execute(
            delete(observations).where(bulk.is_any(observations.c.container_id, gone))
        )
        rollouts.close(connection, gone, read.started_at)
    told = bool(read.revisions) and last is not None and last.revisions_read_at is None
    known = {i: one.observation for i, one in seen.items() if i in stored} if told else {}
    rollouts.save(connection, current, read.revisions or (), known)
    settled = all(o.differs_reads in {0, _ENOUGH_READS} for o in current.values())
    save_read(
        connection,
        read,
        fingerprint=whole if settled else None,
        moved=bool(changed or gone or newly_kept or read_again or told),
    )


def record_failure(connection: Connection, failure: ReadFailure, lease: Lease) -> None:
    """Write that a read failed; LeaseLostError as `record_read`."""
    leases.lock(connection, lease)
    save_failure(connection, failure)


def _fingerprint(seen: Mapping[str, KeyedObservation], read: ClusterRead) -> bytes:
    """Of all that decides what is stored after the read."""
    rows = sorted(one.id.encode() + one.fingerprint for one in seen.values())
    return fingerprint(*rows, encode_cleaned([read.unread, read.bad]).encode())


def _load_stored(connection: Connection, cluster: str) -> dict[str, _Stored]:
    o, c = observations.c, containers.c
    rows = connection.execute(
        select(
            cast(o.container_id, Text),
            c.namespace,
            c.kind,
            c.workload,
            o.fingerprint,
            o.differs_reads.between(1, _ENOUGH_READS - 1),
            o.observed_at.is_not(None),
        )
        .join(containers, c.id == o.container_id)
        .where(c.cluster == cluster)
    )
    return {row[0]: _Stored(row[1], row[2], row[3], bytes(row[4]), row[5], row[6]) for row in rows}


def _is_left_out(stored: _Stored, read: ClusterRead) -> bool:
    """Whether the read could not have brought this row, though it may still be there."""
    return any(
        part.kind == stored.kind and part.namespace in {None, stored.namespace}
        for part in read.unread
    ) or any(
        bad.may_be(stored.kind, stored.workload) and bad.may_be_in(stored.namespace)
        for bad in read.bad
    )


def _is_changed(seen: KeyedObservation, stored: _Stored | None) -> bool:
    return stored is None or stored.counting or stored.fingerprint != seen.fingerprint


def _carried(
    connection: Connection, changed: Mapping[str, KeyedObservation], stored: Collection[str]
) -> dict[str, Observation]:
    """The changed observations with their conditions carried on from the stored ones."""
    before = _load_observations(connection, [i for i in changed if i in stored])
    carried = {i: carry(before.get(i), one.observation) for i, one in changed.items()}
    return {
        i: replace(o, differs_reads=min(o.differs_reads, _ENOUGH_READS))
        if o.differs_reads > _ENOUGH_READS
        else o
        for i, o in carried.items()
    }


def _load_observations(connection: Connection, ids: Collection[str]) -> dict[str, Observation]:
    if not ids:
        return {}
    rows = connection.execute(
        select(*OBSERVATION_COLUMNS, *KEY_COLUMNS)
        .join(containers, containers.c.id == observations.c.container_id)
        .where(bulk.is_any(observations.c.container_id, ids))
    ).all()
    width = len(OBSERVATION_COLUMNS)
    keys = keys_of(row[width:] for row in rows)
    # The conditions carry their own times; when the row was read does not matter to them.
    none = dict.fromkeys((key.cluster for key in keys.values()), None)
    found = observations_of([row[:width] for row in rows], (keys[row[0]] for row in rows), none)
    return {row[0]: observation for row, observation in zip(rows, found, strict=True)}


# A container that is seen for the first time may have been there before, and have its history.
_ADD_CONTAINERS = bulk.add_missing(containers, containers.c.keys())

_new = bulk.insert_given(observations, observations.c.keys())
_PUT_OBSERVATIONS = _new.on_conflict_do_update(
    index_elements=[observations.c.container_id],
    set_={column.name: column for column in _new.excluded if not column.primary_key},
)


def _save_containers(connection: Connection, new: Collection[KeyedObservation]) -> None:
    bulk.save_missing(connection, _ADD_CONTAINERS, {one.id: container_row(one) for one in new})


def _save_observations(
    connection: Connection,
    changed: Mapping[str, KeyedObservation],
    current: Mapping[str, Observation],
) -> None:
    rows = [observation_row(one, current[i]) for i, one in changed.items()]
    bulk.execute(connection, _PUT_OBSERVATIONS, rows)


def _save_time(connection: Connection, ids: Collection[str], at: datetime | None) -> None:
    """Give rows a time of reading of their own, or with None their cluster's."""
    if ids:
        connection.execute(
            update(observations)
            .where(bulk.is_any(observations.c.container_id, ids))
            .values(observed_at=at)
        )
