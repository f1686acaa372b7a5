"""Conversion of observations and containers to rows, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Text, cast

from reldash.domain.workloads.observations import (
    Candidate,
    ContainerKey,
    ContainerRole,
    Observation,
    Progress,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from reldash.store import tables
from reldash.store.bulk import RowValues, to_bytea
from reldash.store.encoding import clean_json, encode, fingerprint

# Made at import: threads must not use a msgspec type for the first time at the same moment.
_STRINGS = msgspec.json.Decoder(dict[str, str])
_RUNNING = msgspec.json.Decoder(tuple[Running, ...])
_CANDIDATE = msgspec.json.Decoder(Candidate)
_KINDS = {kind.value: kind for kind in WorkloadKind}
_ROLES = {role.value: role for role in ContainerRole}
_PROGRESS = {progress.value: progress for progress in Progress}


@dataclass(frozen=True, slots=True)
class KeyedObservation:
    """An observation with the id of its row and a hash of its content.

    Attributes:
        id: of the container, computed from its names.
        fingerprint: of everything that was read, without the time of reading and without
            conditions that develop over time.
    """

    id: str
    fingerprint: bytes
    observation: Observation


def key_observations(observations: Iterable[Observation]) -> dict[str, KeyedObservation]:
    """The observations of one read by container id; the last one of a container wins."""
    seen = map(_key_observation, observations)
    return {one.id: one for one in seen}


def _key_observation(observation: Observation) -> KeyedObservation:
    content = encode(_content(observation))
    if content is None:
        builtins = clean_json(msgspec.to_builtins(observation))
        observation = msgspec.convert(builtins, Observation)
        content = encode(_content(observation)) or repr(observation).encode()
    return KeyedObservation(container_id(observation.key), fingerprint(content), observation)


def _content(o: Observation) -> tuple[object, ...]:
    key = (o.cluster, o.namespace, o.kind, o.workload, o.container, o.role)
    spec = (o.uid, o.image, o.created_at, dict(o.labels), dict(o.annotations), o.default_container)
    numbers = (o.position, o.wanted, o.ready, o.updated)
    return (key, spec, numbers, o.status, o.revision, o.running, o.candidate)


def container_id(key: ContainerKey) -> str:
    """The id of a container, a UUID in standard notation, computed from its names."""
    names = (
        key.cluster,
        key.namespace,
        key.kind.value,
        key.workload,
        key.container,
        key.role.value,
    )
    h = fingerprint(repr(names).encode()).hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def id_bytes(i: str) -> bytes:
    """An id in the format of `store.column_arrays`, from standard notation."""
    return bytes.fromhex(i.replace("-", ""))


def container_row(seen: KeyedObservation) -> RowValues:
    """A row of table `containers`."""
    o = seen.observation
    return {
        "id": seen.id,
        "cluster": o.cluster,
        "namespace": o.namespace,
        "kind": o.kind.value,
        "workload": o.workload,
        "container": o.container,
        "role": o.role.value,
    }


def observation_row(seen: KeyedObservation, o: Observation) -> RowValues:
    """A row of table `observations`; `o` is the observation with its conditions."""
    return {
        "container_id": seen.id,
        "fingerprint": to_bytea(seen.fingerprint),
        "observed_at": None,
        "uid": o.uid,
        "image": o.image,
        "created_at": o.created_at,
        "labels": dict(o.labels),
        "annotations": dict(o.annotations),
        "default_container": o.default_container,
        "position": o.position,
        "wanted": o.wanted,
        "ready": o.ready,
        "updated": o.updated,
        "progress": o.status.progress.value,
        "message": o.status.message,
        "revision": o.revision,
        "running": o.running,
        "candidate": o.candidate,
        "rolling_since": o.rolling_since,
        "degraded_since": o.degraded_since,
        "differs_since": o.differs_since,
        "differs_reads": o.differs_reads,
    }


_o = tables.observations.c
# The columns that `observations_of` reads, in order. JSON is selected as text, for typed decoding;
# so are ids, since a UUID object for each would cost more than all the rest.
OBSERVATION_COLUMNS: tuple[ColumnElement[Any], ...] = (
    cast(_o.container_id, Text),
    _o.observed_at,
    _o.uid,
    _o.image,
    _o.created_at,
    cast(_o.labels, Text),
    cast(_o.annotations, Text),
    _o.default_container,
    _o.position,
    _o.wanted,
    _o.ready,
    _o.updated,
    _o.progress,
    _o.message,
    _o.revision,
    cast(_o.running, Text),
    cast(_o.candidate, Text),
    _o.rolling_since,
    _o.degraded_since,
    _o.differs_since,
    _o.differs_reads,
)


def observations_of(
    rows: Iterable[Sequence[Any]],
    keys: Iterable[ContainerKey],
    read_at: Mapping[str, datetime | None],
) -> list[Observation]:
    """Observations from rows of OBSERVATION_COLUMNS.

    `keys` holds the key of each row; `read_at`, by cluster, the time of its last good read, which
    applies to rows without a time of their own.
    """
    # The containers of a workload share its labels, and many workloads share their status.
    strings: dict[str, dict[str, str]] = {}
    statuses: dict[tuple[str, str], RolloutStatus] = {}

    def mapping(text: str) -> dict[str, str]:
        found = strings.get(text)
        if found is None:
            found = strings[text] = _STRINGS.decode(text)
        return found

    def status(progress: str, message: str) -> RolloutStatus:
        found = statuses.get((progress, message))
        if found is None:
            found = statuses[progress, message] = RolloutStatus(_PROGRESS[progress], message)
        return found

    return [
        Observation(
            key.cluster, key.namespace, key.kind, key.workload, key.container, key.role,
            row[2], row[3],
            row[1] or read_at[key.cluster] or row[4],
            row[4], mapping(row[5]), mapping(row[6]),
            row[7], row[8], row[9], row[10], row[11],
            status(row[12], row[13]),
            row[14],
            None if row[15] is None else _RUNNING.decode(row[15]),
            None if row[16] is None else _CANDIDATE.decode(row[16]),
            row[17], row[18], row[19], row[20],
        )
        for row, key in zip(rows, keys, strict=True)
    ]  # fmt: skip


_c = tables.containers.c
# The columns that `keys_of` reads, in order.
KEY_COLUMNS: tuple[ColumnElement[Any], ...] = (
    cast(_c.id, Text),
    _c.cluster,
    _c.namespace,
    _c.kind,
    _c.workload,
    _c.container,
    _c.role,
)


def keys_of(rows: Iterable[Sequence[Any]]) -> dict[str, ContainerKey]:
    """Container keys by id, from rows of KEY_COLUMNS."""
    return {
        row[0]: ContainerKey(row[1], row[2], _KINDS[row[3]], row[4], row[5], _ROLES[row[6]])
        for row in rows
    }
