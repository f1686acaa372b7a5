"""The current revision of a workload: the one its controller is rolling out to."""

import re
from collections.abc import Sequence
from typing import Final

from reldash.collectors.kubernetes.pod_counts import (
    CONTROLLER_HASH,
    DEPLOYMENT_HASH,
    PodGroup,
    containers_of,
    image_of,
)
from reldash.collectors.kubernetes.pod_owners import PodOwners
from reldash.collectors.kubernetes.rollout_status import find_condition
from reldash.collectors.kubernetes.wire.common import PodSpec
from reldash.collectors.kubernetes.wire.workloads import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    ReplicaSet,
)

_POD_GENERATION: Final = "pod-template-generation"
_QUOTED: Final = re.compile(r'"([^"]+)"')


def deployment_revision(
    deployment: Deployment, groups: Sequence[PodGroup], owners: PodOwners
) -> str | None:
    """The pod-template-hash of a Deployment's newest ReplicaSet; None if it cannot be determined.

    By the first of these that is conclusive: the ReplicaSet with the Deployment's own revision
    number, if ReplicaSets were read; the name in the message of condition Progressing, which the
    controller writes for each new ReplicaSet (pkg/controller/deployment/progress.go); the only
    one with pods, if the status counts all replicas as updated; the only one whose pods have the
    template's images.
    """
    meta, status = deployment.metadata, deployment.status
    number = meta.notes().deployment_revision
    for replica_set in owners.replica_sets(meta.uid):
        if replica_set.metadata.notes().deployment_revision == number:
            return (replica_set.metadata.labels or {}).get(DEPLOYMENT_HASH)
    if status.observed_generation >= meta.generation:
        progressing = find_condition(status.conditions, "Progressing")
        named = _QUOTED.search((progressing.message if progressing else None) or "")
        if named is not None and named[1].startswith(f"{meta.name}-"):
            return named[1].removeprefix(f"{meta.name}-")
        if len(groups) == 1 and status.replicas == status.updated_replicas > 0:
            return groups[0].revision
    alike = [group for group in groups if _has_images(group, deployment.spec.template.spec)]
    return alike[0].revision if len(alike) == 1 else None


def daemon_set_revision(
    daemon_set: DaemonSet, groups: Sequence[PodGroup], revisions: Sequence[ControllerRevision]
) -> str | None:
    """The controller-revision-hash of a DaemonSet's newest revision; None if undetermined.

    By its own ControllerRevisions (`revisions`) if they were read; else by the generation that
    the controller writes on its pods and itself (IsPodUpdated in pkg/controller/daemon/util);
    else by images.
    """
    meta = daemon_set.metadata
    if revisions:
        return revision_hash(max(revisions, key=lambda each: each.revision))
    generation = meta.notes().template_generation
    if generation is not None:
        for group in groups:
            if group.labels.get(_POD_GENERATION) == generation:
                return group.revision
    alike = [group for group in groups if _has_images(group, daemon_set.spec.template.spec)]
    return alike[0].revision if len(alike) == 1 else None


def revision_hash(revision: ControllerRevision | ReplicaSet) -> str:
    """The hash that the pods of a revision carry: a label's value, or the revision's name."""
    labels = revision.metadata.labels or {}
    return labels.get(CONTROLLER_HASH) or revision.metadata.name


def _has_images(group: PodGroup, spec: PodSpec) -> bool:
    found = {(container, role, image) for container, role, image, _ in group.images}
    return all(
        not image_of(each) or (each.name, role, image_of(each)) in found
        for each, role in containers_of(spec)
    )
