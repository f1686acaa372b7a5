"""A build: an image reference with the digests that it is known by."""

from dataclasses import dataclass, replace
from functools import lru_cache

from reldash.domain.images.references import (
    Digest,
    DigestKind,
    ImageError,
    parse_image,
    parse_image_id,
)
from reldash.domain.versions.image_version import VERSION_LABEL, version_of


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a service: what two places are compared by.

    Attributes:
        version: what a person calls it (`versions.version_of`).
        tagged: "registry/repository:tag" where a tag chose it; "" where a digest did.
        digests: those it is known by; empty where no pod has reported one.
    """

    version: str
    tagged: str = ""
    digests: frozenset[Digest] = frozenset()


@lru_cache(maxsize=2**16)
def build_of(reference: str, image_id: str = "", version_label: str = "") -> Build:
    """The build that an image reference names, or that a pod runs.

    Args:
        reference: the image as a pod template or a pod's spec has it.
        image_id: `imageID` of the pods that run it; "" where it is not known.
        version_label: `app.kubernetes.io/version`, where it speaks of this image; else "".

    What is no image reference is called by its text: the kubelet will refuse it, and say so.
    A moving tag such as `latest` is called by the digest that runs. A bare digest of a
    configuration does not do for that: another node may report the same image by its manifest.
    """
    labels = {VERSION_LABEL: version_label} if version_label else {}
    try:
        image = parse_image(reference)
    except ImageError:
        return Build(reference)
    digests = {parse_image_id(f"{image.name}@{image.digest}")} if image.digest else set()
    reported = parse_image_id(image_id)
    digests.add(reported)
    named = image
    if image.digest is None and reported is not None and reported.kind is not DigestKind.CONFIG:
        named = replace(image, digest=reported.value)
    return Build(
        version=version_of(named, labels),
        tagged=f"{image.name}:{image.tag or 'latest'}" if image.digest is None else "",
        digests=frozenset(digest for digest in digests if digest is not None),
    )
