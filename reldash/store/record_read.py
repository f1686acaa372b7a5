"""Recording of a read: one transaction that writes only what changed.

The lease's fencing number is checked first (`leases.lock`), and its row stays locked until the
end, so that recordings of one cluster are serialised and a holder that lost its lease writes
nothing.
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
from reldash.store import bulk, leases, pod_container_rows
from reldash.store.cluster_statuses import save_failure, save_read
from reldash.store.encoding import encode_cleaned, fingerprint
from reldash.store.history import coverage, rollouts
from reldash.store.leases import Lease
from reldash.store.observation_rows import (
    KEY_COLUMNS,
    OBSERVATION_COLUMNS,
    KeyedObservation,
    container_row,
    key_observations,
    keys_of,
    observation_row,
    observations_of,
)
from reldash.store.tables import clusters, containers, observations

# From this many reads on the number of reads with a difference no longer matters, and rows with
# unchanged content need not be written.
_ENOUGH_READS = 2
_KINDS = frozenset(kind.value for kind in WorkloadKind)


@dataclass(frozen=True, slots=True)
class _StoredObservation:
    """The fields of a stored observation that are compared with a read."""

    namespace: str
    kind: str
    workload: str
    fingerprint: bytes
    counting: bool  # its conditions change even if nothing else does
    kept: bool  # it was not part of the last read, and has a time of its own


def record_read(connection: Connection, read: ClusterRead, lease: Lease, gap: timedelta) -> None:
    """Write the changes of a read within the connection's transaction.

    See `ClusterStore.record`. Rows missing from the read are deleted and their rollouts closed,
    except those of its unread parts and bad objects: they stay, with the time of their last read.

    Raises:
        LeaseLostError: another holder has the cluster; nothing was written.
    """
    leases.lock(connection, lease)
    coverage.extend(connection, read, gap)
    seen = key_observations(read.observations)
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
    kept = {i for i in missing if _is_unread(stored[i], read)}
    gone = missing - kept
    changed = {i: one for i, one in seen.items() if _is_changed(one, stored.get(i))}

    _save_containers(connection, [one for i, one in changed.items() if i not in stored])
    current = _with_conditions(connection, changed, stored)
    _save_observations(connection, changed, current)
    read_again = [i for i, one in stored.items() if one.kept and i in seen and i not in changed]
    _save_time(connection, read_again, None)
    newly_kept = [i for i in kept if not stored[i].kept]
    _save_time(connection, newly_kept, last.read_at if last is not None else None)
    if gone:
        connection.execute(
            delete(observations).where(bulk.is_one_of(observations.c.container_id, gone))
        )
        rollouts.close(connection, gone, read.started_at)
    first_revisions = bool(read.revisions) and last is not None and last.revisions_read_at is None
    known = (
        {i: one.observation for i, one in seen.items() if i in stored} if first_revisions else {}
    )
    # Without an image, as where the template's is blank and no pod runs, nothing has changed.
    rolled = {i: o for i, o in current.items() if o.image}
    rollouts.save(connection, rolled, read.revisions or (), known)
    pods_moved = pod_container_rows.save(connection, read, last.read_at if last else None)
    settled = all(o.differs_reads in {0, _ENOUGH_READS} for o in current.values())
    save_read(
        connection,
        read,
        fingerprint=whole if settled else None,
        moved=bool(changed or gone or newly_kept or read_again or first_revisions or pods_moved),
    )


def record_failure(connection: Connection, failure: ReadFailure, lease: Lease) -> None:
    """Write that a read failed; LeaseLostError as `record_read`."""
    leases.lock(connection, lease)
    save_failure(connection, failure)


def _fingerprint(seen: Mapping[str, KeyedObservation], read: ClusterRead) -> bytes:
    """A hash of everything in the read that determines the stored rows."""
    rows = sorted(one.id.encode() + one.fingerprint for one in seen.values())
    unread = encode_cleaned([read.unread, read.bad]).encode()
    return fingerprint(*rows, unread, pod_container_rows.content_of(read))


def _load_stored(connection: Connection, cluster: str) -> dict[str, _StoredObservation]:
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
    return {
        row[0]: _StoredObservation(row[1], row[2], row[3], bytes(row[4]), row[5], row[6])
        for row in rows
    }


def _is_unread(stored: _StoredObservation, read: ClusterRead) -> bool:
    """Whether the row belongs to an unread part or bad object, so that it may still exist."""
    return any(part.has(stored.kind, stored.namespace) for part in read.unread) or any(
        bad.may_be(stored.kind, stored.workload) and bad.may_be_in(stored.namespace)
        for bad in read.bad
    )


def _is_changed(seen: KeyedObservation, stored: _StoredObservation | None) -> bool:
    return stored is None or stored.counting or stored.fingerprint != seen.fingerprint


def _with_conditions(
    connection: Connection, changed: Mapping[str, KeyedObservation], stored: Collection[str]
) -> dict[str, Observation]:
    """The changed observations with the conditions continued from the stored ones."""
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
        .where(bulk.is_one_of(observations.c.container_id, ids))
    ).all()
    width = len(OBSERVATION_COLUMNS)
    keys = keys_of(row[width:] for row in rows)
    # Conditions have their own times: the time of reading does not matter here.
    none = dict.fromkeys((key.cluster for key in keys.values()), None)
    found = observations_of([row[:width] for row in rows], (keys[row[0]] for row in rows), none)
    return {row[0]: observation for row, observation in zip(rows, found, strict=True)}


# A container without an observation may have existed before, and have a row with history.
_ADD_CONTAINERS = bulk.insert_missing(containers, containers.c.keys())

_new = bulk.insert_rows(observations, observations.c.keys())
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
    """Set the rows' own time of reading; None: that of their cluster."""
    if ids:
        connection.execute(
            update(observations)
            .where(bulk.is_one_of(observations.c.container_id, ids))
            .values(observed_at=at)
        )
