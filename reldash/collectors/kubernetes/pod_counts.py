"""Counts the pods that run, by the object that owns them, image and image id.

Pods are folded as they are read, page by page: of a cluster with 20,000 pods only the counts are
kept in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.object_checks import (
    ObjectError,
    check_containers,
    check_labels,
    check_object,
    check_text,
)
from reldash.collectors.kubernetes.rollout_status import condition
from reldash.collectors.kubernetes.wire.common import Container, Owner, PodSpec
from reldash.collectors.kubernetes.wire.pods import (
    ALL_LABELS,
    CONDITIONS,
    POD_LABELS,
    ContainerStatus,
    Pod,
)
from reldash.domain.workloads.observations import ContainerRole

# The labels that say a pod's revision, by the kind of its owner.
DEPLOYMENT_HASH: Final = "pod-template-hash"
ROLLOUT_HASH: Final = "rollouts-pod-template-hash"
CONTROLLER_HASH: Final = "controller-revision-hash"

_FINISHED: Final = frozenset({"Succeeded", "Failed"})
_OWNERS: Final = {
    "ReplicaSet": "apps/",
    "StatefulSet": "apps/",
    "DaemonSet": "apps/",
    "Job": "batch/",
}
_ONE_REVISION: Final = frozenset({"ReplicaSet", "Job"})  # all of their pods are of one template


@dataclass(slots=True)
class Tally:
    """Pods that run one image for one container, and what those wait for that wait."""

    pods: int = 0
    ready: int = 0
    waiting: frozenset[str] = frozenset()


ImageKey = tuple[str, ContainerRole, str, str]  # container, role, image, image id


@dataclass(slots=True)
class PodGroup:
    """The pods that run of one owner and one revision.

    `labels` are those of the first pod seen; `oldest_at` is when the oldest was created.
    """

    namespace: str
    owner_kind: str
    owner_name: str
    owner_uid: str
    revision: str | None
    labels: Mapping[str, str]
    oldest_at: datetime
    pods: int = 0
    images: dict[ImageKey, Tally] = field(default_factory=dict)


class PodCensus:
    """A sink of pods (`paged_list.Sink`) that keeps their counts.

    Only live pods count: not finished, evicted or terminating. A Job's pods count after they
    have finished, too, since between two runs they are all that says what a CronJob runs; one
    that succeeded counts as ready.
    """

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str | None], PodGroup] = {}
        self._of_owner: dict[str, PodGroup] = {}

    def add(self, pod: Pod, /) -> None:
        """Count one pod; ObjectError if it makes no sense."""
        meta = pod.metadata
        owner = meta.controller()
        if owner is None or not owner.api_version.startswith(_OWNERS.get(owner.kind, "-")):
            return
        if meta.deletion_timestamp is not None or pod.status.reason == "Evicted":
            return
        if pod.status.phase in _FINISHED and owner.kind != "Job":
            return
        group = self._group(pod, owner)
        found = _found(pod, group)
        group.oldest_at = min(group.oldest_at, meta.creation_timestamp)
        group.pods += 1
        succeeded = pod.status.phase == "Succeeded"
        for key, status in found:
            tally = group.images.get(key)
            if tally is None:
                tally = group.images[key] = Tally()
            tally.pods += 1
            if succeeded or (status is not None and status.ready):
                tally.ready += 1
            reason = _unscheduled(pod) if status is None else _waiting(status)
            if reason:
                tally.waiting |= {one_line(reason)}

    def _group(self, pod: Pod, owner: Owner) -> PodGroup:
        """The group of a pod, made if it is the first; ObjectError if its labels make no sense."""
        meta = pod.metadata
        group = self._of_owner.get(owner.uid)
        if group is not None and owner.kind in _ONE_REVISION:
            return group
        try:
            few = POD_LABELS.decode(meta.labels)
            revision = few.deployment_hash or few.rollout_hash or few.controller_hash
            group = self.groups.get((owner.uid, revision))
            if group is not None:
                return group
            labels = ALL_LABELS.decode(meta.labels)
        except msgspec.MsgspecError as error:
            raise ObjectError(f"labels: {error}") from error
        check_object(meta)
        check_labels(labels)
        check_text(owner.uid, "the uid of its owner")
        group = PodGroup(
            meta.namespace,
            owner.kind,
            owner.name,
            owner.uid,
            revision,
            labels,
            meta.creation_timestamp,
        )
        self.groups[owner.uid, revision] = self._of_owner[owner.uid] = group
        return group

    def absorb(self, other: "PodCensus") -> None:
        """Add what another census counted in other namespaces."""
        self.groups.update(other.groups)


def _found(pod: Pod, group: PodGroup) -> list[tuple[ImageKey, ContainerStatus | None]]:
    """What each container of the pod runs, with its status; ObjectError if it makes no sense.

    What an earlier pod of the group ran, too, made sense then.
    """
    status = pod.status
    statuses = {each.name: each for each in status.container_statuses or ()}
    for each in status.init_container_statuses or ():
        statuses[each.name] = each
    found: list[tuple[ImageKey, ContainerStatus | None]] = []
    known = True
    for container, role in containers_of(pod.spec):
        name = container.name
        its = statuses.get(name)
        key = (name, role, container.image, (its.image_id or "") if its is not None else "")
        known = known and key in group.images
        found.append((key, its))
    if not known or not found:
        check_containers(pod.spec)
        for (*_, image_id), _ in found:
            check_text(image_id, "an imageID")
    return found


def containers_of(spec: PodSpec) -> list[tuple[Container, ContainerRole]]:
    """All containers with their roles: main ones first, each in the order of its list."""
    found = [(container, ContainerRole.MAIN) for container in spec.containers]
    for container in spec.init_containers or ():
        always = container.restart_policy == "Always"
        found.append((container, ContainerRole.SIDECAR if always else ContainerRole.INIT))
    return found


def _waiting(status: ContainerStatus) -> str | None:
    state = status.state
    return state.waiting.reason if state is not None and state.waiting is not None else None


def _unscheduled(pod: Pod) -> str | None:
    """Why the pod has no node yet: such a pod has no container statuses to say it."""
    try:
        scheduled = condition(CONDITIONS.decode(pod.status.conditions), "PodScheduled")
    except msgspec.MsgspecError:
        return None
    return scheduled.reason if scheduled is not None and scheduled.status == "False" else None
