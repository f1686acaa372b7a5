"""The image that a container runs, while its workload may request another one.

A template moves before its pods do, and sometimes they never follow: a DaemonSet with OnDelete, a
paused Deployment, a CronJob before its next Job, a rollout whose pods do not become ready.
"""

from collections.abc import Sequence

from reldash.domain.builds.canary import stable_runs
from reldash.domain.builds.rewritten import pulled_digest
from reldash.domain.images.references import ImageError, parse_image, parse_image_id
from reldash.domain.rollouts.conditions import has_ready_replica, requested_pods
from reldash.domain.workloads.observations import (
    Observation,
    Progress,
    Rollout,
    RolloutSource,
    Running,
    WorkloadKind,
)


def running_image(open_: Rollout | None, observation: Observation) -> str:
    """The image that runs: the requested one once a replica of it was ready, else the one before.

    An image that is open already goes on, even if its pods have failed since. With zero wanted
    replicas the requested image counts: it is what would run.

    Args:
        open_: the interval of this container that has not ended; None if there is none.
        observation: as just read.
    """
    wanted = observation.image
    if (open_ is not None and open_.image == wanted) or has_ready_replica(observation):
        return wanted
    others = [run for run in other_pods(observation) if run.ready > 0]
    if others and open_ is not None and any(is_of(open_, run) for run in others):
        return open_.image
    # A reference that an admission webhook pinned to a digest does not say which tag it was.
    named = [run for run in others if _has_tag(run.image) or not _has_tag(wanted)]
    if named:
        return max(named, key=lambda run: run.ready).image
    if others and observation.kind is WorkloadKind.CRON_JOB:
        return wanted  # the newest Job runs a digest that the open interval never had
    if open_ is not None and has_run(open_) and observation.wanted != 0:
        return open_.image
    return wanted


def has_not_begun(observation: Observation) -> bool:
    """Whether the template has moved and nothing is moving its pods.

    A hold (OnDelete, a pause, a partition) or a CronJob that waits for its next Job, with no pod
    of the requested image.
    """
    waits = (
        observation.kind is WorkloadKind.CRON_JOB or observation.status.progress is Progress.HELD
    )
    return waits and not requested_pods(observation)


def has_run(rollout: Rollout) -> bool:
    """Whether a replica of an interval was ready; assumed of those from revisions."""
    return rollout.ready_at is not None or rollout.source is RolloutSource.REVISION


def pods_of(image: str, open_: Rollout | None, observation: Observation) -> Sequence[Running]:
    """The live pods of an image that runs, requested or not (see `running_image`)."""
    if image == observation.image:
        return requested_pods(observation)
    return [
        run
        for run in other_pods(observation)
        if run.image == image or (open_ is not None and open_.image == image and is_of(open_, run))
    ]


def is_of(rollout: Rollout, run: Running) -> bool:
    """Whether pods run the image of an interval: by its reference, or a digest seen in it."""
    if run.image == rollout.image:
        return True
    own = parse_image_id(pulled_digest(run))
    known = {digest.value for text in rollout.digests if (digest := parse_image_id(text))}
    return own is not None and own.value in known


def other_pods(observation: Observation) -> Sequence[Running]:
    """The live pods of other images than the requested one; no candidates."""
    own = requested_pods(observation)
    return [run for run in stable_runs(observation) if run not in own]


def _has_tag(reference: str) -> bool:
    try:
        return parse_image(reference).tag is not None
    except ImageError:
        return False
