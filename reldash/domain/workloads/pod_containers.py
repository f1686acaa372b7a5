"""Containers and image volumes of live pods that no pod template has, as frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

# The kind of the `Unread` part that says that there were too many of them.
POD_CONTAINERS: Final = "Pod container"


class PodRole(StrEnum):
    """Why a container or volume of a live pod belongs to no pod template that was read."""

    INJECTED = "injected"  # an admission webhook added it: a proxy of a mesh, an agent
    EPHEMERAL = "ephemeral"  # `kubectl debug` added it to a pod that runs
    VOLUME = "volume"  # an image that is mounted, not run
    OTHER_REVISION = "other revision"  # of an earlier or coming template of the workload
    BARE_POD = "bare pod"  # of a pod that nothing controls
    OTHER_OWNER = "other owner"  # of a pod that no collected workload controls, such as a Job's


@dataclass(frozen=True, slots=True)
class PodContainer:
    """Live pods of one owner that run an image in a container that only they have.

    Attributes:
        kind, workload: the collected workload; else the pods' controller of any kind, or the pod
            itself. `kind` is "" and `workload` counts them where several were combined.
        container: its name, or that of the volume.
        image: the reference in the pods' own spec.
        image_id: as reported; "" while none is known, and for volumes.
        pods: how many live pods; ready: how many of them have it ready.
        waiting: distinct waiting reasons, sorted.
        observed_at: when the read that found it started.
        first_seen_at: when the first read in a row that found this image there started; None
            before it is recorded.
    """

    cluster: str
    namespace: str
    kind: str
    workload: str
    container: str
    role: PodRole
    image: str
    image_id: str
    pods: int
    ready: int
    observed_at: datetime
    waiting: tuple[str, ...] = ()
    first_seen_at: datetime | None = None
