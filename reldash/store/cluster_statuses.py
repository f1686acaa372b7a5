"""Status of each cluster: its last attempt, its last good read, its errors."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from reldash.domain.workloads.reads import (
    BadObject,
    ClusterRead,
    ClusterStatus,
    ReadFailure,
    Unread,
)
from reldash.store import leases
from reldash.store.encoding import clean_json, clean_text
from reldash.store.tables import clusters

# Pause before revisions are read again: they cost several times as much as the rest.
_AFTER_WHOLE = timedelta(days=1)
_AFTER_PARTIAL = timedelta(minutes=10)
_REVISION_KINDS = frozenset({"ReplicaSet", "ControllerRevision"})

_UNREAD = msgspec.json.Decoder(tuple[Unread, ...])
_BAD = msgspec.json.Decoder(tuple[BadObject, ...])


def save_read(
    connection: Connection, read: ClusterRead, *, fingerprint: bytes | None, moved: bool
) -> None:
    """Write that a read succeeded; `moved`: it changed observations or rollouts.

    `fingerprint` is that of the whole read; None if an identical read must still be compared row
    by row.
    """
    values: dict[str, Any] = {
        "read_at": read.started_at,
        "attempted_at": read.started_at,
        "duration": (read.finished_at - read.started_at).total_seconds(),
        **_counts(read),
        "error_title": "",
        "error_message": "",
        "error_mend": "",
        "failures": 0,
        "kubernetes_version": clean_text(read.kubernetes_version),
        "unread": clean_json(msgspec.to_builtins(read.unread)),
        "bad": clean_json(msgspec.to_builtins(read.bad)),
        "fingerprint": fingerprint,
    }
    if read.revisions is not None:
        whole = _REVISION_KINDS.isdisjoint(part.kind for part in read.unread)
        rest = _AFTER_WHOLE if whole else _AFTER_PARTIAL
        values["revisions_due_at"] = func.clock_timestamp() + literal(rest)
        if whole:
            values["revisions_read_at"] = func.clock_timestamp()
    new = insert(clusters).values(name=read.cluster, data_revision=int(moved), **values)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[clusters.c.name],
            set_={**values, "data_revision": clusters.c.data_revision + int(moved)},
        )
    )


def _counts(read: ClusterRead) -> dict[str, int]:
    """Numbers of workloads, containers and live pods; a workload's containers share its pods."""
    pods: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for o in read.observations:
        workload = o.namespace, o.kind.value, o.workload
        pods[workload] = max(pods[workload], sum(running.pods for running in o.running or ()))
    return {
        "workloads": len(pods),
        "containers": len(read.observations),
        "pods": sum(pods.values()),
    }


def save_failure(connection: Connection, failure: ReadFailure) -> None:
    """Write that a read failed; the data of the last good read stays."""
    values = {
        "attempted_at": failure.started_at,
        "error_title": clean_text(failure.title),
        "error_message": clean_text(failure.message),
        "error_mend": clean_text(failure.remedy),
    }
    new = insert(clusters).values(name=failure.cluster, failures=1, unread=[], bad=[], **values)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[clusters.c.name],
            set_={**values, "failures": clusters.c.failures + 1},
        )
    )


def needs_revisions(connection: Connection, cluster: str) -> bool:
    """Whether revisions are due: never read completely, or a day ago; ten minutes after a fault."""
    resting = select(clusters.c.name).where(
        clusters.c.name == cluster, clusters.c.revisions_due_at > func.clock_timestamp()
    )
    return connection.scalar(resting) is None


_COLUMNS = (
    clusters.c.name.label("cluster"),
    clusters.c.read_at,
    clusters.c.attempted_at,
    clusters.c.duration,
    clusters.c.workloads,
    clusters.c.containers,
    clusters.c.pods,
    clusters.c.error_title,
    clusters.c.error_message,
    clusters.c.error_mend.label("error_remedy"),
    clusters.c.failures,
    clusters.c.kubernetes_version,
    cast(clusters.c.unread, Text).label("unread"),
    cast(clusters.c.bad, Text).label("bad"),
)


def load_statuses(connection: Connection, names: Collection[str]) -> dict[str, ClusterStatus]:
    """The status of each named cluster, also of those never attempted."""
    refreshing = leases.load_refreshing(connection, list(names))
    rows = connection.execute(select(*_COLUMNS).where(clusters.c.name.in_(names)))
    known = {row.cluster: _status_of(row._asdict()) for row in rows}
    return {
        name: replace(known.get(name) or ClusterStatus(name), refreshing=name in refreshing)
        for name in names
    }


def _status_of(row: dict[str, Any]) -> ClusterStatus:
    unread, bad = _UNREAD.decode(row.pop("unread")), _BAD.decode(row.pop("bad"))
    return ClusterStatus(**row, unread=unread, bad=bad)
