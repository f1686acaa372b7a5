"""Flags that one place alone gives; each rule says why in one sentence, or "" where it is not so.

Times are measured to when the place was last observed: what was not read cannot have lasted.
"""

from collections.abc import Mapping
from types import MappingProxyType

from reldash.domain.builds.canary import stable_runs
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.registry_info import NOTHING, RegistryInfo
from reldash.domain.drift.states import Flag
from reldash.domain.fleet.rules import CollectRules, Environment
from reldash.domain.images.references import ImageError, parse_image
from reldash.domain.phrases import duration_words, listed
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


def stuck(observation: Observation, rules: CollectRules) -> str:
    """The controller's deadline is exceeded, it aborted, or it progresses for too long."""
    if observation.status.progress is Progress.STUCK:
        return observation.status.message or "the rollout does not come to an end"
    since = observation.rolling_since
    if observation.status.progress is not Progress.PROGRESSING or since is None:
        return ""
    lasted = observation.observed_at - since
    if lasted <= rules.rolling_max:
        return ""
    most = duration_words(rules.rolling_max)
    return f"the rollout has been under way for {duration_words(lasted)}, longer than {most}"


def rolling(observation: Observation, rules: CollectRules) -> str:
    """The controller is progressing, and not for too long: two versions are then no drift."""
    if observation.status.progress is not Progress.PROGRESSING or stuck(observation, rules):
        return ""
    return observation.status.message or "a rollout is under way"


def partial(observation: Observation) -> str:
    """A partition, OnDelete or a pause holds it between two revisions."""
    if observation.status.progress is not Progress.HELD:
        return ""
    return observation.status.message or "the rollout is held between two revisions"


def degraded(observation: Observation, rules: CollectRules) -> str:
    """A container waits for a reason of `FAILING`, or it has been short of replicas for too long.

    The former counts at once, since the kubelet has tried and failed; the latter only after
    `degraded_after`, since every start and every move of a pod looks like it.
    """
    if observation.wanted == 0:
        return ""
    reasons = {reason for run in observation.running or () for reason in run.waiting}
    if failing := sorted(reasons & FAILING):
        return f"a container waits in {listed(failing)}"
    since = observation.degraded_since
    if since is None or observation.observed_at - since <= rules.degraded_after:
        return ""
    lasted = duration_words(observation.observed_at - since)
    if observation.wanted is None:
        return f"its pods have not come up for {lasted}"
    return f"{observation.ready} of {observation.wanted} replicas ready for {lasted}"


def idle(observation: Observation) -> str:
    """It is scaled to zero, or a suspended CronJob: it runs nothing, and decides nothing."""
    if observation.wanted != 0:
        return ""
    return "suspended" if observation.kind is WorkloadKind.CRON_JOB else "scaled to zero"


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
    tag = f"the moving tag {image.tag}" if image.tag else "no tag"
    return f"{environment.name} must be pinned, and its image has {tag}"


def spec_differs(observation: Observation) -> str:
    """Live pods run another image than the template's, in two reads, with no rollout under way."""
    under_way = observation.status.progress in (Progress.PROGRESSING, Progress.STUCK)
    if observation.differs_reads < 2 or under_way:
        return ""
    images = sorted({run.image for run in stable_runs(observation)} - {observation.image})
    found = listed(images) or "another image"
    return f"it asks for {observation.image} and runs {found}"


def unchecked(observation: Observation, told: RegistryInfo = NOTHING) -> str:
    """Pods or registry could not be read: names the flags that were therefore not looked for."""
    if observation.wanted == 0:
        return ""
    if observation.running is not None:
        is_past = observation.status.progress is Progress.NOT_KEPT
        return (is_past and observation.status.message) or told.unchecked
    if observation.status.progress is Progress.NOT_KEPT:
        return "its digest is not known of then, so tag_moved and rebuilt were not looked for"
    return (
        "its pods were not read, so tag_moved, rebuilt, spec_differs and what containers wait for"
        " (degraded) were not looked for"
    )


def place_flags(
    observation: Observation,
    runs: RunningBuilds,
    environment: Environment,
    rules: CollectRules,
    told: RegistryInfo,
) -> Mapping[Flag, str]:
    """All flags that a place lately observed gives by itself, each with its sentence."""
    if _is_quiet(observation, runs, environment, told):
        return NO_FLAGS
    found = {
        Flag.TAG_MOVED: told.moved,
        Flag.SPEC_DIFFERS: spec_differs(observation),
        Flag.STUCK: stuck(observation, rules),
        Flag.DEGRADED: degraded(observation, rules),
        Flag.PARTIAL: partial(observation),
        Flag.UNPINNED: unpinned(observation, environment),
        Flag.UNCHECKED: unchecked(observation, told),
        Flag.ROLLING: rolling(observation, rules),
        Flag.IDLE: idle(observation),
    }
    return {flag: reason for flag, reason in found.items() if reason} or NO_FLAGS


def _is_uneventful(status: RolloutStatus) -> bool:
    """Whether nothing is under way, or nothing is known of it."""
    if status.progress is Progress.NOT_KEPT:
        return not status.message
    return status.progress is Progress.COMPLETE


def _is_quiet(
    observation: Observation, runs: RunningBuilds, environment: Environment, told: RegistryInfo
) -> bool:
    """Whether no rule can apply: true of most places, and asked first since there are so many."""
    return (
        _is_uneventful(observation.status)
        and observation.degraded_since is None
        and observation.differs_reads == 0
        and observation.wanted != 0
        and not environment.pinned
        and not told.moved
        and not told.unchecked
        and len(runs.builds) == 1
        and observation.running is not None
        and not any(run.waiting for run in observation.running)
    )
