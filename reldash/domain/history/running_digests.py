"""The distinct images that run now, each with its digests as far as they are known."""

import re
from collections.abc import Iterator

from reldash.domain.workloads.snapshot import Snapshot

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def running_digests(snapshot: Snapshot) -> list[frozenset[str]]:
    """For each distinct image that live pods run its digests; empty where none is reported.

    An image is distinct by its digests, without any by its reference. Where no pods were read,
    the image of the template counts. Images that pods mount or a webhook injected count too.
    """
    found: dict[str | frozenset[str], frozenset[str]] = {}
    for image, image_id in _references(snapshot):
        digests = frozenset(_DIGEST.findall(f"{image} {image_id}"))
        if image or digests:
            found[digests or image] = digests
    return list(found.values())


def _references(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for each in snapshot.observations:
        if each.running is None:
            yield each.image, ""
        else:
            yield from ((run.image, run.image_id) for run in each.running if run.pods)
    yield from ((each.image, each.image_id) for each in snapshot.pod_containers if each.pods)
