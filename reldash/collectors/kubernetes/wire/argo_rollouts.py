"""The few JSON fields that are read of Argo Rollouts, as msgspec Structs (see `common.py`).

Source: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ and
pkg/apis/rollouts/v1alpha1/types.go of argoproj/argo-rollouts.
"""

import msgspec

from reldash.collectors.kubernetes.wire.common import Int, Meta, Selector, Template, Wire


class WorkloadRef(Wire, frozen=True):
    """`spec.workloadRef`: where the pod template is kept instead."""

    kind: str
    name: str


class CanaryStep(Wire, frozen=True):
    """One of `strategy.canary.steps`; only the weights are read."""

    set_weight: Int | None = None


class CanaryStrategy(Wire, frozen=True):
    """`strategy.canary`."""

    steps: tuple[CanaryStep, ...] | None = None


class Present(Wire, frozen=True):
    """Something of which only the presence is read."""


class Strategy(Wire, frozen=True):
    """`spec.strategy`: one of the two is set."""

    canary: CanaryStrategy | None = None
    blue_green: Present | None = None


class ArgoRolloutSpec(Wire, frozen=True):
    """`spec` of a Rollout."""

    template: Template | None = None
    selector: Selector | None = None
    workload_ref: WorkloadRef | None = None
    replicas: Int | None = None
    paused: bool | None = None
    strategy: Strategy = Strategy()


class Destination(Wire, frozen=True):
    """Traffic that one ReplicaSet is sent."""

    weight: Int | None = None


class Weights(Wire, frozen=True):
    """`status.canary.weights`; set where a traffic router is used."""

    canary: Destination | None = None


class CanaryStatus(Wire, frozen=True):
    """`status.canary`."""

    weights: Weights | None = None


class BlueGreenStatus(Wire, frozen=True):
    """`status.blueGreen`: the hash that the active Service selects."""

    active_selector: str | None = None


class ArgoRolloutStatus(Wire, frozen=True):
    """`status` of a Rollout. `observedGeneration` is text there, in old releases even a hash."""

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

    metadata: Meta
    spec: ArgoRolloutSpec
    status: ArgoRolloutStatus = ArgoRolloutStatus()
