"""The few JSON fields that are read of pods, as msgspec Structs (see `common.py`)."""

from typing import Final

import msgspec

from reldash.collectors.kubernetes.wire.common import BareMeta, Condition, PodSpec, Wire


class PodLabels(Wire, frozen=True):
    """The labels that say a pod's revision; the kind of its owner decides which is there."""

    deployment_hash: str | None = msgspec.field(name="pod-template-hash", default=None)
    rollout_hash: str | None = msgspec.field(name="rollouts-pod-template-hash", default=None)
    controller_hash: str | None = msgspec.field(name="controller-revision-hash", default=None)


class PodMeta(BareMeta, frozen=True):
    """`metadata` of a pod. All labels are decoded for the first pod of each owner only."""

    labels: msgspec.Raw = msgspec.Raw(b"{}")


class Waiting(Wire, frozen=True):
    """Why a container does not run yet."""

    reason: str | None = None


class ContainerState(Wire, frozen=True):
    """`state` of a container; running and terminated are not told apart."""

    waiting: Waiting | None = None


class ContainerStatus(Wire, frozen=True):
    """One of `status.containerStatuses`; its `image` is never read (kubernetes #51017)."""

    name: str
    ready: bool = False
    image_id: str | None = msgspec.field(name="imageID", default=None)
    state: ContainerState | None = None


class PodStatus(Wire, frozen=True):
    """`status` of a pod."""

    phase: str | None = None
    reason: str | None = None
    conditions: msgspec.Raw = msgspec.Raw(b"null")  # decoded for pods without a node only
    container_statuses: tuple[ContainerStatus, ...] | None = None
    init_container_statuses: tuple[ContainerStatus, ...] | None = None


class Pod(Wire, frozen=True):
    """v1 Pod."""

    metadata: PodMeta
    spec: PodSpec
    status: PodStatus = PodStatus()


POD_LABELS: Final = msgspec.json.Decoder(PodLabels)
ALL_LABELS: Final = msgspec.json.Decoder(dict[str, str])
CONDITIONS: Final = msgspec.json.Decoder(list[Condition] | None)
