"""Earlier intervals of containers, from ReplicaSets and ControllerRevisions: approximate."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from reldash.domain.rollouts.conditions import (
    has_ready_replica,
    image_ids,
    requested_pods,
    running_digests,
)
from reldash.domain.rollouts.running_image import has_not_begun, other_pods, running_image
from reldash.domain.workloads.observations import (
    Observation,
    Revision,
    Rollout,
    RolloutSource,
    WorkloadKind,
)

# Kubernetes' creation timestamps are whole seconds.
_TICK = timedelta(seconds=1)

_Start = tuple[datetime, str]  # the start of an image's use, and the image


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
        each container is open and has the image that runs now. If no revision has that image, it
        starts at `observed_at`, as observed. `ready_at` is None for intervals that have ended: it
        is not known whether they ever had a ready replica. After the open one there may be the
        unfinished rollout of the requested image.
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


def _history(revisions: Sequence[Revision], observation: Observation) -> Iterator[Rollout]:
    """The intervals of one container; `revisions` are its workload's, sorted by number."""
    now = observation.observed_at
    used = [
        (min(revision.created_at, now), image)
        for revision in revisions
        if (image := _image_in(revision, observation)) is not None
    ]
    runs = _running_image(revisions, observation)
    coming = None
    if runs != observation.image and not has_not_begun(observation):
        newest = [at for at, image in used if image == observation.image]
        coming = newest[-1] if newest else now
    if runs != observation.image or observation.kind is WorkloadKind.ROLLOUT:
        used = _up_to_last(used, runs)
    starts = _starts(used, now)
    known = bool(starts) and starts[-1][1] == runs
    if not known:
        starts = _merged([*starts, (now, runs)])
    for (started_at, image), (ended_at, _) in pairwise(starts):
        yield Rollout(
            observation.key, image, (), started_at, ended_at, None, RolloutSource.REVISION
        )
    is_requested = runs == observation.image
    pods = requested_pods(observation) if is_requested else other_pods(observation)
    is_ready = has_ready_replica(observation) if is_requested else any(run.ready for run in pods)
    yield Rollout(
        key=observation.key,
        image=runs,
        digests=image_ids(pods),
        started_at=starts[-1][0],
        ended_at=None,
        ready_at=now if is_ready else None,
        source=RolloutSource.REVISION if known else RolloutSource.OBSERVED,
    )
    if coming is not None:
        yield Rollout(
            key=observation.key,
            image=observation.image,
            digests=running_digests(observation),
            started_at=max(coming, starts[-1][0]),
            ended_at=None,
            ready_at=None,
            source=RolloutSource.REVISION if coming < now else RolloutSource.OBSERVED,
            unfinished=True,
        )


def _running_image(revisions: Iterable[Revision], observation: Observation) -> str:
    """The image that runs, as the template names it whose revision the ready pods have.

    An admission webhook may have rewritten the reference of the pods.
    """
    runs = running_image(None, observation)
    if runs == observation.image and has_ready_replica(observation):
        return runs
    images = {revision.template_hash: _image_in(revision, observation) for revision in revisions}
    ready = [run for run in other_pods(observation) if run.ready and images.get(run.revision or "")]
    if not ready:
        return runs
    most = max(ready, key=lambda run: run.ready)
    return images[most.revision or ""] or runs


def _image_in(revision: Revision, observation: Observation) -> str | None:
    """The image that a revision has for the container; None if it has no such container."""
    for container, role, image in revision.images:
        if (container, role) == (observation.container, observation.role):
            return image
    return None


def _up_to_last(used: list[_Start], runs: str) -> list[_Start]:
    """The starts up to the last of the image that runs, without later and abandoned ones."""
    last = max((i for i, (_, image) in enumerate(used) if image == runs), default=len(used))
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
