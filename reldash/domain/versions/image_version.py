"""The version of an image: the text that a person calls the build by."""

from collections.abc import Mapping
from typing import Final

from reldash.domain.images.references import Image, short_digest
from reldash.domain.versions.moving_tags import names_a_branch
from reldash.domain.versions.tag_reading import read_tag

DEFAULT_TAG: Final = "latest"  # what a container runtime pulls where a reference has no tag
VERSION_LABEL: Final = "app.kubernetes.io/version"


def version_of(image: Image, labels: Mapping[str, str]) -> str:
    """The version of an image.

    The tag unless it is a branch, else the label `app.kubernetes.io/version`,
    else the short digest of the reference, else the tag as it is, or "latest" without one.
    """
    if image.tag and not names_a_branch(read_tag(image.tag)):
        return image.tag
    label = labels.get(VERSION_LABEL, "").strip()
    if label and not names_a_branch(read_tag(label)):
        return label
    if image.digest:
        return short_digest(image.digest)
    return image.tag or DEFAULT_TAG
