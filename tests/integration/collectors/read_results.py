"""Access to the results of a read."""

from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.reads import ClusterRead, ReadFailure


def only(found: ClusterRead | ReadFailure) -> Observation:
    """The one observation of a read that went well; AssertionError if there is another number."""
    assert isinstance(found, ClusterRead)
    (observation,) = found.observations
    return observation


def counted(observation: Observation) -> list[tuple[str | None, bool | None, int]]:
    """Revision, whether it is the current one, and pods, of each that runs."""
    return [(r.revision, r.current, r.pods) for r in observation.running or ()]
