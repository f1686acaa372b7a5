"""The part of the store that records reads of clusters, and knows how current each one is."""

from collections.abc import Collection
from datetime import timedelta

from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead, ClusterStatus, ReadFailure
from reldash.store import cluster_statuses
from reldash.store.engine import Transaction
from reldash.store.leases import Lease
from reldash.store.record_read import record_failure, record_read

GAP = CollectRules().stale_after


class ClusterStore:
    """Reads of clusters; every method is one transaction, and raises StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, read: ClusterRead, lease: Lease, *, gap: timedelta = GAP) -> None:
        """Write the changes that one good read of a cluster brought.

        Observations missing from the read are deleted and their rollouts closed, except those in
        its unread parts and bad objects: they stay, with their own older `observed_at`.

        Args:
            read: the read.
            lease: the holder's lease of the cluster.
            gap: reads that started no further apart than this leave no gap in the coverage; the
                fleet's `CollectRules.stale_after`.

        Raises:
            LeaseLostError: another holder has the cluster; nothing was written.
        """
        with self._transaction() as connection:
            record_read(connection, read, lease, gap)

    def record_failure(self, failure: ReadFailure, lease: Lease) -> None:
        """Write that a read failed, changing no observation; LeaseLostError as `record`."""
        with self._transaction() as connection:
            record_failure(connection, failure, lease)

    def load_statuses(self, clusters: Collection[str]) -> dict[str, ClusterStatus]:
        """Status by cluster, in the order given, also for those never read."""
        with self._transaction() as connection:
            return cluster_statuses.load_statuses(connection, clusters)

    def needs_revisions(self, cluster: str) -> bool:
        """Whether the next read should include ReplicaSets and ControllerRevisions.

        At first contact, a day after they were read, and ten minutes after that failed.
        """
        with self._transaction() as connection:
            return cluster_statuses.needs_revisions(connection, cluster)
