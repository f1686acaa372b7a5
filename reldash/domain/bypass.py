"""Builds that came to an environment without having been seen ready in an earlier one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from reldash.domain.comparing import EQUAL, Relation
from reldash.domain.past import Seen
from reldash.domain.running import Build


def is_bypassed(
    build: Build,
    arrived_at: datetime | None,
    earlier: Sequence[Seen],
    running_earlier: Sequence[Build],
    relate: Callable[[Build, Build], Relation],
) -> bool:
    """Whether neither this version nor this build was ever seen ready in an earlier environment.

    Only within known history: not if the build may have come here before anything is known of
    the earlier environments, nor if it is older than the first that is known there.

    Args:
        build: what runs in an environment.
        arrived_at: when it first came there; None if that is not known.
        earlier: what was seen in the earlier environments, oldest first.
        running_earlier: what is ready there now.
        relate: how one build stands to another.
    """
    if arrived_at is None or not earlier:
        return False
    first = earlier[0]
    if first.sighting.first_started_at > arrived_at:
        return False
    if relate(build, first.build) is Relation.OLDER:
        return False
    ready = [seen.build for seen in earlier if seen.was_ready]
    return not any(relate(build, other) in EQUAL for other in (*running_earlier, *ready))
