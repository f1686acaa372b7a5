"""What an Argo Rollout runs: its stable ReplicaSet, and what is on its way beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reldash.collectors.kubernetes.pod_counts import ROLLOUT_HASH, PodGroup, containers_of
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import Container, PodSpec, Template, TemplateMeta
from reldash.collectors.kubernetes.wire.workloads import ReplicaSet
from reldash.domain.workloads.observations import Candidate, ContainerRole


@dataclass(frozen=True, slots=True)
class Templates:
    """The pod templates of a Rollout.

    Attributes:
        stable: of the ReplicaSet that people are served by.
        coming: of the one on its way; None where none is.
    """

    stable: Template
    coming: Template | None = None


def stable_hash(rollout: ArgoRollout) -> str | None:
    """The pod hash of the stable (of a blue-green one: active) ReplicaSet; None before one is."""
    status = rollout.status
    active = status.blue_green.active_selector if status.blue_green is not None else None
    return active or status.stable_rs or None


def is_under_way(rollout: ArgoRollout) -> bool:
    """Whether another ReplicaSet than the stable one is on its way."""
    stable = stable_hash(rollout)
    current = rollout.status.current_pod_hash
    return bool(stable and current and stable != current)


def replica_set_selector(rollout: ArgoRollout) -> str:
    """A label selector for the two ReplicaSets that matter; "" before there are any."""
    hashes = {stable_hash(rollout), rollout.status.current_pod_hash} - {None, ""}
    return f"{ROLLOUT_HASH} in ({','.join(sorted(map(str, hashes)))})" if hashes else ""


def transform_templates(
    rollout: ArgoRollout,
    wanted: Template | None,
    replica_sets: Iterable[ReplicaSet],
    groups: Sequence[PodGroup],
) -> Templates | None:
    """The Rollout's templates; None where they are nowhere to be found.

    Args:
        rollout: the Rollout.
        wanted: its own template, or that of the Deployment its `workloadRef` names; None where
            that is not known.
        replica_sets: of this Rollout, as far as they were read.
        groups: its pods: where the ReplicaSets could not be read, their images stand in.
    """
    by_hash = {
        (each.metadata.labels or {}).get(ROLLOUT_HASH): each.spec.template for each in replica_sets
    }
    wanted = wanted or by_hash.get(rollout.status.current_pod_hash)
    if not is_under_way(rollout):
        return Templates(wanted) if wanted is not None else None
    stable = by_hash.get(stable_hash(rollout)) or _of_pods(groups, stable_hash(rollout))
    if stable is None:
        return Templates(wanted) if wanted is not None else None
    return Templates(stable, wanted)


def transform_candidate(
    rollout: ArgoRollout, container: str, coming: Template, groups: Sequence[PodGroup] | None
) -> Candidate | None:
    """What is on its way for one container; None where the new template has no such container."""
    image = next(
        (each.image for each, _ in containers_of(coming.spec) if each.name == container), None
    )
    if image is None:
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
    """Per cent of traffic sent to the canary: as routed, else as the last step asks."""
    status, canary = rollout.status, rollout.spec.strategy.canary
    weights = status.canary.weights if status.canary is not None else None
    if weights is not None and weights.canary is not None and weights.canary.weight is not None:
        return weights.canary.weight
    if canary is None or not canary.steps or status.abort:
        return None
    passed = canary.steps[: (status.current_step_index or 0) + 1]
    return next((step.set_weight for step in reversed(passed) if step.set_weight is not None), None)


def _of_pods(groups: Sequence[PodGroup], revision: str | None) -> Template | None:
    """A template with the images that the pods of that hash have."""
    group = next((each for each in groups if each.revision == revision), None)
    if group is None:
        return None
    roles: dict[ContainerRole, dict[str, Container]] = {role: {} for role in ContainerRole}
    for name, role, image, _ in group.images:
        always = "Always" if role is ContainerRole.SIDECAR else None
        roles[role].setdefault(name, Container(name, image, always))
    init = (*roles[ContainerRole.INIT].values(), *roles[ContainerRole.SIDECAR].values())
    spec = PodSpec(tuple(roles[ContainerRole.MAIN].values()), init or None)
    return Template(spec, TemplateMeta(labels=dict(group.labels)))
