"""Counts live pods by owner, revision, image and image id.

Pods are counted as they are read, page by page: of a cluster with 20,000 pods only the counts are
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
from reldash.collectors.kubernetes.pod_extras import extras_of, has_extras
from reldash.collectors.kubernetes.rollout_status import find_condition
from reldash.collectors.kubernetes.wire.common import ContainerSpec, OwnerReference, PodSpec
from reldash.collectors.kubernetes.wire.pods import (
    ALL_LABELS,
    CONDITIONS,
    POD_LABELS,
    ContainerStatus,
    Pod,
)
from reldash.domain.workloads.observations import ContainerRole
from reldash.domain.workloads.pod_containers import PodRole

# The labels that hold a pod's revision, by the kind of its owner.
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
class ImageCount:
    """Number of pods that run one image in one container, with reasons of those waiting."""

    pods: int = 0
    ready: int = 0
    waiting: frozenset[str] = frozenset()
    finished: int = 0  # of Jobs: those of `pods` that have ended


ImageKey = tuple[str, ContainerRole, str, str]  # container, role, image, image id
ExtraKey = tuple[str, PodRole, str, str]  # the same of ephemeral containers and volumes


@dataclass(slots=True)
class PodGroup:
    """The live pods of one owner and one revision.

    The owner is the pods' controller, of any kind, or the pod itself if nothing controls it.
    `labels` are those of the first pod read; `oldest_at` is when the oldest was created.
    """

    namespace: str
    owner_kind: str
    owner_name: str
    owner_uid: str
    revision: str | None
    labels: Mapping[str, str]
    oldest_at: datetime
    pods: int = 0
    images: dict[ImageKey, ImageCount] = field(default_factory=dict)
    extras: dict[ExtraKey, ImageCount] = field(default_factory=dict)


class PodCounts:
    """A sink of pods (`paged_list.Sink`) that keeps their counts.

    Only live pods count: not finished, evicted or terminating. A Job's pods also count after they
    have finished, since between two runs only they show what a CronJob runs; one that succeeded
    counts as ready.
    """

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str | None], PodGroup] = {}
        self._of_owner: dict[str, PodGroup] = {}

    def add(self, pod: Pod, /) -> None:
        """Count one pod; ObjectError if it is invalid."""
        meta = pod.metadata
        owner = meta.controller()
        if owner is None or not owner.api_version.startswith(_OWNERS.get(owner.kind, "-")):
            owner = _other_owner(pod, owner)
        if meta.deletion_timestamp is not None or pod.status.reason == "Evicted":
            return
        finished = pod.status.phase in _FINISHED
        if finished and owner.kind != "Job":
            return
        group = self._group(pod, owner)
        found = _images_of(pod, group)
        group.oldest_at = min(group.oldest_at, meta.creation_timestamp)
        group.pods += 1
        succeeded = pod.status.phase == "Succeeded"
        for key, status in found:
            count = group.images.get(key)
            if count is None:
                count = group.images[key] = ImageCount()
            count.pods += 1
            if finished:
                count.finished += 1
            if succeeded or (status is not None and status.ready):
                count.ready += 1
            reason = _unscheduled(pod) if status is None else _waiting(status)
            if reason:
                count.waiting |= {one_line(reason)}
        if not finished and has_extras(pod.spec):
            for extra in extras_of(pod):
                count = group.extras.setdefault(
                    (extra.name, extra.role, *extra.image), ImageCount()
                )
                count.pods += 1
                count.ready += extra.runs

    def _group(self, pod: Pod, owner: OwnerReference) -> PodGroup:
        """The group of a pod, created if it is the first; ObjectError if its labels are invalid."""
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

    def merge(self, other: "PodCounts") -> None:
        """Add the counts of another sink, made in other namespaces."""
        self.groups.update(other.groups)


def _images_of(pod: Pod, group: PodGroup) -> list[tuple[ImageKey, ContainerStatus | None]]:
    """The image of each container of the pod, with its status; ObjectError if it is invalid.

    Images that an earlier pod of the group has were checked then.
    """
    status = pod.status
    statuses = {each.name: each for each in status.container_statuses or ()}
    for each in status.init_container_statuses or ():
        statuses[each.name] = each
    found: list[tuple[ImageKey, ContainerStatus | None]] = []
    known = True
    for container, role in containers_of(pod.spec):
        name = container.name
        own_status = statuses.get(name)
        image_id = (own_status.image_id or "") if own_status is not None else ""
        key = (name, role, image_of(container), image_id)
        known = known and key in group.images
        found.append((key, own_status))
    if not known or not found:
        check_containers(pod.spec)
        for (*_, checked), _ in found:
            check_text(checked, "an imageID")
    return found


def containers_of(spec: PodSpec) -> list[tuple[ContainerSpec, ContainerRole]]:
    """All containers with their roles: main ones first, then in the order of their lists."""
    found = [(container, ContainerRole.MAIN) for container in spec.containers]
    for container in spec.init_containers or ():
        always = container.restart_policy == "Always"
        found.append((container, ContainerRole.SIDECAR if always else ContainerRole.INIT))
    return found


def image_of(container: ContainerSpec) -> str:
    """The image reference of a container; "" if it is blank."""
    return container.image.strip() if container.image else ""


def _other_owner(pod: Pod, owner: OwnerReference | None) -> OwnerReference:
    """What the pods of no collected workload are grouped by: their controller, or the pod itself.

    The copies of a static pod on several nodes are named after the node, and are one group.
    """
    meta = pod.metadata
    if owner is None:
        return OwnerReference("Pod", meta.name, meta.uid)
    if owner.kind == "Node":
        name = meta.name.removesuffix(f"-{owner.name}")
        return OwnerReference("Node", name, f"Node/{meta.namespace}/{name}")
    return owner


def _waiting(status: ContainerStatus) -> str | None:
    state = status.state
    return state.waiting.reason if state is not None and state.waiting is not None else None


def _unscheduled(pod: Pod) -> str | None:
    """Why the pod has no node yet: such a pod has no container statuses with a reason."""
    try:
        scheduled = find_condition(CONDITIONS.decode(pod.status.conditions), "PodScheduled")
    except msgspec.MsgspecError:
        return None
    return scheduled.reason if scheduled is not None and scheduled.status == "False" else None
