"""Further data for the details of a cell: recent rollouts, and the start in its baseline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource
from reldash.services.context import Context
from reldash.services.reports.rollout_text import version_of, versions_between

MAX_RECENT = 10  # rollouts shown for a cell

# The predecessor of a rollout lies further back the more deployments a cell has.
_LOADED = 300


@dataclass(frozen=True, slots=True)
class RecentRollout:
    """A rollout in a cell.

    Attributes:
        version: the version, with the digest if the previous version has the same text.
        before: the previous version of the same container; "" if unknown.
        ended_at: None while it runs; ready_at: None if it never was ready.
        is_unfinished: started and not finished, while the version before went on.
        is_approximate: taken from revisions, whose times are those of their templates.
        ran_then: whether it was still running at the past moment shown.
    """

    key: ContainerKey
    version: str
    before: str
    started_at: datetime
    ended_at: datetime | None
    ready_at: datetime | None
    is_approximate: bool
    ran_then: bool = False
    is_unfinished: bool = False


def load_recent(context: Context, keys: Iterable[ContainerKey]) -> tuple[RecentRollout, ...]:
    """The latest rollouts of containers, newest first.

    Raises:
        StoreError: the database cannot be reached.
    """
    return transform_recent(context.store.history.load_rollouts(of=list(keys), limit=_LOADED))


def transform_recent(rollouts: Sequence[Rollout]) -> tuple[RecentRollout, ...]:
    """The first of these rollouts (newest first), each with its predecessor."""
    before: dict[ContainerKey, Rollout] = {}
    earlier: list[Rollout | None] = []
    for rollout in reversed(rollouts):
        earlier.append(before.get(rollout.key))
        if not rollout.unfinished:
            before[rollout.key] = rollout
    return tuple(
        _recent(rollout, preceding)
        for rollout, preceding in zip(rollouts[:MAX_RECENT], reversed(earlier), strict=False)
    )


def transform_known_at(
    rollouts: Iterable[RecentRollout], at: datetime
) -> tuple[RecentRollout, ...]:
    """The rollouts as known at a past moment: without later ends and readiness."""
    found = []
    for one in rollouts:
        if one.started_at <= at:
            ended_at = None if one.ended_at is None or one.ended_at > at else one.ended_at
            ready_at = None if one.ready_at is None or one.ready_at > at else one.ready_at
            found.append(
                replace(one, ended_at=ended_at, ready_at=ready_at, ran_then=ended_at is None)
            )
    return tuple(found)


def keys_of(places: Iterable[PlaceDetails]) -> tuple[ContainerKey, ...]:
    """The containers behind a cell."""
    return tuple(
        ContainerKey(p.cluster, p.namespace, p.kind, p.workload, p.container, p.role)
        for p in places
    )


def longest_in_baseline(matrix: Matrix, service: str, cell: Cell) -> PlaceDetails | None:
    """The deployment that has run a cell's baseline version the longest.

    None if the matrix does not show one. For a customer's cell, that customer's own deployment is
    preferred.
    """
    found = [
        (place.since, place)
        for column in matrix.columns
        if column.environment == cell.baseline
        for place in matrix.cell(service, column.key).places
        if place.version == cell.baseline_version and place.since is not None
    ]
    customers = {place.customer for place in cell.places}
    own = [one for one in found if one[1].customer in customers]
    _, first = min(own or found, key=itemgetter(0), default=(None, None))
    return first


def _recent(rollout: Rollout, before: Rollout | None) -> RecentRollout:
    earlier, version = versions_between(before, rollout) if before else ("", version_of(rollout))
    return RecentRollout(
        key=rollout.key,
        version=version,
        before=earlier,
        started_at=rollout.started_at,
        ended_at=rollout.ended_at,
        ready_at=rollout.ready_at,
        is_approximate=rollout.source is RolloutSource.REVISION,
        is_unfinished=rollout.unfinished,
    )
