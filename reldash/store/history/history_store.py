"""The part of the store that holds history: rollouts, coverage, search over builds, retention."""

from collections.abc import Collection
from datetime import datetime

from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.workloads.observations import ContainerKey, Rollout
from reldash.store.engine import Transaction
from reldash.store.history import coverage, records, search
from reldash.store.history.prune import prune
from reldash.store.history.search import FoundBuild


class HistoryStore:
    """History of all clusters; every method is one transaction, and raises StoreError as Store's.

    All times given are aware.
    """

    def __init__(self, transaction: Transaction, instant: Transaction) -> None:
        """`instant` opens a read-only transaction that sees one instant."""
        self._transaction = transaction
        self._instant = instant

    def load_rollouts(
        self,
        *,
        clusters: Collection[str] | None = None,
        since: datetime | None = None,
        limit: int = 100,
        of: Collection[ContainerKey] | None = None,
    ) -> list[Rollout]:
        """Rollouts by start, newest first; `since` leaves out those that started earlier.

        With `of` only those of these containers.
        """
        with self._transaction() as connection:
            return records.load_rollouts(connection, clusters, since, limit, of)

    def load_records(
        self,
        *,
        clusters: Collection[str],
        since: datetime | None = None,
        until: datetime | None = None,
        of: Collection[ContainerKey] | None = None,
        builds: Collection[str] | None = None,
        limit: int | None = None,
    ) -> list[RolloutRecord]:
        """Rollouts with their descriptions, by start, newest first.

        Args:
            clusters: only rollouts in these.
            since: leaves out those that had ended by then.
            until: leaves out those that started then or later.
            of: only these containers, of the clusters.
            builds: only these builds, by ids from `find_builds`.
            limit: the maximum number; None for all.
        """
        with self._instant() as connection:
            return records.load_records(connection, clusters, since, until, of, builds, limit)

    def load_coverage(
        self,
        clusters: Collection[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> dict[str, tuple[CoveredSpan, ...]]:
        """Spans in which each cluster was read without a gap, oldest first; an entry for each.

        Only spans that touch [since, until), uncut.
        """
        with self._transaction() as connection:
            return coverage.load(connection, clusters, since, until)

    def find_builds(self, text: str, limit: int) -> list[FoundBuild]:
        """Builds whose reference or digest contains a text, ignoring case.

        A reference with a tag and a digest must match in both parts. At most `limit` builds,
        ordered by image; none for an empty text.
        """
        with self._transaction() as connection:
            return search.find_builds(connection, text, limit)

    def find_builds_by_digest(
        self, digests: Collection[str], limit: int
    ) -> list[tuple[str, FoundBuild]]:
        """Builds with one of these digests ("sha256:..."), each after the digest that matched.

        At most `limit`, ordered by image.
        """
        with self._transaction() as connection:
            return search.find_builds_by_digest(connection, digests, limit)

    def prune(self, before: datetime, limit: int) -> int:
        """Delete at most `limit` rows of history that ended before a time; returns how many.

        Call it until it returns 0. Open rollouts stay, as does the last one before the open one,
        however old, and the last covered span of each cluster. After the rollouts, rows that none
        of them refers to are deleted: builds, descriptions, and containers that no longer exist.
        """
        with self._transaction() as connection:
            return prune(connection, before, limit)
