"""Since when a place has run the build that it shows."""

from reldash.domain.builds.build import Build, build_of
from reldash.domain.workloads.observations import Sighting


def is_of_build(sighting: Sighting, build: Build) -> bool:
    """Whether a sighting is of a build: by its tag or version, else by a common digest.

    While a rollout is under way, or held between two images, the open interval may be of the other
    one: its start says nothing of the build that is shown.
    """
    known = build_of(sighting.image)
    if known.version == build.version or (known.tagged and known.tagged == build.tagged):
        return True
    values = {digest.value for digest in build.digests}
    return any(
        digest.value in values
        for text in sighting.digests
        for digest in build_of(sighting.image, text).digests
    )
