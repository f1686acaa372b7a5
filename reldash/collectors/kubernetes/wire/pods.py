"""The JSON fields read from pods, as msgspec Structs (see `common.py`)."""

from typing import Final

import msgspec

from reldash.collectors.kubernetes.wire.common import (
    BaseMeta,
    ContainerSpec,
    PodSpec,
    StatusCondition,
    Wire,
)


class PodLabels(Wire, frozen=True):
    """The labels that hold a pod's revision; which one is set depends on its owner's kind."""

    deployment_hash: str | None = msgspec.field(name="pod-template-hash", default=None)
    rollout_hash: str | None = msgspec.field(name="rollouts-pod-template-hash", default=None)
    controller_hash: str | None = msgspec.field(name="controller-revision-hash", default=None)


class PodMeta(BaseMeta, frozen=True):
    """`metadata` of a pod. All labels are decoded only for the first pod of each owner."""

    labels: msgspec.Raw = msgspec.Raw(b"{}")


class WaitingState(Wire, frozen=True):
    """`state.waiting` of a container."""

    reason: str | None = None


class ContainerState(Wire, frozen=True):
    """`state` of a container; running and terminated are not distinguished."""

    waiting: WaitingState | None = None


class ContainerStatus(Wire, frozen=True):
    """One of `status.containerStatuses`; its `image` is never read (kubernetes #51017)."""

    name: str
    ready: bool = False
    image_id: str | None = msgspec.field(name="imageID", default=None)
    state: ContainerState | None = None


class Presence(Wire, frozen=True):
    """A field of which only the presence is read."""


class EphemeralState(Wire, frozen=True):
    """`state` of an ephemeral container, which stays in the pod after it has ended."""

    running: Presence | None = None
    terminated: Presence | None = None


class EphemeralStatus(Wire, frozen=True):
    """One of `status.ephemeralContainerStatuses`."""

    name: str
    image_id: str | None = msgspec.field(name="imageID", default=None)
    state: EphemeralState | None = None


class ImageSource(Wire, frozen=True):
    """`image` of a volume: an image that is mounted."""

    reference: str | None = None


class Volume(Wire, frozen=True):
    """One of a pod's volumes."""

    name: str
    image: ImageSource | None = None


class LivePodSpec(PodSpec, frozen=True):
    """`spec` of a pod. Volumes are decoded where one may be an image."""

    ephemeral_containers: tuple[ContainerSpec, ...] | None = None
    volumes: msgspec.Raw = msgspec.Raw(b"null")


class PodStatus(Wire, frozen=True):
    """`status` of a pod."""

    phase: str | None = None
    reason: str | None = None
    conditions: msgspec.Raw = msgspec.Raw(b"null")  # decoded for pods without a node only
    container_statuses: tuple[ContainerStatus, ...] | None = None
    init_container_statuses: tuple[ContainerStatus, ...] | None = None
    ephemeral_container_statuses: tuple[EphemeralStatus, ...] | None = None


class Pod(Wire, frozen=True):
    """v1 Pod."""

    metadata: PodMeta
    spec: LivePodSpec
    status: PodStatus = PodStatus()


POD_LABELS: Final = msgspec.json.Decoder(PodLabels)
VOLUMES: Final = msgspec.json.Decoder(list[Volume] | None)
ALL_LABELS: Final = msgspec.json.Decoder(dict[str, str])
CONDITIONS: Final = msgspec.json.Decoder(list[StatusCondition] | None)
