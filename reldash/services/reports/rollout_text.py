"""The versions of rollouts as text."""

from collections.abc import Sequence

from reldash.domain.builds.build import build_of
from reldash.domain.images.references import parse_image_id, short_digest
from reldash.domain.workloads.observations import Rollout


def versions_between(before: Rollout, after: Rollout) -> tuple[str, str]:
    """Both versions, with digests if the text is the same and the digests differ."""
    versions = version_of(before), version_of(after)
    digests = _digest(before), _digest(after)
    if versions[0] == versions[1] and all(digests) and digests[0] != digests[1]:
        return f"{versions[0]} {digests[0]}", f"{versions[1]} {digests[1]}"
    return versions


def version_of(rollout: Rollout) -> str:
    """The version of a rollout's build."""
    return build_of(rollout.image, _only(rollout.digests)).version


def _digest(rollout: Rollout) -> str:
    found = parse_image_id(_only(rollout.digests))
    return f"@{short_digest(found.value)}" if found else ""


def _only(digests: Sequence[str]) -> str:
    return digests[0] if len(digests) == 1 else ""
