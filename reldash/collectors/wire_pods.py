"""The few JSON fields that are read of pods, as msgspec Structs (see `wire.py`)."""

import msgspec

from reldash.collectors.wire import Condition, Meta, PodSpec, Wire


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
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None


class Pod(Wire, frozen=True):
    """v1 Pod."""

    metadata: Meta
    spec: PodSpec
    status: PodStatus = PodStatus()
