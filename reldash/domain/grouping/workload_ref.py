"""`workloadRef`: a Deployment that an Argo Rollout has taken over is part of that Rollout."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from reldash.domain.workloads.observations import Observation

# Written by the collector: "Deployment/NAME" of an Argo Rollout's `spec.workloadRef`.
WORKLOAD_REF: Final = "reldash/workload-ref"

WorkloadKey: TypeAlias = tuple[str, str, str, str]  # cluster, namespace, kind, workload


def fold_workload_refs(
    inside: Sequence[tuple[str, Observation]],
) -> Iterator[tuple[str, Observation]]:
    """Leave out the workloads that a Rollout references, and add their labels to that Rollout's."""
    refs = {ref for _, o in inside if (ref := _workload_ref(o)) is not None}
    labels = {key: o.labels for _, o in inside if refs and (key := workload_key(o)) in refs}
    for environment, observation in inside:
        ref = _workload_ref(observation)
        if ref in labels:
            completed = {**labels[ref], **observation.labels}
            yield environment, replace(observation, labels=completed)
        elif not refs or workload_key(observation) not in refs:
            yield environment, observation


def workload_key(observation: Observation) -> WorkloadKey:
    """The names of a workload: cluster, namespace, kind, name."""
    return observation.cluster, observation.namespace, observation.kind, observation.workload


def _workload_ref(observation: Observation) -> WorkloadKey | None:
    kind, slash, name = observation.annotations.get(WORKLOAD_REF, "").partition("/")
    return (observation.cluster, observation.namespace, kind, name) if slash else None
