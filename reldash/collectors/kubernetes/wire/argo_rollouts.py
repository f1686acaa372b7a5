"""The JSON fields read from Argo Rollouts, as msgspec Structs (see `common.py`).

Source: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ and
pkg/apis/rollouts/v1alpha1/types.go of argoproj/argo-rollouts.
"""

import msgspec

from reldash.collectors.kubernetes.wire.common import (
    Int,
    LabelSelector,
    ObjectMeta,
    PodTemplate,
    Wire,
)


class WorkloadRef(Wire, frozen=True):
    """`spec.workloadRef`: the workload that holds the pod template instead."""

    kind: str
    name: str


class CanaryStep(Wire, frozen=True):
    """One of `strategy.canary.steps`; only the weights are read."""

    set_weight: Int | None = None


class CanaryStrategy(Wire, frozen=True):
    """`strategy.canary`."""

    steps: tuple[CanaryStep, ...] | None = None


class PresenceOnly(Wire, frozen=True):
    """A field of which only the presence is read."""


class RolloutStrategy(Wire, frozen=True):
    """`spec.strategy`: one of the two is set."""

    canary: CanaryStrategy | None = None
    blue_green: PresenceOnly | None = None


class ArgoRolloutSpec(Wire, frozen=True):
    """`spec` of a Rollout."""

    template: PodTemplate | None = None
    selector: LabelSelector | None = None
    workload_ref: WorkloadRef | None = None
    replicas: Int | None = None
    paused: bool | None = None
    strategy: RolloutStrategy = RolloutStrategy()


class TrafficDestination(Wire, frozen=True):
    """Traffic sent to one ReplicaSet."""

    weight: Int | None = None


class TrafficWeights(Wire, frozen=True):
    """`status.canary.weights`; set where a traffic router is used."""

    canary: TrafficDestination | None = None


class CanaryStatus(Wire, frozen=True):
    """`status.canary`."""

    weights: TrafficWeights | None = None


class BlueGreenStatus(Wire, frozen=True):
    """`status.blueGreen`: the hash that the active Service selects."""

    active_selector: str | None = None


class ArgoRolloutStatus(Wire, frozen=True):
    """`status` of a Rollout. `observedGeneration` is text, in old releases even a hash."""

    observed_generation: str | int | None = None
    phase: str | None = None
    message: str | None = None
    abort: bool | None = None
    current_pod_hash: str | None = None
    stable_rs: str | None = msgspec.field(name="stableRS", default=None)
    current_step_index: Int | None = None
    replicas: Int = 0
    updated_replicas: Int = 0
    ready_replicas: Int = 0
    canary: CanaryStatus | None = None
    blue_green: BlueGreenStatus | None = None


class ArgoRollout(Wire, frozen=True):
    """argoproj.io/v1alpha1 Rollout."""

    metadata: ObjectMeta
    spec: ArgoRolloutSpec
    status: ArgoRolloutStatus = ArgoRolloutStatus()
