"""Ephemeral containers and image volumes of a pod: most pods have neither."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from reldash.collectors.kubernetes.object_checks import ObjectError, check_text
from reldash.collectors.kubernetes.wire.pods import VOLUMES, LivePodSpec, Pod
from reldash.domain.workloads.pod_containers import PodRole

# Volumes are skipped undecoded unless one may be an image, since every pod has several.
_IMAGE: Final = re.compile(rb'"image"\s*:').search


class Extra(NamedTuple):
    """An ephemeral container or image volume; `image` is its reference and its image id."""

    name: str
    role: PodRole
    image: tuple[str, str]
    runs: bool


def has_extras(spec: LivePodSpec) -> bool:
    """Whether a pod may have any."""
    return bool(spec.ephemeral_containers) or _IMAGE(spec.volumes) is not None


def extras_of(pod: Pod) -> Iterator[Extra]:
    """Those of a live pod, without ephemeral containers that have ended.

    Raises:
        ObjectError: one of them is invalid.
    """
    statuses = {each.name: each for each in pod.status.ephemeral_container_statuses or ()}
    for container in pod.spec.ephemeral_containers or ():
        status = statuses.get(container.name)
        state = status.state if status is not None else None
        if state is not None and state.terminated is not None:
            continue
        image_id = (status.image_id or "") if status is not None else ""
        runs = state is not None and state.running is not None
        yield _checked(PodRole.EPHEMERAL, container.name, container.image, image_id, runs=runs)
    if _IMAGE(pod.spec.volumes) is None:
        return
    try:
        volumes = VOLUMES.decode(pod.spec.volumes)
    except msgspec.MsgspecError as error:
        raise ObjectError(f"volumes: {error}") from error
    for volume in volumes or ():
        if volume.image is not None:
            yield _checked(PodRole.VOLUME, volume.name, volume.image.reference, "", runs=True)


def _checked(role: PodRole, name: str, image: str | None, image_id: str, *, runs: bool) -> Extra:
    for text in (name, image or "", image_id):
        check_text(text, f"an {role} image" if role is PodRole.EPHEMERAL else "an image volume")
    return Extra(name, role, ((image or "").strip(), image_id), runs)
