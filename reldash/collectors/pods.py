"""Counts the pods that run, by the object that owns them, image and image id.

Pods are folded as they are read, page by page: of a cluster with 20,000 pods only the counts are
kept in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from reldash.collectors.objects import ObjectError, check_containers, check_labels, check_text
from reldash.collectors.rollout_status import condition
from reldash.collectors.text import one_line
from reldash.collectors.wire import Container, Owner, PodSpec
from reldash.collectors.wire_pods import (
    ALL_LABELS,
    CONDITIONS,
    POD_LABELS,
    ContainerStatus,
    Pod,
)
from reldash.domain.model import ContainerRole

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
    """Pods that run one image for one container."""

    pods: int = 0
    ready: int = 0
    waiting: set[str] = field(default_factory=set)


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
    """A sink of pods (`lists.Sink`) that keeps their counts.

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
        check_containers(pod.spec)
        statuses = _statuses(pod)
        group = self._group(pod, owner)
        group.oldest_at = min(group.oldest_at, meta.creation_timestamp)
        group.pods += 1
        _count(group, pod, statuses)

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


def _statuses(pod: Pod) -> dict[str, ContainerStatus]:
    """The pod's containers' statuses by name; ObjectError if one makes no sense."""
    status = pod.status
    found = {each.name: each for each in status.container_statuses or ()}
    for each in status.init_container_statuses or ():
        found[each.name] = each
    for each in found.values():
        check_text(each.image_id or "", "an imageID")
    return found


def _count(group: PodGroup, pod: Pod, statuses: Mapping[str, ContainerStatus]) -> None:
    succeeded = pod.status.phase == "Succeeded"
    for container, role in containers_of(pod.spec):
        found = statuses.get(container.name)
        image_id = (found.image_id or "") if found is not None else ""
        key = (container.name, role, container.image, image_id)
        tally = group.images.get(key)
        if tally is None:
            tally = group.images[key] = Tally()
        tally.pods += 1
        if succeeded or (found is not None and found.ready):
            tally.ready += 1
        reason = _unscheduled(pod) if found is None else _waiting(found)
        if reason:
            tally.waiting.add(one_line(reason))


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
