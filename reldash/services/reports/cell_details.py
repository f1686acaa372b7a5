"""What the details of a cell tell besides the cell itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource
from reldash.services.context import Context
from reldash.services.reports.rollout_text import version_of, versions_between

MOST_RECENT = 10  # rollouts that are shown of a cell

# What came before a rollout lies further back the more places a cell has.
_LOADED = 300


@dataclass(frozen=True, slots=True)
class RecentRollout:
    """A rollout in a cell.

    Attributes:
        version: what ran; with the digest where the version before it has the same text.
        before: what ran before it in the same container; "" where nothing is known of that.
        ended_at: None while it runs; ready_at: None if it never was.
        is_approximate: read from revisions, whose times are those of their templates.
        ran_then: whether it had not ended at the past moment that is looked at.
    """

    key: ContainerKey
    version: str
    before: str
    started_at: datetime
    ended_at: datetime | None
    ready_at: datetime | None
    is_approximate: bool
    ran_then: bool = False


def load_recent(context: Context, keys: Iterable[ContainerKey]) -> tuple[RecentRollout, ...]:
    """The last rollouts of containers, the newest first.

    Raises:
        StoreError: the database cannot be reached.
    """
    return transform_recent(context.store.history.load_rollouts(of=list(keys), limit=_LOADED))


def transform_recent(rollouts: Sequence[Rollout]) -> tuple[RecentRollout, ...]:
    """The first of these rollouts, which stand newest first, with what ran before each."""
    before: dict[ContainerKey, Rollout] = {}
    earlier: list[Rollout | None] = []
    for rollout in reversed(rollouts):
        earlier.append(before.get(rollout.key))
        before[rollout.key] = rollout
    return tuple(
        _recent(rollout, preceding)
        for rollout, preceding in zip(rollouts[:MOST_RECENT], reversed(earlier), strict=False)
    )


def transform_known_at(
    rollouts: Iterable[RecentRollout], at: datetime
) -> tuple[RecentRollout, ...]:
    """What was known of them at a past moment: ends and readiness that came later are not."""
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
    """The place that has run the longest what a cell is compared with: its `since` says since when.

    None where the matrix does not show it. Where customers have copies of their own, a
    customer's is meant if there is one.
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
    )
