"""Reads of the cluster "prod" as a collector makes them, recorded one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reldash.domain.workloads.observations import Observation, Revision, Rollout
from reldash.domain.workloads.reads import BadObject, ClusterRead, ReadFailure, Unread
from reldash.store import Lease, Store
from tests.unit.builders import NOW

CLUSTER = "prod"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def read_of(
    *observations: Observation,
    at: datetime = NOW,
    revisions: Sequence[Revision] | None = None,
    unread: Iterable[Unread] = (),
    bad: Iterable[BadObject] = (),
) -> ClusterRead:
    """A read that began at `at` and took two seconds."""
    return ClusterRead(
        cluster=CLUSTER,
        started_at=at,
        finished_at=at + timedelta(seconds=2),
        observations=tuple(replace(o, observed_at=at) for o in observations),
        revisions=None if revisions is None else tuple(revisions),
        unread=tuple(unread),
        bad=tuple(bad),
        kubernetes_version="v1.34.1",
    )


def failure(at: datetime = NOW, message: str = "403 from /apis/apps/v1/deployments") -> ReadFailure:
    return ReadFailure(CLUSTER, at, at + MINUTE, "Not allowed", message, "grant list")


def lease_of(store: Store, holder: str = "collector", ttl: timedelta = HOUR) -> Lease:
    """A lease that nobody else holds."""
    lease = store.leases.acquire(CLUSTER, holder, ttl)
    assert lease is not None
    return lease


@dataclass
class History:
    """Records reads a minute apart, and tells what is stored after them."""

    store: Store
    at: datetime = NOW
    lease: Lease = field(init=False)

    def __post_init__(self) -> None:
        self.lease = lease_of(self.store)

    def read(
        self,
        *observations: Observation,
        at: datetime | None = None,
        revisions: Sequence[Revision] | None = None,
        unread: Iterable[Unread] = (),
        bad: Iterable[BadObject] = (),
    ) -> None:
        self.at = at or self.at + MINUTE
        self.store.clusters.record(
            read_of(*observations, at=self.at, revisions=revisions, unread=unread, bad=bad),
            self.lease,
        )

    @property
    def observations(self) -> dict[str, Observation]:
        """By container name."""
        found = self.store.snapshots.load([CLUSTER]).observations
        return {o.container: o for o in found}

    @property
    def rollouts(self) -> list[Rollout]:
        """The oldest first."""
        return self.store.history.load_rollouts(limit=1000)[::-1]

    @property
    def intervals(self) -> list[tuple[str, float, float | None]]:
        """Tag, start and end in minutes since `NOW`, of each rollout, the oldest first."""

        def minutes(at: datetime | None) -> float | None:
            return None if at is None else (at - NOW) / MINUTE

        return [
            (
                rollout.image.rpartition(":")[2],
                (rollout.started_at - NOW) / MINUTE,
                minutes(rollout.ended_at),
            )
            for rollout in self.rollouts
        ]
