"""Recording history: intervals opened, closed and completed as observations change.

What happened is decided in `domain.history`; here it is kept free of overlaps, whatever clocks
did: a new interval never begins before the one before it ended.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from reldash.domain.history import next_rollouts, rollouts_from_revisions
from reldash.domain.model import ContainerKey, Observation, Revision, Rollout, RolloutSource
from reldash.store import bulk
from reldash.store.rows import container_id
from reldash.store.tables import rollouts

_r = rollouts.c
# What `rollout_of` reads, in its order.
ROLLOUT_COLUMNS = (_r.image, _r.digests, _r.started_at, _r.ended_at, _r.ready_at, _r.source)


def rollout_of(key: ContainerKey, row: Sequence[Any]) -> Rollout:
    """A rollout from a row of ROLLOUT_COLUMNS."""
    image, digests, started_at, ended_at, ready_at, source = row
    return Rollout(
        key, image, tuple(digests), started_at, ended_at, ready_at, RolloutSource(source)
    )


@dataclass(slots=True)
class _Changes:
    """What is to be written: rows changed, by id, and new ones, by container."""

    changed: dict[int, Rollout] = field(default_factory=dict)
    new: list[tuple[str, Rollout]] = field(default_factory=list)


def save(
    connection: Connection, current: Mapping[str, Observation], revisions: Sequence[Revision]
) -> None:
    """Go on with the history of containers whose observation changed, given by container id.

    Revisions, where they were read, tell the history of those that have none yet.
    """
    open_ = _load(connection, current, _r.ended_at.is_(None))
    closed_at = _load_ends(connection, [i for i in current if i not in open_])
    fresh = [o for i, o in current.items() if i not in open_ and i not in closed_at]
    told = _told(revisions, fresh)
    changes = _Changes()
    for i, observation in current.items():
        row, known = open_.get(i, (None, None))
        if i in told:
            *earlier, known = told[i]
            changes.new += [(i, rollout) for rollout in earlier]
        step = next_rollouts(known, observation)
        if step.ended is not None and row is not None:
            changes.changed[row] = step.ended
        elif step.ended is not None:
            changes.new.append((i, step.ended))
        if step.ended is None and row is not None:
            if step.current != known:
                changes.changed[row] = step.current
        else:
            changes.new.append((i, _not_before(closed_at.get(i), step.current)))
    _write(connection, changes)


def backfill(
    connection: Connection, current: Mapping[str, Observation], revisions: Sequence[Revision]
) -> None:
    """Put what revisions tell before the history of containers that were seen before.

    For the first read of revisions that succeeds after others failed.
    """
    changes = _Changes()
    told = _told(revisions, current.values())
    for i, (row, first) in _load_first(connection, told).items():
        earlier = [rollout for rollout in told[i] if rollout.started_at < first.started_at]
        if earlier and earlier[-1].image == first.image:
            began = earlier.pop()
            first = replace(first, started_at=began.started_at, source=began.source)
            changes.changed[row] = first
        for rollout in earlier:
            end = min(rollout.ended_at or first.started_at, first.started_at)
            changes.new.append((i, replace(rollout, ended_at=end)))
    _write(connection, changes)


def close(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """End the open intervals of containers that are gone, at the time of the read that says so."""
    if ids:
        connection.execute(
            update(rollouts)
            .where(bulk.is_any(_r.container_id, ids), _r.ended_at.is_(None))
            .values(ended_at=func.greatest(_r.started_at, at))
        )


def _told(
    revisions: Sequence[Revision], observations: Iterable[Observation]
) -> dict[str, list[Rollout]]:
    """What revisions tell, by container id, oldest first; nothing where there are none."""
    told: defaultdict[str, list[Rollout]] = defaultdict(list)
    if revisions:
        for rollout in rollouts_from_revisions(revisions, list(observations)):
            told[container_id(rollout.key)].append(rollout)
    return dict(told)


def _not_before(end: datetime | None, rollout: Rollout) -> Rollout:
    """The rollout, begun no earlier than the container's last one ended."""
    if end is None or rollout.started_at >= end:
        return rollout
    ready_at = rollout.ready_at and max(rollout.ready_at, end)
    return replace(rollout, started_at=end, ready_at=ready_at)


def _load(
    connection: Connection, current: Mapping[str, Observation], which: ColumnElement[bool]
) -> dict[str, tuple[int, Rollout]]:
    rows = connection.execute(
        select(cast(_r.container_id, Text), _r.id, *ROLLOUT_COLUMNS).where(
            bulk.is_any(_r.container_id, current), which
        )
    )
    return {row[0]: (row[1], rollout_of(current[row[0]].key, row[2:])) for row in rows}


def _load_first(
    connection: Connection, told: Mapping[str, Sequence[Rollout]]
) -> dict[str, tuple[int, Rollout]]:
    rows = connection.execute(
        select(cast(_r.container_id, Text), _r.id, *ROLLOUT_COLUMNS)
        .where(bulk.is_any(_r.container_id, told))
        .ext(distinct_on(_r.container_id))
        .order_by(_r.container_id, _r.started_at, _r.id)
    )
    return {row[0]: (row[1], rollout_of(told[row[0]][0].key, row[2:])) for row in rows}


def _load_ends(connection: Connection, ids: Collection[str]) -> dict[str, datetime]:
    if not ids:
        return {}
    rows = connection.execute(
        select(cast(_r.container_id, Text), func.max(_r.ended_at))
        .where(bulk.is_any(_r.container_id, ids))
        .group_by(_r.container_id)
    )
    return {row[0]: row[1] for row in rows}


_NEW = ("container_id", "image", "digests", "started_at", "ended_at", "ready_at", "source")
_CHANGING = ("digests", "started_at", "ended_at", "ready_at", "source")
_given = bulk.given(rollouts, ("id", *_CHANGING))
_CHANGE = (
    update(rollouts)
    .where(_r.id == _given.c.id)
    .values({_r[name]: _given.c[name] for name in _CHANGING})
)
_ADD = bulk.insert_given(rollouts, _NEW)


def _write(connection: Connection, changes: _Changes) -> None:
    """Write what ends before what begins: the constraint looks at every moment."""
    changed = [{"id": row, **_values(rollout)} for row, rollout in changes.changed.items()]
    bulk.execute(connection, _CHANGE, changed)
    new = [{"container_id": i, **_values(rollout)} for i, rollout in changes.new]
    bulk.execute(connection, _ADD, new)


def _values(rollout: Rollout) -> dict[str, Any]:
    return {
        "image": rollout.image,
        "digests": rollout.digests,
        "started_at": rollout.started_at,
        "ended_at": rollout.ended_at,
        "ready_at": rollout.ready_at,
        "source": rollout.source.value,
    }
