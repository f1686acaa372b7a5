"""Started, not finished: a requested image with no ready replica, beside one that serves."""

from reldash.domain.builds.running import wanted_build
from reldash.domain.drift.reasons.flags import unfinished_words
from reldash.domain.rollouts.conditions import has_ready_replica
from reldash.domain.rollouts.running_image import has_not_begun, other_pods
from reldash.domain.workloads.observations import Observation


def unfinished_version(observation: Observation) -> str:
    """The requested version, if it was started and not finished; else "".

    It has begun, none of its replicas is ready, and those of another image or build are. So it is
    not what runs.
    """
    if not observation.running or observation.wanted == 0 or has_ready_replica(observation):
        return ""
    if has_not_begun(observation) or not any(run.ready for run in other_pods(observation)):
        return ""
    return wanted_build(observation).version


def with_unfinished(observation: Observation, reason: str) -> str:
    """A reason for which a rollout does not go on, after the version that it is about."""
    version = unfinished_version(observation)
    return unfinished_words(version, reason) if version else reason
