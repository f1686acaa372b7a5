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
    """One build of a service; two places are compared by their builds.

    Attributes:
        version: the text people call it by (`image_version.version_of`).
        tagged: "registry/repository:tag" if a tag chose it; "" if a digest did.
        digests: its known digests; empty if no pod has reported one.
    """

    version: str
    tagged: str = ""
    digests: frozenset[Digest] = frozenset()


@lru_cache(maxsize=2**16)
def build_of(reference: str, image_id: str = "", version_label: str = "") -> Build:
    """The build of an image reference, as requested or as run by a pod.

    A text that is no image reference is its own version: the kubelet will refuse it and report
    that. The version of a moving tag such as `latest` is the digest that runs, but not the bare
    digest of a configuration: another node may report the same image by its manifest.

    Args:
        reference: the image in a pod template or a pod's spec.
        image_id: `imageID` of the pods that run it; "" if it is not known.
        version_label: `app.kubernetes.io/version`, if it is about this image; else "".
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
