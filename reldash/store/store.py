"""The store as the rest of the application sees it: one object, one database."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Self

from reldash.domain.model import ClusterRead, ClusterStatus, ReadFailure, Rollout
from reldash.domain.snapshot import Snapshot
from reldash.store.leases import Lease


class Store:
    """One Postgres database, created and migrated when opened; safe to share between threads.

    Every method raises StoreError when the database cannot be reached or answers too late.
    `place` is "user@host:port/database": what may be shown, never with the password.
    """

    place: str

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database that `url` names (postgres://, postgresql://), ready for use."""
        raise NotImplementedError

    def close(self) -> None:
        """Close all connections."""
        raise NotImplementedError

    def record(self, read: ClusterRead, lease: Lease) -> None:
        """Write what a read brought; LeaseLostError if the lease is another's by now."""
        raise NotImplementedError

    def record_failure(self, failure: ReadFailure, lease: Lease) -> None:
        """Write that a read failed, changing no observation; LeaseLostError as `record`."""
        raise NotImplementedError

    def acquire_lease(self, cluster: str, holder: str, ttl: timedelta) -> Lease | None:
        """Take a cluster, or None while another holds it."""
        raise NotImplementedError

    def renew_lease(self, lease: Lease, ttl: timedelta) -> bool:
        """Hold a lease for `ttl` from now; False if it is another's by now."""
        raise NotImplementedError

    def release_lease(self, lease: Lease) -> None:
        """Let go of a lease; nothing happens if it is another's by now."""
        raise NotImplementedError

    def due_clusters(self, names: Iterable[str], interval: timedelta) -> list[str]:
        """Which of the named clusters should be read now, in the order given."""
        raise NotImplementedError

    def needs_revisions(self, cluster: str) -> bool:
        """Whether the next read should bring ReplicaSets and ControllerRevisions too."""
        raise NotImplementedError

    def load_snapshot(self, clusters: Collection[str]) -> Snapshot:
        """Everything current of these clusters, as of one instant."""
        raise NotImplementedError

    def refresh_snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The same observations with the statuses and times of reading of now; cheap."""
        raise NotImplementedError

    def load_rollouts(
        self,
        *,
        clusters: Collection[str] | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Rollout]:
        """Rollouts, the newest first."""
        raise NotImplementedError

    def load_statuses(self, clusters: Collection[str]) -> dict[str, ClusterStatus]:
        """An entry for each of the clusters named, also for those never read."""
        raise NotImplementedError

    def load_revision(self) -> tuple[int, int]:
        """(data revision, cache epoch): the first moves when data moved."""
        raise NotImplementedError

    def request_refresh(self, clusters: Iterable[str]) -> None:
        """Make these clusters due."""
        raise NotImplementedError

    def move_epoch(self) -> int:
        """Make every cached page stale; returns the new epoch."""
        raise NotImplementedError

    def is_collector_alive(self, within: timedelta) -> bool:
        """Whether any collector has called `beat` within that time."""
        raise NotImplementedError

    def beat(self, holder: str) -> None:
        """Say that the collector `holder` is alive."""
        raise NotImplementedError
