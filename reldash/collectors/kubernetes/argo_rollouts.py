"""Argo Rollouts: pod template or `workloadRef`, stable ReplicaSet, canary or preview beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reldash.collectors.kubernetes.pod_counts import ROLLOUT_HASH, PodGroup, containers_of, image_of
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import (
    ContainerSpec,
    PodSpec,
    PodTemplate,
    PodTemplateMeta,
)
from reldash.collectors.kubernetes.wire.workloads import Deployment, ReplicaSet
from reldash.domain.grouping.workload_ref import WORKLOAD_REF
from reldash.domain.workloads.observations import Candidate, ContainerRole


@dataclass(frozen=True, slots=True)
class RolloutTemplates:
    """The pod templates of a Rollout.

    Attributes:
        stable: of the ReplicaSet that serves users.
        candidate: of the canary or preview; None if no rollout is under way.
    """

    stable: PodTemplate
    candidate: PodTemplate | None = None


def stable_hash(rollout: ArgoRollout) -> str | None:
    """The pod hash of the stable ReplicaSet (blue-green: the active one); None before there is."""
    status = rollout.status
    active = status.blue_green.active_selector if status.blue_green is not None else None
    return active or status.stable_rs or None


def is_under_way(rollout: ArgoRollout) -> bool:
    """Whether another ReplicaSet than the stable one is being rolled out."""
    stable = stable_hash(rollout)
    current = rollout.status.current_pod_hash
    return bool(stable and current and stable != current)


def references_deployment(rollout: ArgoRollout) -> bool:
    """Whether its `workloadRef` names a Deployment, which holds the pod template."""
    reference = rollout.spec.workload_ref
    return reference is not None and reference.kind == "Deployment"


def find_template(
    rollout: ArgoRollout, deployments: Mapping[tuple[str, str], Deployment]
) -> PodTemplate | None:
    """The Rollout's own pod template, or that of the Deployment named by its `workloadRef`.

    None if it has neither, as with a `workloadRef` to another kind or to a Deployment that is not
    there. `deployments` are by namespace and name.
    """
    reference = rollout.spec.workload_ref
    if rollout.spec.template is not None or reference is None:
        return rollout.spec.template
    if not references_deployment(rollout):
        return None
    deployment = deployments.get((rollout.metadata.namespace, reference.name))
    return deployment.spec.template if deployment is not None else None


def reference_annotation(rollout: ArgoRollout) -> Mapping[str, str] | None:
    """The annotation that keeps its `workloadRef` on observations, as "KIND/NAME"."""
    reference = rollout.spec.workload_ref
    return {WORKLOAD_REF: f"{reference.kind}/{reference.name}"} if reference else None


def replica_set_selector(rollout: ArgoRollout) -> str:
    """A label selector for the stable and the current ReplicaSet; "" before there are any."""
    hashes = {stable_hash(rollout), rollout.status.current_pod_hash} - {None, ""}
    return f"{ROLLOUT_HASH} in ({','.join(sorted(map(str, hashes)))})" if hashes else ""


def transform_templates(
    rollout: ArgoRollout,
    wanted: PodTemplate | None,
    replica_sets: Iterable[ReplicaSet],
    groups: Sequence[PodGroup],
) -> RolloutTemplates | None:
    """The Rollout's templates; None if they cannot be found.

    Args:
        rollout: the Rollout.
        wanted: its own template, or that of the Deployment named by its `workloadRef`; None if
            that is not known.
        replica_sets: those of this Rollout that were read.
        groups: its pods; their images are used if the ReplicaSets could not be read.
    """
    by_hash = {
        (each.metadata.labels or {}).get(ROLLOUT_HASH): each.spec.template for each in replica_sets
    }
    wanted = wanted or by_hash.get(rollout.status.current_pod_hash)
    if not is_under_way(rollout):
        return RolloutTemplates(wanted) if wanted is not None else None
    stable = by_hash.get(stable_hash(rollout)) or _template_from_pods(groups, stable_hash(rollout))
    if stable is None:
        return RolloutTemplates(wanted) if wanted is not None else None
    return RolloutTemplates(stable, wanted)


def transform_candidate(
    rollout: ArgoRollout, container: str, candidate: PodTemplate, groups: Sequence[PodGroup] | None
) -> Candidate | None:
    """The canary or preview of one container; None if the new template has no image for it."""
    image = next(
        (image_of(each) for each, _ in containers_of(candidate.spec) if each.name == container), ""
    )
    if not image:
        return None
    preview = rollout.spec.strategy.blue_green is not None
    current = rollout.status.current_pod_hash
    return Candidate(
        image=image,
        label="preview" if preview else "canary",
        weight=None if preview else canary_weight(rollout),
        pods=sum(group.pods for group in groups or () if group.revision == current),
    )


def canary_weight(rollout: ArgoRollout) -> int | None:
    """Percentage of traffic sent to the canary: as routed, else by the last step with a weight."""
    status, canary = rollout.status, rollout.spec.strategy.canary
    weights = status.canary.weights if status.canary is not None else None
    if weights is not None and weights.canary is not None and weights.canary.weight is not None:
        return weights.canary.weight
    if canary is None or not canary.steps or status.abort:
        return None
    passed = canary.steps[: (status.current_step_index or 0) + 1]
    return next((step.set_weight for step in reversed(passed) if step.set_weight is not None), None)


def _template_from_pods(groups: Sequence[PodGroup], revision: str | None) -> PodTemplate | None:
    """A template made from the images of the pods with that hash."""
    group = next((each for each in groups if each.revision == revision), None)
    if group is None:
        return None
    roles: dict[ContainerRole, dict[str, ContainerSpec]] = {role: {} for role in ContainerRole}
    for name, role, image, _ in group.images:
        always = "Always" if role is ContainerRole.SIDECAR else None
        roles[role].setdefault(name, ContainerSpec(name, image, always))
    init = (*roles[ContainerRole.INIT].values(), *roles[ContainerRole.SIDECAR].values())
    spec = PodSpec(tuple(roles[ContainerRole.MAIN].values()), init or None)
    return PodTemplate(spec, PodTemplateMeta(labels=dict(group.labels)))
