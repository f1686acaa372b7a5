"""Rows of what only live pods have: replaced by each read, as far as the read could know."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Text, bindparam, cast, delete, select, update

from reldash.domain.workloads.pod_containers import PodContainer, PodRole
from reldash.domain.workloads.reads import ClusterRead
from reldash.store import bulk
from reldash.store.encoding import encode_cleaned, fingerprint
from reldash.store.tables import pod_containers

_p = pod_containers.c
_WAITING = msgspec.json.Decoder(tuple[str, ...])
_new = bulk.insert_rows(pod_containers, _p.keys())
_PUT = _new.on_conflict_do_update(
    index_elements=[_p.id],
    set_={name: _new.excluded[name] for name in ("pods", "ready", "waiting", "observed_at")},
)


def content_of(read: ClusterRead) -> bytes:
    """Everything that determines the rows of a read, for its fingerprint."""
    rows = [(_names(one), one.pods, one.ready, one.waiting) for one in read.pod_containers]
    return encode_cleaned(sorted(rows)).encode()


def save(connection: Connection, read: ClusterRead, last_read_at: datetime | None) -> bool:
    """Write the changes of a read; returns whether there were any.

    Rows of namespaces whose pods were not read stay, with the time of their last read, which is
    `last_read_at` for those of the read before.
    """
    found = {_id(one): _row(one, read.started_at) for one in read.pod_containers}
    stored = {row.id: row for row in connection.execute(_STORED, {"of": read.cluster})}
    changed = [row for i, row in found.items() if i not in stored or _differs(row, stored[i])]
    missing = [row for i, row in stored.items() if i not in found]
    kept = {row.id for row in missing if _is_unread(read, row.namespace)}
    gone = [row.id for row in missing if row.id not in kept]
    bulk.execute(connection, _PUT, changed)
    if gone:
        connection.execute(delete(pod_containers).where(bulk.is_one_of(_p.id, gone)))
    newly_kept = [i for i in kept if not stored[i].kept]
    if newly_kept:
        connection.execute(
            update(pod_containers)
            .where(bulk.is_one_of(_p.id, newly_kept))
            .values(observed_at=last_read_at or read.started_at)
        )
    return bool(changed or gone or newly_kept)


def load(
    connection: Connection, clusters: Collection[str], read_at: Mapping[str, datetime | None]
) -> tuple[PodContainer, ...]:
    """Those of clusters, in a fixed order; `read_at` has the last good read by cluster."""
    rows = connection.execute(
        select(*_COLUMNS).where(_p.cluster.in_(clusters)).order_by(*_ORDER)
    ).all()
    return tuple(
        PodContainer(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            PodRole(row[5]),
            row[6],
            row[7],
            row[8],
            row[9],
            row[12] or read_at[row[0]] or row[11],
            _WAITING.decode(row[10]),
            row[11],
        )
        for row in rows
    )


_ORDER = (_p.cluster, _p.namespace, _p.workload, _p.role, _p.container, _p.id)
_COLUMNS: tuple[Any, ...] = (
    _p.cluster, _p.namespace, _p.kind, _p.workload, _p.container, _p.role, _p.image, _p.image_id,
    _p.pods, _p.ready, cast(_p.waiting, Text), _p.first_seen_at, _p.observed_at,
)  # fmt: skip
_STORED = select(
    cast(_p.id, Text).label("id"),
    _p.namespace,
    _p.pods,
    _p.ready,
    cast(_p.waiting, Text).label("waiting"),
    _p.observed_at.is_not(None).label("kept"),
).where(_p.cluster == bindparam("of"))


def _names(one: PodContainer) -> tuple[str, ...]:
    owner = one.cluster, one.namespace, one.kind, one.workload
    return (*owner, one.container, one.role.value, one.image, one.image_id)


def _id(one: PodContainer) -> str:
    return str(UUID(bytes=fingerprint(encode_cleaned(_names(one)).encode())))


def _row(one: PodContainer, read_at: datetime) -> bulk.RowValues:
    names = ("cluster", "namespace", "kind", "workload", "container", "role", "image", "image_id")
    return {
        "id": _id(one),
        **dict(zip(names, _names(one), strict=True)),
        "pods": one.pods,
        "ready": one.ready,
        "waiting": one.waiting,
        "first_seen_at": read_at,
        "observed_at": None,
    }


def _differs(row: bulk.RowValues, stored: Row[Any]) -> bool:
    counts = (row["pods"], row["ready"], row["waiting"], False)
    return counts != (stored.pods, stored.ready, _WAITING.decode(stored.waiting), stored.kept)


def _is_unread(read: ClusterRead, namespace: str) -> bool:
    return any(part.has("Pod", namespace) for part in read.unread)
