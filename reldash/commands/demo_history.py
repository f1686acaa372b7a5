"""Records the demo's last days before its first start, as a collector would have.

Without it a new demo would only have the history that ReplicaSets give.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.demo.history_replay import HISTORY_LENGTH, HistoryReplay, ReplayedRead
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.reads import ClusterRead
from reldash.services.context import Context
from reldash.services.reports.drift_counts import save_counts
from reldash.services.reports.matrix import load_whole_matrix
from reldash.services.reports.overview import summarise
from reldash.store import Store

_LEASED = timedelta(minutes=5)
_ANY = timedelta(days=365)  # no gap between consecutive reads of the simulated past


def has_history(database_url: str, fleet: DemoFleet) -> bool:
    """Whether any cluster of the fleet was read before (StoreError: no database)."""
    with closing(Store.open(database_url)) as store:
        statuses = store.clusters.load_statuses(list(fleet.urls))
        return any(status.read_at is not None for status in statuses.values())


def record_history(
    database_url: str, fleet: DemoFleet, is_stopped: Callable[[], bool] = lambda: False
) -> None:
    """Record the fleet's last days and its drift counts, unless stopped earlier.

    Reads go through the real collector and store; only their times are shifted to the past.

    Raises:
        StoreError: the database cannot be reached.
    """
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        HistoryReplay.start(Path(folder), fleet, now) as replay,
        closing(_open(replay.fleet_file, database_url)) as context,
    ):
        for due in takewhile(lambda _: not is_stopped(), replay.reads):
            _read(context, replay, due)
        for at in takewhile(lambda _: not is_stopped(), _days(now)):
            _count(context, at, now)


def _open(fleet_file: Path, database_url: str) -> Context:
    return Context(Settings(fleet=fleet_file), load_fleet(fleet_file), Store.open(database_url))


def _read(context: Context, replay: HistoryReplay, due: ReplayedRead) -> None:
    """Read a cluster in its past state, unless another process holds its lease."""
    store, name = context.store, due.cluster
    entry = next(e for e in context.fleet.entries if e.cluster.name == name)
    lease = store.leases.acquire(name, "rehearsal", _LEASED)
    if lease is None:
        return
    replay.show(due)
    revisions = store.clusters.needs_revisions(name)
    found = get_cluster(entry, context.written.rules.collect, revisions=revisions)
    if isinstance(found, ClusterRead):
        gap = _ANY if due.follows else timedelta(0)
        store.clusters.record(_moved(found, due), lease, gap=gap)
    store.leases.release(lease)


def _moved(read: ClusterRead, due: ReplayedRead) -> ClusterRead:
    """The read with its times shifted to the past."""
    took = read.finished_at - read.started_at
    seen = tuple(replace(o, observed_at=due.at) for o in read.observations)
    return replace(read, started_at=due.at, finished_at=due.at + took, observations=seen)


def _count(context: Context, at: datetime, now: datetime) -> None:
    """Save the drift counts of a moment, as the overview does every hour."""
    for key in context.rules.dashboards:
        matrix = load_whole_matrix(context, key, Filter(as_of=at), now)
        save_counts(context, [summarise(matrix)], at)


def _days(now: datetime) -> list[datetime]:
    """The days of the replay except its first and the current one, earliest first."""
    return [now - timedelta(days=ago) for ago in range(HISTORY_LENGTH.days - 1, 0, -1)]
