"""Earlier revisions of workloads, from ReplicaSets and ControllerRevisions."""

from collections.abc import Iterable
from datetime import UTC
from typing import Final

import msgspec

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.current_revision import revision_hash
from reldash.collectors.kubernetes.object_checks import ObjectError, check_containers
from reldash.collectors.kubernetes.pod_counts import (
    DEPLOYMENT_HASH,
    ROLLOUT_HASH,
    containers_of,
    image_of,
)
from reldash.collectors.kubernetes.resources import REVISION_DATA
from reldash.collectors.kubernetes.wire.common import ObjectMeta, PodSpec
from reldash.collectors.kubernetes.wire.workloads import ControllerRevision, ReplicaSet
from reldash.domain.workloads.observations import Revision, WorkloadKind
from reldash.domain.workloads.reads import BadObject

_REPLICA_SETS: Final = {
    "Deployment": (WorkloadKind.DEPLOYMENT, DEPLOYMENT_HASH),
    "Rollout": (WorkloadKind.ROLLOUT, ROLLOUT_HASH),
}
_CONTROLLER_REVISIONS: Final = {
    "StatefulSet": WorkloadKind.STATEFUL_SET,
    "DaemonSet": WorkloadKind.DAEMON_SET,
}


def transform_replica_sets(
    cluster: str, replica_sets: Iterable[ReplicaSet], uids: frozenset[str]
) -> list[Revision]:
    """Revisions of the Deployments and Rollouts among `uids`.

    A ReplicaSet without a revision number is left out: no controller ever rolled it out.
    """
    found = []
    for each in replica_sets:
        owner = each.metadata.controller()
        if owner is None or owner.uid not in uids or owner.kind not in _REPLICA_SETS:
            continue
        kind, label = _REPLICA_SETS[owner.kind]
        notes = each.metadata.notes()
        of_rollout = kind is WorkloadKind.ROLLOUT
        number = (notes.rollout_revision if of_rollout else notes.deployment_revision) or ""
        if number.isascii() and number.isdecimal() and len(number) < 10:
            template_hash = (each.metadata.labels or {}).get(label, each.metadata.name)
            spec = each.spec.template.spec
            found.append(
                _revision(
                    cluster, kind, owner.name, each.metadata, int(number), template_hash, spec
                )
            )
    return found


def transform_controller_revisions(
    cluster: str, revisions: Iterable[ControllerRevision], uids: frozenset[str]
) -> tuple[list[Revision], list[BadObject]]:
    """Revisions of the StatefulSets and DaemonSets among `uids`, and the invalid ones."""
    found: list[Revision] = []
    bad: list[BadObject] = []
    for each in revisions:
        meta, owner = each.metadata, each.metadata.controller()
        if owner is None or owner.uid not in uids or owner.kind not in _CONTROLLER_REVISIONS:
            continue
        try:
            spec = REVISION_DATA.decode(each.data).spec.template.spec
            check_containers(spec)
        except (msgspec.MsgspecError, RecursionError, ObjectError) as error:
            reason = one_line(f"data: {error}")
            bad.append(BadObject("ControllerRevision", meta.namespace, meta.name, reason))
            continue
        kind = _CONTROLLER_REVISIONS[owner.kind]
        found.append(
            _revision(cluster, kind, owner.name, meta, each.revision, revision_hash(each), spec)
        )
    return found, bad


def _revision(
    cluster: str,
    kind: WorkloadKind,
    workload: str,
    meta: ObjectMeta,
    number: int,
    template_hash: str,
    spec: PodSpec,
) -> Revision:
    return Revision(
        cluster=cluster,
        namespace=meta.namespace,
        kind=kind,
        workload=workload,
        number=number,
        created_at=meta.creation_timestamp.astimezone(UTC),
        template_hash=template_hash,
        images=tuple(
            (each.name, role, image)
            for each, role in containers_of(spec)
            if (image := image_of(each))  # a blank one says nothing of what its pods ran
        ),
    )
