"""The cache key: what a cache of anything read from the store must have in its key."""

from sqlalchemy import Connection, func, select, text

from reldash.store.engine import Transaction
from reldash.store.registries.tables import registry_revision
from reldash.store.tables import clusters, discoveries

_EPOCH = text("SELECT epoch FROM cache")
_MOVE_EPOCH = text("UPDATE cache SET epoch = epoch + 1 RETURNING epoch")


class CacheKey:
    """Data revision and cache epoch; every method is one transaction, StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load(self) -> tuple[int, int]:
        """(data revision, cache epoch).

        The first changes with observations, rollouts, discovered clusters and registry data, the
        second by `move_epoch`.
        """
        with self._transaction() as connection:
            epoch = int(connection.scalar(_EPOCH) or 0)
            return load_data_revision(connection), epoch

    def move_epoch(self) -> int:
        """Invalidate the caches of every process; returns the new epoch."""
        with self._transaction() as connection:
            return int(connection.scalar(_MOVE_EPOCH) or 0)


def load_data_revision(connection: Connection) -> int:
    """A number that grows when observations, rollouts, discovered clusters or registries change."""
    observed = select(func.coalesce(func.sum(clusters.c.data_revision), 0)).scalar_subquery()
    discovered = select(func.coalesce(func.sum(discoveries.c.data_revision), 0)).scalar_subquery()
    registries = select(registry_revision.c.revision).scalar_subquery()
    return int(connection.scalar(select(observed + discovered + registries)) or 0)
