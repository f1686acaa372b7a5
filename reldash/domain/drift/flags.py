"""The flags that one place gives by itself; `flags_among_places` has those of several together.

Each rule returns the sentence that says why, or "" where the flag does not apply. Durations end
when the place was last observed: a condition that was not observed cannot have lasted.
"""

from collections.abc import Mapping
from types import MappingProxyType

from reldash.domain.builds.canary import stable_runs
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.reasons import flags as reasons
from reldash.domain.drift.registry_info import NO_INFO, RegistryInfo
from reldash.domain.drift.states import Flag
from reldash.domain.drift.unfinished import with_unfinished
from reldash.domain.fleet.rules import CollectRules, Environment
from reldash.domain.images.references import ImageError, parse_image
from reldash.domain.versions.moving_tags import is_moving
from reldash.domain.workloads.observations import Observation, Progress, RolloutStatus, WorkloadKind

# A container that waits for one of these does not come up by waiting; what starts also waits,
# for ContainerCreating or PodInitializing. Words of the kubelet: pkg/kubelet/images/types.go,
# pkg/kubelet/kuberuntime and pkg/kubelet/container/sync_result.go.
FAILING = frozenset(
    {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName",
        "PostStartHookError",
        "RegistryUnavailable",
        "RunContainerError",
    }
)

NO_FLAGS: Mapping[Flag, str] = MappingProxyType({})
_POSITION = {flag: position for position, flag in enumerate(Flag)}


def stuck(observation: Observation, rules: CollectRules) -> str:
    """The controller's deadline is exceeded, it aborted, or it progresses for too long."""
    if observation.status.progress is Progress.STUCK:
        return with_unfinished(observation, observation.status.message or reasons.STUCK)
    since = observation.rolling_since
    if observation.status.progress is not Progress.PROGRESSING or since is None:
        return ""
    lasted = observation.observed_at - since
    if lasted <= rules.rolling_max:
        return ""
    words = reasons.rolling_too_long_words(lasted, rules.rolling_max)
    return with_unfinished(observation, words)


def rolling(observation: Observation, rules: CollectRules) -> str:
    """The controller is progressing, and not for too long: two versions are then no drift."""
    if observation.status.progress is not Progress.PROGRESSING or stuck(observation, rules):
        return ""
    return observation.status.message or reasons.ROLLING


def partial(observation: Observation) -> str:
    """A partition, OnDelete or a pause holds the rollout between two revisions."""
    if observation.status.progress is not Progress.HELD:
        return ""
    return observation.status.message or reasons.PARTIAL


def degraded(observation: Observation, rules: CollectRules) -> str:
    """A container waits for a reason of `FAILING`, or replicas have been missing for too long.

    The former counts at once, since the kubelet has tried and failed; the latter only after
    `degraded_after`, since every start or move of a pod has the same symptoms.
    """
    if observation.wanted == 0:
        return ""
    waiting = {reason for run in observation.running or () for reason in run.waiting}
    if failing := sorted(waiting & FAILING):
        return with_unfinished(observation, reasons.failing_words(failing))
    since = observation.degraded_since
    if since is None or observation.observed_at - since <= rules.degraded_after:
        return ""
    return reasons.short_of_replicas_words(
        observation.ready, observation.wanted, observation.observed_at - since
    )


def idle(observation: Observation) -> str:
    """Scaled to zero, or a suspended CronJob: it runs nothing, and decides nothing."""
    if observation.wanted != 0:
        return ""
    if observation.kind is WorkloadKind.CRON_JOB:
        return reasons.SUSPENDED
    return reasons.SCALED_TO_ZERO


def unpinned(observation: Observation, environment: Environment) -> str:
    """A moving tag, or none, in an environment that must be pinned; a digest always pins."""
    if not environment.pinned:
        return ""
    try:
        image = parse_image(observation.image)
    except ImageError:
        return ""  # the kubelet refuses it, so that it cannot move
    if image.pinned or not is_moving(image.tag):
        return ""
    return reasons.unpinned_words(environment.name, image.tag)


def spec_differs(observation: Observation) -> str:
    """Live pods run another image than the template's, in two reads, with no rollout under way."""
    under_way = observation.status.progress in (Progress.PROGRESSING, Progress.STUCK)
    if observation.differs_reads < 2 or under_way:
        return ""
    images = sorted({run.image for run in stable_runs(observation)} - {observation.image})
    return reasons.spec_differs_words(observation.image, images)


def tag_moved(registry_info: RegistryInfo) -> str:
    """A tag that the place runs means several builds; see `builds.moved_tags`."""
    return reasons.tag_moved_words(registry_info.moved) if registry_info.moved else ""


def unchecked(observation: Observation, registry_info: RegistryInfo = NO_INFO) -> str:
    """Pods or registry could not be read: names the flags that could not be evaluated."""
    if observation.wanted == 0:
        return ""
    if observation.running is not None:
        is_past = observation.status.progress is Progress.NOT_KEPT
        return (is_past and observation.status.message) or registry_info.unchecked
    if observation.status.progress is Progress.NOT_KEPT:
        return reasons.UNCHECKED_PAST
    return reasons.UNCHECKED_PODS


def place_flags(
    observation: Observation,
    running: RunningBuilds,
    environment: Environment,
    rules: CollectRules,
    registry_info: RegistryInfo,
) -> Mapping[Flag, str]:
    """All flags that a place gives by itself but `stale`, each with its sentence."""
    if _is_quiet(observation, running, environment, registry_info):
        return NO_FLAGS
    found = {
        Flag.TAG_MOVED: tag_moved(registry_info),
        Flag.SPEC_DIFFERS: spec_differs(observation),
        Flag.STUCK: stuck(observation, rules),
        Flag.DEGRADED: degraded(observation, rules),
        Flag.PARTIAL: partial(observation),
        Flag.UNPINNED: unpinned(observation, environment),
        Flag.UNCHECKED: unchecked(observation, registry_info),
        Flag.ROLLING: rolling(observation, rules),
        Flag.IDLE: idle(observation),
    }
    return {flag: reason for flag, reason in found.items() if reason} or NO_FLAGS


def in_order(found: Mapping[Flag, str]) -> Mapping[Flag, str]:
    """Flags with their sentences, in the enum's order."""
    if len(found) < 2:
        return found or NO_FLAGS
    return {flag: found[flag] for flag in sorted(found, key=_POSITION.__getitem__)}


def _is_uneventful(status: RolloutStatus) -> bool:
    """Whether no rollout is under way, as far as is known."""
    if status.progress is Progress.NOT_KEPT:
        return not status.message
    return status.progress is Progress.COMPLETE


def _is_quiet(
    observation: Observation,
    running: RunningBuilds,
    environment: Environment,
    registry_info: RegistryInfo,
) -> bool:
    """Whether no rule can apply: true of most places, so this saves most of the time."""
    return (
        _is_uneventful(observation.status)
        and observation.degraded_since is None
        and observation.differs_reads == 0
        and observation.wanted != 0
        and not environment.pinned
        and registry_info.moved is None
        and not registry_info.unchecked
        and len(running.builds) == 1
        and observation.running is not None
        and not any(run.waiting for run in observation.running)
    )
