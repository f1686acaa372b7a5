"""What one read says of a container's condition, and since when every read has said so."""

from collections.abc import Sequence
from dataclasses import replace

from reldash.domain.builds.canary import stable_runs
from reldash.domain.images.references import Image, ImageError, parse_image, same_repository
from reldash.domain.workloads.observations import Observation, Progress, Running, WorkloadKind

# What every container waits for while its pod starts: no fault by itself.
_STARTING = frozenset({"ContainerCreating", "PodInitializing"})


def carry(previous: Observation | None, current: Observation) -> Observation:
    """The current observation, with since when each of its conditions has been seen.

    Args:
        previous: the same container as the last good read of its cluster saw it; None if it did
            not, or there was none.
        current: as just read; its `rolling_since`, `degraded_since`, `differs_since` and
            `differs_reads` are not looked at.

    A workload that was deleted and made anew begins anew. A rollout that overtakes another is a
    new one: what is deployed every ten minutes is not stuck after thirty.
    """
    if previous is not None and previous.uid != current.uid:
        previous = None
    same = previous if previous is not None and _same_rollout(previous, current) else None
    at = current.observed_at
    rolling_since = degraded_since = differs_since = None
    differs_reads = 0
    if is_rolling(current):
        rolling_since = (same and same.rolling_since) or at
    if is_short_of_ready(current):
        degraded_since = (previous and previous.degraded_since) or at
    if differs_from_spec(current):
        differs_since = (same and same.differs_since) or at
        differs_reads = (same.differs_reads if same else 0) + 1
    carried = (rolling_since, degraded_since, differs_since, differs_reads)
    if carried == (
        current.rolling_since,
        current.degraded_since,
        current.differs_since,
        current.differs_reads,
    ):
        return current  # as most are: nothing holds, and copying 40 000 of them takes a while
    return replace(
        current,
        rolling_since=rolling_since,
        degraded_since=degraded_since,
        differs_since=differs_since,
        differs_reads=differs_reads,
    )


def is_rolling(observation: Observation) -> bool:
    """Whether the controller says that it is moving to another revision."""
    return observation.status.progress is Progress.PROGRESSING


def is_short_of_ready(observation: Observation) -> bool:
    """Whether fewer replicas are ready than wanted, or a container waits for a bad reason.

    Nothing is short of zero wanted replicas. A CronJob wants no number of replicas, so that only
    its pods' waiting reasons (ImagePullBackOff ...) count.
    """
    if observation.wanted == 0:
        return False
    if observation.wanted is not None and observation.ready < observation.wanted:
        return True
    return any(
        reason not in _STARTING
        for running in observation.running or ()
        for reason in running.waiting
    )


def differs_from_spec(observation: Observation) -> bool:
    """Whether live pods run another image than the workload asks for, with no rollout under way.

    False where pods could not be read, and for CronJobs: their newest Job keeps the template it
    was made from until the next run.
    """
    if (
        observation.running is None
        or observation.wanted == 0
        or observation.kind is WorkloadKind.CRON_JOB
        or observation.status.progress is not Progress.COMPLETE
    ):
        return False
    return any(_is_other_image(observation.image, running.image) for running in observation.running)


def running_digests(observation: Observation) -> tuple[str, ...]:
    """The image ids of the current revision's live pods, as reported, sorted, each once."""
    return tuple(sorted({r.image_id for r in _current_pods(observation) if r.image_id}))


def has_ready_replica(observation: Observation) -> bool:
    """Whether the wanted image has come so far that a promotion counts.

    One ready replica is enough. Where pods could not be read, the controller's word is taken
    once it says that the rollout is complete. A CronJob has no replicas that could be ready: it
    counts unless it is suspended.
    """
    if observation.kind is WorkloadKind.CRON_JOB:
        return observation.wanted != 0
    if observation.running is None:
        return observation.ready > 0 and observation.status.progress is Progress.COMPLETE
    return any(running.ready > 0 for running in _current_pods(observation))


def _same_rollout(previous: Observation, current: Observation) -> bool:
    """Whether both reads saw the workload on its way to, or at, the same revision."""
    return (previous.image, previous.revision, _on_its_way(previous)) == (
        current.image,
        current.revision,
        _on_its_way(current),
    )


def _on_its_way(observation: Observation) -> str:
    return observation.candidate.image if observation.candidate is not None else ""


def _is_other_image(wanted: str, found: str) -> bool:
    """Whether a pod's image is surely another one than the template's.

    Admission webhooks rewrite pods: to a mirror's registry, or a tag to its digest. Neither is
    another image.
    """
    if wanted == found:
        return False
    try:
        a, b = parse_image(wanted), parse_image(found)
    except ImageError:
        return True
    return not same_repository(a.name, b.name) or _parts_differ(a, b)


def _parts_differ(a: Image, b: Image) -> bool:
    if a.digest and b.digest:
        return a.digest != b.digest
    return bool(a.tag and b.tag and a.tag != b.tag)


def _current_pods(observation: Observation) -> Sequence[Running]:
    """The live pods of the image that the observation is about.

    These are the pods of the revision the controller moves to; of an Argo Rollout with a
    candidate, which is that revision, they are the others.
    """
    if observation.candidate is not None:
        return stable_runs(observation)
    return [running for running in observation.running or () if running.current is not False]
