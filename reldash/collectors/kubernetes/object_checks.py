"""Checks of single objects beyond their JSON types: names, labels, containers, text lengths."""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR
from typing import Final

import msgspec

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.wire.common import BaseMeta, PodSpec
from reldash.domain.workloads.reads import UNNAMED

# RFC 1123 subdomain, as Kubernetes requires of names; some built-in kinds also allow a colon.
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?").fullmatch
_CONTAINER: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?").fullmatch
# Maximum characters of an image reference, an image id or a kept annotation.
MAX_TEXT: Final = 1024
_UNFIT: Final = "is too long or has control characters"


class ObjectError(ValueError):
    """One object is invalid. It becomes a BadObject; this error never leaves the collectors."""


class _NameOnlyMeta(msgspec.Struct, frozen=True):
    name: str = UNNAMED
    namespace: str = UNNAMED


class _NameOnly(msgspec.Struct, frozen=True):
    metadata: _NameOnlyMeta = _NameOnlyMeta()


_NAME_ONLY = msgspec.json.Decoder(_NameOnly)


def name_of(raw: msgspec.Raw) -> tuple[str, str]:
    """Namespace and name of an object that could not be decoded; UNNAMED if it has none."""
    try:
        meta = _NAME_ONLY.decode(raw).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return UNNAMED, UNNAMED
    return one_line(meta.namespace), one_line(meta.name)


def check_object(meta: BaseMeta) -> None:
    """Raise ObjectError if a name, the uid or the creation time is not valid in Kubernetes."""
    if not _NAME(meta.name):
        raise ObjectError("metadata.name is no name")
    if not _NAME(meta.namespace):
        raise ObjectError("metadata.namespace is no name")
    check_text(meta.uid, "metadata.uid")
    if not MINYEAR < meta.creation_timestamp.year < MAXYEAR:  # converting to UTC may overflow
        raise ObjectError("metadata.creationTimestamp is out of range")


def check_labels(labels: Mapping[str, str] | None) -> None:
    """Raise ObjectError if a label has control characters."""
    # Joined, since there are many short ones: one call checks them all.
    if labels and not ("".join(labels) + "".join(labels.values())).isprintable():
        raise ObjectError("a label has control characters")


def check_containers(spec: PodSpec) -> None:
    """Raise ObjectError if there are no containers, or one lacks a fit image or unique name.

    An image may be blank: a controller or webhook fills it in later.
    """
    if not spec.containers:
        raise ObjectError("it has no containers")
    containers = spec.containers + (spec.init_containers or ())
    names = set[str]()
    for container in containers:
        name, image = container.name, container.image or ""
        if not _CONTAINER(name):
            raise ObjectError("a container's name is no name")
        if name in names:
            raise ObjectError(f"two containers are named {name}")
        names.add(name)
        if len(image) > MAX_TEXT or not image.isprintable():
            raise ObjectError(f"the image of container {name} {_UNFIT}")


def check_text(text: str, what: str) -> None:
    """Raise ObjectError if the text is too long or has control characters."""
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ObjectError(f"{what} {_UNFIT}")
