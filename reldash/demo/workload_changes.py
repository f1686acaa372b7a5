"""Changes that a scenario makes to one workload after setting it up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from reldash.demo.controllers import fail_rollout, stop_halfway
from reldash.demo.manifests import manifest_of
from reldash.demo.workload import Hold, PodState, Workload

WorkloadChange: TypeAlias = Callable[[Workload, datetime], None]
PUSHED_AGAIN = "pushed again"  # the build that took another build's tag


def push_same_tag_again(workload: Workload, at: datetime) -> None:
    """Let a pod that started later run another build of the same tag."""
    pod = workload.pods[0]
    repository = pod.image_id.partition("@")[0]
    pod.image_id = f"{repository}@{manifest_of(_path(repository), PUSHED_AGAIN).digest}"
    pod.created_at = at - timedelta(days=2)


def report_platforms(build: str) -> WorkloadChange:
    """Let nodes report the digest of their platform's image, not of the index they pulled."""

    def report(workload: Workload, _at: datetime) -> None:
        for pod in workload.pods:
            repository = pod.image_id.partition("@")[0]
            image = manifest_of(_path(repository), build).children[0]
            pod.image_id = f"{repository}@{image.digest}"

    return report


def _path(repository: str) -> str:
    """Return the repository without its registry."""
    return repository.partition("/")[2]


def edit_pod(workload: Workload, at: datetime) -> None:
    """Edit a pod by hand to run the earlier image; its ReplicaSet ignores that."""
    pod, earlier = workload.pods[0], workload.templates[0]
    pod.image, pod.image_id = earlier.image, earlier.image_id
    pod.created_at = at - timedelta(hours=30)


def crash(workload: Workload, at: datetime) -> None:
    """Let one pod crash-loop, outside any rollout."""
    workload.pods[0].state = PodState.CRASHING
    workload.pods[0].created_at = at - timedelta(hours=5)


def fail_image_pull(workload: Workload, at: datetime) -> None:
    """Fail the last rollout: its image was never pushed, the progress deadline has passed."""
    fail_rollout(workload, PodState.PULL_FAILED, at - timedelta(hours=3), hold=Hold.DEADLINE)


def scale_to_zero(workload: Workload, _at: datetime) -> None:
    """Scale the workload to zero replicas."""
    workload.replicas = 0
    workload.pods = []


def suspend(workload: Workload, _at: datetime) -> None:
    """Suspend a CronJob."""
    workload.suspended = True


def leave_dead_pods(workload: Workload, at: datetime) -> None:
    """Leave an evicted and a terminating pod, both of the earlier version."""
    old = workload.templates[0]
    workload.add_pod(old, at - timedelta(days=6), PodState.EVICTED)
    leaving = workload.add_pod(old, at - timedelta(days=6), PodState.READY)
    leaving.terminating_at = at


def stop_rollout(hold: Hold, updated: int) -> WorkloadChange:
    """Stop the last rollout 20 hours ago, with `updated` pods of the new revision."""
    return lambda workload, at: stop_halfway(workload, updated, hold, at - timedelta(hours=20))
