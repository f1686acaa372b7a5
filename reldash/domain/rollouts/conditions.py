"""Conditions of a container in one read, and since when each has held in every read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reldash.domain.builds.canary import stable_runs
from reldash.domain.builds.rewritten import requested_reference
from reldash.domain.images.references import Image, ImageError, parse_image, same_repository
from reldash.domain.workloads.observations import Observation, Progress, Running, WorkloadKind

# Waiting reasons of every container while its pod starts: no fault by themselves.
_STARTING = frozenset({"ContainerCreating", "PodInitializing"})


def carry(previous: Observation | None, current: Observation) -> Observation:
    """Carry over from the previous read since when each condition has held.

    A workload that was deleted and created again starts anew. A rollout that overtakes another is
    a new one: a workload deployed every ten minutes is not stuck after thirty.

    Args:
        previous: the same container in the last successful read of its cluster; None if it was
            not in it, or there was none.
        current: as just read; its `rolling_since`, `degraded_since`, `differs_since` and
            `differs_reads` are ignored.

    Returns:
        The current observation with these four fields set.
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
        return current  # true of most, and copying 40 000 of them takes a while
    return replace(
        current,
        rolling_since=rolling_since,
        degraded_since=degraded_since,
        differs_since=differs_since,
        differs_reads=differs_reads,
    )


def is_rolling(observation: Observation) -> bool:
    """Whether the controller reports a rollout to another revision."""
    return observation.status.progress is Progress.PROGRESSING


def is_short_of_ready(observation: Observation) -> bool:
    """Whether fewer replicas are ready than wanted, or a container waits for a bad reason.

    With zero wanted replicas none is missing. A CronJob wants no number of replicas, so that only
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
    """Whether live pods run another image than the workload requests, with no rollout under way.

    False if pods could not be read, and for CronJobs: their newest Job keeps the template it
    was made from until the next run.
    """
    if (
        observation.running is None
        or observation.wanted == 0
        or observation.kind is WorkloadKind.CRON_JOB
        or observation.status.progress is not Progress.COMPLETE
    ):
        return False
    return any(
        _is_other_image(observation.image, requested_reference(observation.image, running))
        for running in stable_runs(observation)
    )


def running_digests(observation: Observation) -> tuple[str, ...]:
    """The distinct image ids of live pods that run the requested image, as reported, sorted."""
    return image_ids(requested_pods(observation))


def image_ids(runs: Iterable[Running]) -> tuple[str, ...]:
    """The distinct image ids that pods report, sorted."""
    return tuple(sorted({run.image_id for run in runs if run.image_id}))


def has_ready_replica(observation: Observation) -> bool:
    """Whether the requested image is ready enough to count as promoted.

    One ready replica is enough. If pods could not be read, a rollout that the controller reports
    as complete counts. A CronJob has no replicas that could be ready: it counts once a Job of the
    requested image has pulled it, or at once if no pod of its Jobs is left, unless suspended.
    """
    if observation.kind is WorkloadKind.CRON_JOB:
        pulled = any(run.image_id or run.ready for run in requested_pods(observation))
        return observation.wanted != 0 and (pulled or not observation.running)
    if observation.running is None:
        return observation.ready > 0 and observation.status.progress is Progress.COMPLETE
    return any(running.ready > 0 for running in requested_pods(observation))


def _same_rollout(previous: Observation, current: Observation) -> bool:
    """Whether both reads saw the workload at, or moving to, the same revision."""
    return (previous.image, previous.revision, _candidate_image(previous)) == (
        current.image,
        current.revision,
        _candidate_image(current),
    )


def _candidate_image(observation: Observation) -> str:
    return observation.candidate.image if observation.candidate is not None else ""


def _is_other_image(wanted: str, found: str) -> bool:
    """Whether a pod's image is certainly another than the template's.

    Admission webhooks rewrite pods: to a mirror's registry, or a tag to its digest. Neither makes
    it another image.
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


def requested_pods(observation: Observation) -> Sequence[Running]:
    """The live pods of the requested image.

    They are the pods of the revision that the controller moves to, if they have that image or an
    admission webhook rewrote it: while the template has moved alone, the newest revision is still
    that of the old image. Of an Argo Rollout with a candidate they are the stable ones.
    """
    if observation.candidate is not None:
        return stable_runs(observation)
    return [
        run
        for run in observation.running or ()
        if run.current is not False
        and (
            requested_reference(observation.image, run) == observation.image
            # Another image in a finished rollout: somebody changed the pods (`spec_differs`).
            or (run.current is True and observation.status.progress is Progress.COMPLETE)
        )
    ]
