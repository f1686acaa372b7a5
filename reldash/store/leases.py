"""Leases: each cluster is read by one holder at a time, whatever happens to the holder."""

from dataclasses import dataclass

from reldash.errors import StoreError


class LeaseLostError(StoreError):
    """Another holder has taken the cluster since: nothing was written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to record one cluster, until it expires by the database's clock.

    Attributes:
        number: the fencing number, higher for each later lease of the cluster. Recording checks
            it, so that a holder that was frozen and wakes writes nothing.
    """

    cluster: str
    holder: str
    number: int
