"""Which pods belong to which workload: by UID, as Kubernetes itself decides.

Pods of a Deployment or Rollout name only their ReplicaSet, and reading all ReplicaSets costs
about six times as much as the Deployments. So the owner is derived from the pod list: a
ReplicaSet is named after its workload, "-" and the hash that its pods carry as a label
(pkg/controller/deployment/sync.go of kubernetes/kubernetes, rollout/sync.go of
argoproj/argo-rollouts), and the workload's selector must match. ReplicaSets are read for their
owner's UID only in doubt: when a pod is older than the workload that seems to own it, which was
then recreated or restored from a backup.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from reldash.collectors.kubernetes.permitted_lists import HasMeta
from reldash.collectors.kubernetes.pod_counts import DEPLOYMENT_HASH, ROLLOUT_HASH, PodGroup
from reldash.collectors.kubernetes.wire.common import LabelSelector, ObjectMeta, SelectorRequirement
from reldash.collectors.kubernetes.wire.workloads import ReplicaSet

T = TypeVar("T", bound=HasMeta)

_HASH_LABEL: Final = {"Deployment": DEPLOYMENT_HASH, "Rollout": ROLLOUT_HASH}


class PodOwners:
    """Finds the groups of pods that belong to a workload."""

    def __init__(self, groups: Iterable[PodGroup]) -> None:
        """Index the groups by owner."""
        self._by_uid: dict[str, list[PodGroup]] = defaultdict(list)
        self._by_name: dict[tuple[str, str, str], list[PodGroup]] = defaultdict(list)
        self._replica_sets: dict[str, ReplicaSet] = {}
        self._replica_sets_of: dict[str, list[ReplicaSet]] = defaultdict(list)
        self._trusting: set[tuple[str, str, str]] = set()
        for group in groups:
            self._by_uid[group.owner_uid].append(group)
            if group.owner_kind == "ReplicaSet":
                for kind, label in _HASH_LABEL.items():
                    if label in group.labels:
                        name = group.owner_name.removesuffix(f"-{group.labels[label]}")
                        self._by_name[kind, group.namespace, name].append(group)

    def learn(self, replica_sets: Iterable[ReplicaSet]) -> None:
        """Add ReplicaSets that were read: their pods are from now on assigned by UID."""
        for each in replica_sets:
            owner = each.metadata.controller()
            if each.metadata.uid not in self._replica_sets and owner is not None:
                self._replica_sets_of[owner.uid].append(each)
            self._replica_sets[each.metadata.uid] = each

    def trust(self, kind: str, meta: ObjectMeta) -> None:
        """Rely on names for this workload, since its ReplicaSets may not be read."""
        self._trusting.add((kind, meta.namespace, meta.name))

    def doubtful(
        self, kind: str, meta: ObjectMeta, selector: LabelSelector | None
    ) -> list[PodGroup]:
        """Groups that seem to be the workload's, but whose ReplicaSets must be read."""
        return [
            group
            for group in self._named(kind, meta)
            if group.oldest_at < meta.creation_timestamp
            and group.owner_uid not in self._replica_sets
            and selects(selector, group.labels)
        ]

    def owned(self, uid: str) -> list[PodGroup]:
        """Groups that this object (StatefulSet, DaemonSet, Job) owns."""
        return self._by_uid.get(uid, [])

    def of(self, kind: str, meta: ObjectMeta, selector: LabelSelector | None) -> list[PodGroup]:
        """Groups of a Deployment or Rollout, through its ReplicaSets."""
        trusting = (kind, meta.namespace, meta.name) in self._trusting
        return [
            group
            for group in self._named(kind, meta)
            if (
                self._owner_uid(group) == meta.uid
                or (
                    self._owner_uid(group) is None
                    and (trusting or group.oldest_at >= meta.creation_timestamp)
                )
            )
            and selects(selector, group.labels)
        ]

    def replica_sets(self, uid: str) -> list[ReplicaSet]:
        """Those ReplicaSets of a workload that were read."""
        return self._replica_sets_of.get(uid, [])

    def _named(self, kind: str, meta: ObjectMeta) -> list[PodGroup]:
        return self._by_name.get((kind, meta.namespace, meta.name), [])

    def _owner_uid(self, group: PodGroup) -> str | None:
        """UID of the workload that owns the group's ReplicaSet; "" if none, None if not read."""
        replica_set = self._replica_sets.get(group.owner_uid)
        if replica_set is None:
            return None
        owner = replica_set.metadata.controller()
        return owner.uid if owner is not None else ""


def by_controller(objects: Iterable[T]) -> dict[str, list[T]]:
    """The objects by the UID of their controller, oldest first; without those that have none."""
    found: dict[str, list[T]] = {}
    for each in sorted(objects, key=lambda o: (o.metadata.creation_timestamp, o.metadata.name)):
        owner = each.metadata.controller()
        if owner is not None:
            found.setdefault(owner.uid, []).append(each)
    return found


def selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches (LabelSelectorAsSelector of apimachinery); None matches."""
    if selector is None:
        return True
    if selector.match_labels is not None and not selector.match_labels.items() <= labels.items():
        return False
    return all(_meets(each, labels) for each in selector.match_expressions or ())


def _meets(requirement: SelectorRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value is not None and value in (requirement.values or ())
        case "NotIn":
            return value is None or value not in (requirement.values or ())
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False
