"""What makes one object unusable, though its JSON has the right types."""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR
from typing import Final

import msgspec

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.wire.common import BareMeta, PodSpec
from reldash.domain.workloads.reads import UNNAMED

# RFC 1123 subdomain, as Kubernetes demands of names; some built-in kinds allow a colon besides.
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?").fullmatch
_CONTAINER: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?").fullmatch
MAX_TEXT: Final = (
    1024  # characters of an image reference, an image id or an annotation that is kept
)
_UNFIT: Final = "is too long or has control characters"


class ObjectError(ValueError):
    """One object makes no sense. It becomes a BadObject and never leaves the collectors."""


class _LooseMeta(msgspec.Struct, frozen=True):
    name: str = UNNAMED
    namespace: str = UNNAMED


class _Loose(msgspec.Struct, frozen=True):
    metadata: _LooseMeta = _LooseMeta()


_LOOSE = msgspec.json.Decoder(_Loose)


def name_of(raw: msgspec.Raw) -> tuple[str, str]:
    """Namespace and name of an object that could not be decoded; UNNAMED where it has none."""
    try:
        meta = _LOOSE.decode(raw).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return UNNAMED, UNNAMED
    return one_line(meta.namespace), one_line(meta.name)


def check_object(meta: BareMeta) -> None:
    """Raise ObjectError if an object's identity or age is not what Kubernetes allows."""
    if not _NAME(meta.name):
        raise ObjectError("metadata.name is no name")
    if not _NAME(meta.namespace):
        raise ObjectError("metadata.namespace is no name")
    check_text(meta.uid, "metadata.uid")
    if not MINYEAR < meta.creation_timestamp.year < MAXYEAR:  # in UTC it may be no date at all
        raise ObjectError("metadata.creationTimestamp is out of range")


def check_labels(labels: Mapping[str, str] | None) -> None:
    """Raise ObjectError if a label holds what no label may hold (control characters)."""
    # Joined, since there are many and all are short: one call looks at them all.
    if labels and not ("".join(labels) + "".join(labels.values())).isprintable():
        raise ObjectError("a label has control characters")


def check_containers(spec: PodSpec) -> None:
    """Raise ObjectError if no container is there, or one lacks an image or a name of its own."""
    if not spec.containers:
        raise ObjectError("it has no containers")
    containers = spec.containers + (spec.init_containers or ())
    names = set[str]()
    for container in containers:
        name, image = container.name, container.image
        if not _CONTAINER(name):
            raise ObjectError("a container's name is no name")
        if name in names:
            raise ObjectError(f"two containers are named {name}")
        names.add(name)
        if not image:
            raise ObjectError(f"container {name} has no image")
        if len(image) > MAX_TEXT or not image.isprintable():
            raise ObjectError(f"the image of container {name} {_UNFIT}")


def check_text(text: str, what: str) -> None:
    """Raise ObjectError if the text is too long or has control characters."""
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ObjectError(f"{what} {_UNFIT}")
