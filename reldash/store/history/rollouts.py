"""Recording rollouts: intervals are opened, closed and completed as observations change.

The transitions are decided in `domain.rollouts`; here intervals are kept from overlapping even if
a clock was set back: a new one never starts before the previous one ended.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, update

from reldash.domain.rollouts.conditions import is_rolling
from reldash.domain.rollouts.from_revisions import rollouts_from_revisions
from reldash.domain.rollouts.intervals import RolloutStep, next_rollouts
from reldash.domain.workloads.observations import (
    Observation,
    Revision,
    Rollout,
)
from reldash.store import bulk
from reldash.store.bulk import RowValues
from reldash.store.history.builds import (
    description_of,
    description_row,
    save_builds,
    save_descriptions,
)
from reldash.store.history.rollout_rows import (
    StoredRollout,
    builds_of,
    load_ends,
    load_first,
    load_open,
    values_of,
)
from reldash.store.observation_rows import container_id
from reldash.store.tables import rollouts

_r = rollouts.c

# A rollout to be written, with the id of its description.
_DescribedRollout = tuple[Rollout, str | None]


@dataclass(slots=True)
class _RolloutChanges:
    """Changes to be written: changed rows by id, ids of removed ones, and new rows by container.

    Removed are unfinished rollouts that became intervals.
    """

    changed: dict[int, _DescribedRollout] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    new: list[tuple[str, _DescribedRollout]] = field(default_factory=list)

    def builds(self) -> list[RowValues]:
        """Rows of the builds of all rollouts to be written."""
        found = [rollout for rollout, _ in self.changed.values()]
        found += [rollout for _, (rollout, _) in self.new]
        return builds_of(found)


def save(
    connection: Connection,
    current: Mapping[str, Observation],
    revisions: Sequence[Revision],
    known: Mapping[str, Observation],
) -> None:
    """Continue the history of containers whose observation changed.

    Args:
        connection: of the recording's transaction.
        current: the changed observations, by container id.
        revisions: if they were read; the source of history for containers without any.
        known: observations, by container id, recorded before the first complete read of
            revisions; history from revisions is put before theirs.
    """
    # A blank image, of which no pod runs, says nothing: what is recorded goes on.
    current = {i: o for i, o in current.items() if o.image}
    described = {i: description_row(description_of(o)) for i, o in current.items()}
    changes = _changes_of_observations(
        connection, current, {i: row["id"] for i, row in described.items()}, revisions
    )
    earlier = _from_revisions(revisions, [o for o in known.values() if o.image])
    # All at once, and builds first: recordings that add the same rows lock them in the same order.
    from_revisions = [rollout for found in earlier.values() for rollout in found]
    save_builds(connection, [*changes.builds(), *builds_of(from_revisions)])
    save_descriptions(connection, described.values())
    _write(connection, changes)
    if earlier:
        _write(connection, _changes_before_first(connection, earlier))


def close(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """End the open rollouts of containers that are gone, at the time of the read without them."""
    if ids:
        connection.execute(
            update(rollouts)
            .where(bulk.is_one_of(_r.container_id, ids), _r.ended_at.is_(None))
            .values(ended_at=func.greatest(_r.started_at, at))
        )


def _changes_of_observations(
    connection: Connection,
    current: Mapping[str, Observation],
    described: Mapping[str, str],
    revisions: Sequence[Revision],
) -> _RolloutChanges:
    """The changes that new observations make to the history of their containers.

    A changed image ends a rollout. A description that changes alone is assigned to the open
    rollout at the first read without a rollout under way.
    """
    open_ = load_open(connection, current, unfinished=False)
    unfinished = load_open(connection, current, unfinished=True)
    closed_at = load_ends(connection, [i for i in current if i not in open_])
    fresh = [o for i, o in current.items() if i not in open_ and i not in closed_at]
    derived = _from_revisions(revisions, fresh)
    changes = _RolloutChanges()
    for i, observation in current.items():
        row, coming = open_.get(i), unfinished.get(i)
        known = row.rollout if row is not None else None
        moving = coming.rollout if coming is not None else None
        if i in derived:
            *earlier, known = (one for one in derived[i] if not one.unfinished)
            moving = next((one for one in derived[i] if one.unfinished), None)
            changes.new += [(i, (rollout, described[i])) for rollout in earlier]
        step = next_rollouts(known, observation, moving)
        _continue_open(changes, i, step, (row, known), observation, described[i], closed_at.get(i))
        _continue_unfinished(changes, i, step, coming, described[i])
    return changes


def _continue_open(
    changes: _RolloutChanges,
    i: str,
    step: RolloutStep,
    before: tuple[StoredRollout | None, Rollout | None],
    observation: Observation,
    description: str,
    closed_at: datetime | None,
) -> None:
    """Add the changes of the open interval; `before` is its row, and the interval itself."""
    row, known = before
    if step.ended is not None and row is not None:
        changes.changed[row.id] = step.ended, row.description
    elif step.ended is not None:
        changes.new.append((i, (step.ended, description)))
    if step.ended is not None or row is None:
        changes.new.append((i, (_not_before(closed_at, step.current), description)))
        return
    is_moving = is_rolling(observation) or step.current.image != observation.image
    if row.description is not None and (is_moving or step.unfinished is not None):
        # A version label changes before the pods do: their image may start the next rollout, and
        # the label of this one was the old one to its end.
        description = row.description
    if (step.current, description) != (known, row.description):
        changes.changed[row.id] = step.current, description


def _continue_unfinished(
    changes: _RolloutChanges,
    i: str,
    step: RolloutStep,
    row: StoredRollout | None,
    description: str,
) -> None:
    """Add the changes of the unfinished rollout; `row` is that of the one before, if stored."""
    if row is not None:
        goes_on = step.given_up is None
        after = step.unfinished if goes_on else step.given_up
        if after is None:
            changes.removed.append(row.id)
        elif after != row.rollout:
            changes.changed[row.id] = after, row.description
        if goes_on:
            return
    elif step.given_up is not None:
        changes.new.append((i, (step.given_up, description)))
    if step.unfinished is not None:
        changes.new.append((i, (step.unfinished, description)))


def _changes_before_first(
    connection: Connection, derived: Mapping[str, Sequence[Rollout]]
) -> _RolloutChanges:
    """Rollouts from revisions that lie before the first recorded rollout of each container."""
    changes = _RolloutChanges()
    for i, row in load_first(connection, derived).items():
        first = row.rollout
        earlier = [
            rollout
            for rollout in derived[i]
            if rollout.started_at < first.started_at and not rollout.unfinished
        ]
        if earlier and earlier[-1].image == first.image:
            absorbed = earlier.pop()
            first = first._replace(started_at=absorbed.started_at, source=absorbed.source)
            changes.changed[row.id] = first, row.description
        for rollout in earlier:
            end = min(rollout.ended_at or first.started_at, first.started_at)
            changes.new.append((i, (rollout._replace(ended_at=end), row.description)))
    return changes


def _from_revisions(
    revisions: Sequence[Revision], observations: Iterable[Observation]
) -> dict[str, list[Rollout]]:
    """Rollouts derived from revisions, by container id, oldest first; empty without revisions."""
    derived: defaultdict[str, list[Rollout]] = defaultdict(list)
    if revisions:
        for rollout in rollouts_from_revisions(revisions, list(observations)):
            derived[container_id(rollout.key)].append(rollout)
    return dict(derived)


def _not_before(end: datetime | None, rollout: Rollout) -> Rollout:
    """The rollout, starting no earlier than the container's last one ended."""
    if end is None or rollout.started_at >= end:
        return rollout
    ready_at = rollout.ready_at and max(rollout.ready_at, end)
    return rollout._replace(started_at=end, ready_at=ready_at)


_CHANGING = (
    "build_id", "description_id", "started_at", "ended_at", "ready_at", "source", "unfinished"
)  # fmt: skip
_given = bulk.given_rows(rollouts, ("id", *_CHANGING))
_CHANGE = (
    update(rollouts)
    .where(_r.id == _given.c.id)
    .values({_r[name]: _given.c[name] for name in _CHANGING})
)
_ADD = bulk.insert_rows(rollouts, ("container_id", *_CHANGING))


def _write(connection: Connection, changes: _RolloutChanges) -> None:
    """Write ends before starts: the exclusion constraint is checked for every statement."""
    if changes.removed:
        connection.execute(delete(rollouts).where(_r.id.in_(changes.removed)))
    changed = [{"id": i, **values_of(*described)} for i, described in changes.changed.items()]
    bulk.execute(connection, _CHANGE, changed)
    new = [{"container_id": i, **values_of(*described)} for i, described in changes.new]
    bulk.execute(connection, _ADD, new)
