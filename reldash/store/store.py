"""The store as the rest of the application sees it: one object, one database."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from reldash.domain.fleet.discovered import DiscoveryState, RegionRead
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.workloads.observations import ContainerKey, Rollout
from reldash.domain.workloads.reads import ClusterRead, ClusterStatus, ReadFailure
from reldash.domain.workloads.snapshot import Snapshot
from reldash.store import cluster_statuses, discoveries, heartbeats, leases, snapshots
from reldash.store.accounts import Work
from reldash.store.drift_counts import DriftCounts
from reldash.store.engine import create_database, faults_of, make_engine, parse_url, place_of
from reldash.store.history import coverage, records, search
from reldash.store.history.prune import prune
from reldash.store.history.search import FoundBuild, FoundDigest
from reldash.store.last_visits import LastVisits
from reldash.store.leases import Lease
from reldash.store.migrations import migrate
from reldash.store.record_read import record, record_failure
from reldash.store.registries.registry_store import RegistryStore
from reldash.store.saved_views import SavedViews

GAP = CollectRules().stale_after


class Store:
    """One Postgres database, created and migrated when opened; safe to share between threads.

    Every method raises StoreError when the database cannot be reached or answers too late, and
    is one transaction: what it writes is there as a whole, for good, when it returns.

    Attributes:
        place: "user@host:port/database": what may be shown, never with the password.
        registries: what image registries told.
        saved: views that users gave a name.
        overview_looks: when each user last looked at the overview.
        drift_counts: how drift went.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self.place = place
        self.registries = RegistryStore(self._transaction)
        self.saved = SavedViews(self._transaction)
        self.overview_looks = LastVisits(self._transaction)
        self.drift_counts = DriftCounts(self._transaction)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database that `url` names, creating and migrating it if need be.

        Args:
            url: postgres://user:password@host:port/database, or postgresql:// likewise.

        Raises:
            StoreError: not understood, not reachable, not to be created, or migrated by a later
                version of the program.
        """
        address = parse_url(url)
        engine, place = make_engine(address), place_of(address)
        try:
            with faults_of(place):
                try:
                    engine.connect().close()
                except OperationalError:
                    create_database(address)  # or says why it cannot be reached
                migrate(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, place)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with faults_of(self.place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _instant(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one instant."""
        with faults_of(self.place), self._engine.connect() as plain:
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # Sorting and joining a hundred thousand rows in memory; the default is 4 MB.
            connection.execute(text("SET LOCAL work_mem = '64MB'"))
            yield connection

    @contextmanager
    def accounts(self) -> Iterator[Work]:
        """One transaction over the accounts, committed when the block ends without an error."""
        with self._transaction() as connection:
            yield Work(connection)

    def record(self, read: ClusterRead, lease: Lease, *, gap: timedelta = GAP) -> None:
        """Write what a read of one cluster brought, only what changed of it.

        Good reads that began no further apart than `gap` count as following each other; it is
        what a fleet takes for stale (`CollectRules.stale_after`).

        Observations that the read says nothing of are deleted and their rollouts closed, except
        those of its unread parts and bad objects: they stay, with their own older `observed_at`.

        Raises:
            LeaseLostError: the lease is another's by now; nothing was written.
        """
        with self._transaction() as connection:
            record(connection, read, lease, gap)

    def record_failure(self, failure: ReadFailure, lease: Lease) -> None:
        """Write that a read failed, changing no observation; LeaseLostError as `record`."""
        with self._transaction() as connection:
            record_failure(connection, failure, lease)

    def acquire_lease(self, cluster: str, holder: str, ttl: timedelta) -> Lease | None:
        """Take a cluster for `ttl` by the database's clock, or None while another holds it."""
        with self._transaction() as connection:
            return leases.acquire(connection, cluster, holder, ttl)

    def renew_lease(self, lease: Lease, ttl: timedelta) -> bool:
        """Hold a lease for `ttl` from now; False if it was released or is another's by now.

        False too while its cluster is being recorded, which nobody can take then.
        """
        with self._transaction() as connection:
            return leases.renew(connection, lease, ttl)

    def release_lease(self, lease: Lease) -> None:
        """Let go of a lease; nothing happens if it is another's by now."""
        with self._transaction() as connection:
            leases.release(connection, lease)

    def due_clusters(self, names: Iterable[str], interval: timedelta) -> list[str]:
        """Which of the named clusters should be read now, in the order given.

        Those never attempted, last attempted more than `interval` ago, or asked for since the
        last attempt began; unless somebody is reading them.
        """
        with self._transaction() as connection:
            return leases.due(connection, names, interval)

    def needs_revisions(self, cluster: str) -> bool:
        """Whether the next read should bring ReplicaSets and ControllerRevisions too.

        At first contact, a day after they were read, and ten minutes after that failed.
        """
        with self._transaction() as connection:
            return cluster_statuses.needs_revisions(connection, cluster)

    def load_snapshot(self, clusters: Collection[str]) -> Snapshot:
        """Everything current of these clusters, as of one instant.

        Its sightings are those that today is judged by, not all history: see
        `store.history.sightings`.
        """
        with self._instant() as connection:
            return snapshots.load_snapshot(connection, clusters, self.registries.load_facts)

    def load_snapshot_at(self, clusters: Collection[str], at: datetime) -> Snapshot:
        """These clusters as they were known at a moment (aware); see `domain.asof.snapshot_at`.

        `build_matrix` of it takes `at` as `now`. Its revision is that of today's data, and what
        registries told is what they tell today.
        """
        with self._instant() as connection:
            return snapshots.load_snapshot_at(connection, clusters, at, self.registries.load_facts)

    def refresh_snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The same observations with the statuses and `observed_at` of now.

        Reading an unchanged cluster again moves no data, yet what was seen is as fresh as that
        read. Where the data have moved the snapshot stays as it is: what a later read brought, and
        it does not hold, must not pass for what that read did not find.
        """
        with self._instant() as connection:
            return snapshots.refresh_snapshot(connection, snapshot)

    def load_rollouts(
        self,
        *,
        clusters: Collection[str] | None = None,
        since: datetime | None = None,
        limit: int = 100,
        of: Collection[ContainerKey] | None = None,
    ) -> list[Rollout]:
        """Rollouts by start, the newest first; `since` (aware) leaves out those begun before.

        With `of` only those of these containers.
        """
        with self._transaction() as connection:
            return snapshots.load_rollouts(connection, clusters, since, limit, of)

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
        """Intervals with their descriptions, by start, the newest first.

        Args:
            clusters: only what ran in these.
            since: leaves out what ended by then (aware).
            until: leaves out what began then or later (aware).
            of: only these containers, of the clusters.
            builds: only these builds, by ids from `find_builds`.
            limit: how many at most; None for all.
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
        """When each cluster was read without a gap, the oldest first; an entry for each of them.

        Only what touches [since, until) (aware), as a whole.
        """
        with self._transaction() as connection:
            return coverage.load(connection, clusters, since, until)

    def find_builds(self, text: str, limit: int) -> list[FoundBuild]:
        """Builds that a text is part of: of a reference, a tag or a digest, whatever its case.

        Of a reference with a tag and a digest each part is looked for in its place. They come by
        image, at most `limit` of them; none for no text.
        """
        with self._transaction() as connection:
            return search.find_builds(connection, text, limit)

    def find_builds_of(self, digests: Collection[str], limit: int) -> list[tuple[str, FoundBuild]]:
        """Builds that have one of these digests ("sha256:..."), each with the one it was found by.

        They come by image, at most `limit` of them.
        """
        with self._transaction() as connection:
            return search.find_builds_of(connection, digests, limit)

    def find_digests_with_finding(self, text: str) -> list[FoundDigest]:
        """Images in whose scans something is found that a text is part of the name of.

        The severity is the worst of those found. They come by registry, repository and digest.
        """
        with self._transaction() as connection:
            return search.find_digests(connection, text)

    def prune(self, before: datetime, limit: int) -> int:
        """Remove history that ended before a moment (aware), at most `limit` rows of it.

        Call it until it returns 0: the number of rows removed. Open intervals stay, and so does
        the last one before the open one, however old; of a cluster's coverage the last stretch.
        When no more intervals are to be removed, what none of the others names goes too: builds,
        descriptions, and containers that are not there any more.
        """
        with self._transaction() as connection:
            return prune(connection, before, limit)

    def read_clock(self) -> datetime:
        """The present by the database's clock, aware."""
        with self._transaction() as connection:
            now: datetime = connection.execute(_CLOCK).scalar_one()
            return now

    def load_statuses(self, clusters: Collection[str]) -> dict[str, ClusterStatus]:
        """An entry for each of the clusters named, in their order, also for those never read."""
        with self._transaction() as connection:
            return cluster_statuses.load_statuses(connection, clusters)

    def load_revision(self) -> tuple[int, int]:
        """(data revision, cache epoch): what a cache of anything read here must have in its key.

        The first moves when observations, rollouts, what discovery found or what registries told
        moved, the second by `move_epoch`.
        """
        with self._transaction() as connection:
            epoch = int(connection.scalar(_EPOCH) or 0)
            return cluster_statuses.load_data_revision(connection), epoch

    def save_regions(self, reads: Sequence[RegionRead], lease: Lease) -> None:
        """Write what discovery's looks into regions brought; LeaseLostError as `record`."""
        with self._transaction() as connection:
            discoveries.save_regions(connection, reads, lease)

    def load_findings(self) -> DiscoveryState:
        """All that discovery ever found, and how looking went."""
        with self._transaction() as connection:
            return discoveries.load_findings(connection)

    def load_findings_revision(self) -> int:
        """Moves when what `load_findings` gives moved, but for its times; one small query."""
        with self._transaction() as connection:
            return discoveries.load_findings_revision(connection)

    def request_refresh(self, clusters: Iterable[str]) -> None:
        """Make these clusters due, whenever they were read last."""
        with self._transaction() as connection:
            leases.request(connection, clusters)

    def move_epoch(self) -> int:
        """Make what every process keeps in its caches stale; returns the new epoch."""
        with self._transaction() as connection:
            return int(connection.scalar(_MOVE_EPOCH) or 0)

    def is_collector_alive(self, within: timedelta) -> bool:
        """Whether any collector has called `beat` within that time, by the database's clock."""
        with self._transaction() as connection:
            return heartbeats.is_any_alive(connection, within)

    def beat(self, holder: str) -> None:
        """Say that the collector `holder` is alive."""
        with self._transaction() as connection:
            heartbeats.beat(connection, holder)


_CLOCK = text("SELECT clock_timestamp()")
_EPOCH = text("SELECT epoch FROM cache")
_MOVE_EPOCH = text("UPDATE cache SET epoch = epoch + 1 RETURNING epoch")
