"""Intervals in which a container ran an image, from successive reads and from revisions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from reldash.domain.images.references import parse_image_id
from reldash.domain.rollouts.conditions import has_ready_replica, running_digests
from reldash.domain.workloads.observations import (
    Observation,
    Progress,
    Revision,
    Rollout,
    RolloutSource,
    WorkloadKind,
)

# Kubernetes' creation timestamps are whole seconds.
_TICK = timedelta(seconds=1)

_Start = tuple[datetime, str]  # the start of an image's use, and the image


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """The changes of one read to a container's history.

    Attributes:
        ended: the interval that was open, with its end; None if it goes on or there was none.
        current: the interval that is open after the read. Equal to the one given if nothing
            changed; if only its `ready_at` or `digests` changed, it replaces that one.
    """

    ended: Rollout | None
    current: Rollout


def next_rollouts(open_: Rollout | None, observation: Observation) -> RolloutStep:
    """The intervals to record after a container was read again.

    Another requested image ends the interval and starts one. So does a running digest that is new
    to the interval, since a tag can be pushed again; but not while the interval's own rollout is
    under way and its pods start one by one, and not when digests are only missing, as they are
    while pods start. Only pods of the current revision count.

    Args:
        open_: the interval of this container that has not ended; None if there is none.
        observation: as just read, with its conditions as `conditions.carry` sets them.
    """
    at, digests = observation.observed_at, running_digests(observation)
    if open_ is not None and open_.image == observation.image:
        known = not _has_unseen(digests, open_.digests)
        if known or _is_still_rolling_out(open_, observation, digests):
            return RolloutStep(ended=None, current=_seen_again(open_, observation, digests))
    if open_ is not None:
        # Clocks of two collectors may differ: an interval never ends before its start.
        at = max(at, open_.started_at)
    current = Rollout(
        key=observation.key,
        image=observation.image,
        digests=digests,
        started_at=at,
        ended_at=None,
        ready_at=at if has_ready_replica(observation) else None,
        source=RolloutSource.OBSERVED,
    )
    return RolloutStep(open_._replace(ended_at=at) if open_ is not None else None, current)


def rollouts_from_revisions(
    revisions: Sequence[Revision], current: Sequence[Observation]
) -> list[Rollout]:
    """The earlier intervals of each container, from revisions and the first read.

    They are approximate. A revision's creation time is the first use of its template; a rollback
    uses it again and gives it the highest number, but no new time. That time is taken to be a
    second after the newest template with a lower number was created: people roll back soon, while
    the next rollout, or the first read, may come months later. Revisions that changed no image are
    no rollouts.

    Args:
        revisions: of any workloads, in any order.
        current: the containers as read now; only these get a history.

    Returns:
        By container, in the order given, and oldest first. Intervals do not overlap; the last of
        each container is open and has the image requested now. If no revision has that image, it
        starts at `observed_at`, as observed. `ready_at` is None for intervals that have ended: it
        is not known whether they ever had a ready replica.
    """
    by_workload: dict[tuple[str, str, str, str], list[Revision]] = defaultdict(list)
    for revision in sorted(revisions, key=lambda r: r.number):
        by_workload[revision.cluster, revision.namespace, revision.kind, revision.workload].append(
            revision
        )
    return [
        rollout
        for o in current
        for rollout in _history(by_workload[o.cluster, o.namespace, o.kind, o.workload], o)
    ]


def _seen_again(open_: Rollout, observation: Observation, digests: tuple[str, ...]) -> Rollout:
    ready_at = open_.ready_at
    if ready_at is None and has_ready_replica(observation):
        ready_at = max(observation.observed_at, open_.started_at)
    seen = tuple(sorted({*open_.digests, *digests}))
    if (seen, ready_at) == (open_.digests, open_.ready_at):
        return open_
    return open_._replace(digests=seen, ready_at=ready_at)


def _is_still_rolling_out(
    open_: Rollout, observation: Observation, digests: tuple[str, ...]
) -> bool:
    """Whether further digests of one image appear in the rollout that started the interval.

    Nodes of two architectures report two digests of one build. If none of the interval's own
    digests runs any more, it is another build all the same.
    """
    return (
        observation.status.progress is Progress.PROGRESSING
        and not set(digests).isdisjoint(open_.digests)
        and (observation.rolling_since is None or open_.started_at >= observation.rolling_since)
    )


def _has_unseen(found: tuple[str, ...], seen: tuple[str, ...]) -> bool:
    """Whether image ids contain a digest that is certainly none of those seen.

    Only digests of one kind are compared: a runtime may report the digest of an image's
    configuration today and that of its manifest tomorrow.
    """
    known = {(d.kind, d.value) for text in seen if (d := parse_image_id(text)) is not None}
    kinds = {kind for kind, _ in known}
    return any(
        (d := parse_image_id(text)) is not None
        and d.kind in kinds
        and (d.kind, d.value) not in known
        for text in found
    )


def _history(revisions: Sequence[Revision], observation: Observation) -> Iterator[Rollout]:
    """The intervals of one container; `revisions` are its workload's, sorted by number."""
    now = observation.observed_at
    used = [
        (min(revision.created_at, now), image)
        for revision in revisions
        for container, role, image in revision.images
        if (container, role) == (observation.container, observation.role)
    ]
    if observation.kind is WorkloadKind.ROLLOUT:
        used = _up_to_stable(used, observation.image)
    starts = _starts(used, now)
    known = bool(starts) and starts[-1][1] == observation.image
    if not known:
        starts = _merged([*starts, (now, observation.image)])
    for (started_at, image), (ended_at, _) in pairwise(starts):
        yield Rollout(
            observation.key, image, (), started_at, ended_at, None, RolloutSource.REVISION
        )
    yield Rollout(
        key=observation.key,
        image=observation.image,
        digests=running_digests(observation),
        started_at=starts[-1][0],
        ended_at=None,
        ready_at=now if has_ready_replica(observation) else None,
        source=RolloutSource.REVISION if known else RolloutSource.OBSERVED,
    )


def _up_to_stable(used: list[_Start], stable: str) -> list[_Start]:
    """The starts up to the stable image, without later and abandoned candidates."""
    last = max((i for i, (_, image) in enumerate(used) if image == stable), default=len(used))
    return used[: last + 1]


def _starts(used: Sequence[_Start], now: datetime) -> list[_Start]:
    """The starts of each image: its first use, and each rollback to it.

    A revision with a higher number than a younger one was used again since.

    Args:
        used: creation time and image of each revision, by number: in the order of last use.
        now: no interval starts later.
    """
    if not used:
        return []
    found = [(at, place, image) for place, (at, image) in enumerate(used)]
    newest = used[0][0]
    for place, (created_at, image) in enumerate(used):
        if created_at < newest:
            newest += _TICK
            found.append((min(newest, now), place, image))
        else:
            newest = created_at
    return _merged((at, image) for at, _, image in sorted(found))


def _merged(starts: Iterable[_Start]) -> list[_Start]:
    """Merge equal neighbours, and drop starts followed by another within the same second."""
    kept: list[_Start] = []
    for started_at, image in starts:
        if kept and kept[-1][0] >= started_at:
            kept.pop()
        if not kept or kept[-1][1] != image:
            kept.append((started_at, image))
    return kept
