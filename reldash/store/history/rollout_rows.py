"""Rows of rollouts, and loading those that a recording goes on with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from reldash.domain.workloads.observations import (
    ContainerKey,
    Observation,
    Rollout,
    RolloutSource,
)
from reldash.store import bulk
from reldash.store.bulk import RowValues
from reldash.store.history.builds import build_id, build_row
from reldash.store.tables import builds, rollouts

_r = rollouts.c
# The columns that `rollout_of` reads, in order, of rollouts joined with their builds.
ROLLOUT_COLUMNS = (
    builds.c.image,
    builds.c.digests,
    _r.started_at,
    _r.ended_at,
    _r.ready_at,
    _r.source,
    _r.unfinished,
)


def rollout_of(key: ContainerKey, row: Sequence[Any]) -> Rollout:
    """A rollout from a row of ROLLOUT_COLUMNS."""
    image, digests, started_at, ended_at, ready_at, source, unfinished = row
    return Rollout(
        key,
        image,
        tuple(digests),
        started_at,
        ended_at,
        ready_at,
        RolloutSource(source),
        unfinished,
    )


@dataclass(frozen=True, slots=True)
class StoredRollout:
    """A row of `rollouts`, with the id of the last description of its workload in the interval."""

    id: int
    rollout: Rollout
    description: str | None


_STORED_ROLLOUTS = (
    select(cast(_r.container_id, Text), _r.id, cast(_r.description_id, Text), *ROLLOUT_COLUMNS)
    .join(builds, builds.c.id == _r.build_id)
)  # fmt: skip


def _stored_of(
    rows: Iterable[Sequence[Any]], key_of: Mapping[str, ContainerKey]
) -> dict[str, StoredRollout]:
    """Rows of `_STORED_ROLLOUTS` by container id."""
    return {
        row[0]: StoredRollout(row[1], rollout_of(key_of[row[0]], row[3:]), row[2]) for row in rows
    }


def load_open(
    connection: Connection, current: Mapping[str, Observation], *, unfinished: bool
) -> dict[str, StoredRollout]:
    """The open interval of each container, or its unfinished rollout that goes on, by id."""
    is_open: ColumnElement[bool] = _r.ended_at.is_(None)
    rows = connection.execute(
        _STORED_ROLLOUTS.where(
            bulk.is_one_of(_r.container_id, current), is_open, _r.unfinished == unfinished
        )
    ).all()
    return _stored_of(rows, {row[0]: current[row[0]].key for row in rows})


def load_first(
    connection: Connection, derived: Mapping[str, Sequence[Rollout]]
) -> dict[str, StoredRollout]:
    """The first recorded interval of each container, by id."""
    rows = connection.execute(
        _STORED_ROLLOUTS.where(bulk.is_one_of(_r.container_id, derived), ~_r.unfinished)
        .ext(distinct_on(_r.container_id))
        .order_by(_r.container_id, _r.started_at, _r.id)
    )
    return _stored_of(rows, {i: found[0].key for i, found in derived.items()})


def load_ends(connection: Connection, ids: Collection[str]) -> dict[str, datetime]:
    """When the last interval of each container ended, by id."""
    if not ids:
        return {}
    rows = connection.execute(
        select(cast(_r.container_id, Text), func.max(_r.ended_at))
        .where(bulk.is_one_of(_r.container_id, ids), ~_r.unfinished)
        .group_by(_r.container_id)
    )
    return {row[0]: row[1] for row in rows}


def values_of(rollout: Rollout, description: str | None) -> RowValues:
    """The columns of a rollout's row but for its container; `description` is an id."""
    return {
        "build_id": build_id(rollout.image, rollout.digests),
        "description_id": description,
        "started_at": rollout.started_at,
        "ended_at": rollout.ended_at,
        "ready_at": rollout.ready_at,
        "source": rollout.source.value,
        "unfinished": rollout.unfinished,
    }


def builds_of(found: Iterable[Rollout]) -> list[RowValues]:
    """Rows of the builds of rollouts, each once."""
    return [build_row(image, digests) for image, digests in {(r.image, r.digests) for r in found}]
