"""Records the script in a store, read by read, as a collector would."""

from collections.abc import Callable
from datetime import datetime, timedelta

from reldash.domain.workloads.reads import ReadFailure
from reldash.store import Lease, Store
from tests.integration.history.script import Read, Script
from tests.integration.history.script_reads import STALE_AFTER, cluster_read

Between = Callable[[datetime, datetime], None]


def record_script(script: Script, store: Store, between: Between | None = None) -> None:
    """Record all reads of the script in order of time.

    `between` is called after each read, also a failed one, with its time and that of the next.
    """
    agenda: list[tuple[datetime, str, Read | None]] = [
        (read.at, cluster, read) for cluster, reads in script.reads.items() for read in reads
    ]
    agenda += [
        (at, cluster, None) for cluster, failures in script.failures.items() for at in failures
    ]
    leases: dict[str, Lease] = {}
    agenda.sort(key=lambda entry: entry[0])
    nexts = [at for at, _, _ in agenda[1:]]
    for (at, cluster, read), next_at in zip(agenda, [*nexts, script.end], strict=True):
        if cluster not in leases:
            lease = store.leases.acquire(cluster, "collector", timedelta(days=1))
            assert lease is not None
            leases[cluster] = lease
        if read is None:
            took = timedelta(seconds=10)
            failure = ReadFailure(cluster, at, at + took, "Not reachable", "timed out")
            store.clusters.record_failure(failure, leases[cluster])
        else:
            recorded = cluster_read(script, cluster, read)
            store.clusters.record(recorded, leases[cluster], gap=STALE_AFTER)
        if between is not None:
            between(at, next_at)
