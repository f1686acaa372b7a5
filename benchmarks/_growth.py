"""Growth of history: clusters read again and again, with few changes per read.

`python -m benchmarks _growth` does the full run, 100 clusters read 1,000 times, in 35 to 60
minutes; the benchmark `history` does a hundredth of it.
"""

import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from statistics import median

import psycopg2

from benchmarks._databases import open_database, verdict
from benchmarks._fleets import NOW
from benchmarks._year import CLUSTERS, SERVICES, cluster_of
from reldash.domain.workloads.observations import ContainerRole, Observation, Running, WorkloadKind
from reldash.domain.workloads.reads import ClusterRead
from reldash.store import Lease, Store

READS = 1_000
GOAL_UNCHANGED = 0.15  # of the first write
_STRIDE = 7  # from the workload that one read changes to the next one's; prime to SERVICES
_TABLES = ("containers", "observations", "rollouts", "builds", "descriptions", "coverage")

_Spent = dict[str, list[float]]  # seconds a write, by what it wrote


def main() -> None:
    """Do the full run; exit with 1 if a goal is missed."""
    if not growth(CLUSTERS, READS):
        sys.exit(1)


def growth(clusters: int, reads: int) -> bool:
    """Record reads that each change one workload in 1,000; returns whether the goals are met."""
    print(f"history: {clusters} clusters x {SERVICES:,} workloads, read {reads:,} times each,")
    print("  one workload in 1,000 changed a read", flush=True)
    spent: _Spent = {"first": [], "changed": [], "unchanged": []}
    began = time.perf_counter()
    with open_database() as (store, url):
        for number in range(clusters):
            _read_again_and_again(store, cluster_of(number), reads, spent)
            if number % 10 == 9:
                _say_progress(spent, number + 1, reads, time.perf_counter() - began)
        rows = counted(url)
    changes = clusters * (reads - 1)
    expected = clusters * SERVICES + changes
    print("  rows: " + ", ".join(f"{name} {count:,}" for name, count in rows.items()))
    print(f"  rollouts by changes alone: {expected:,} expected, for {changes:,} changes")
    first = median(spent["first"])
    ratios = {kind: median(times) / first for kind, times in spent.items()}
    print(
        f"  writing, against the first time ({1000 * first:.0f} ms): unchanged"
        f" {ratios['unchanged']:.0%}, one changed {ratios['changed']:.0%}"
    )
    good = (
        rows["rollouts"] == expected
        and rows["coverage"] == clusters
        and ratios["unchanged"] <= GOAL_UNCHANGED
    )
    print(
        f"  goal: grows by changes alone, unchanged at most {GOAL_UNCHANGED:.0%}: {verdict(good)}"
    )
    return good


def counted(url: str) -> dict[str, int]:
    """Count rows by table."""
    found = {}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from above
            found[table] = int(cursor.fetchone()[0])  # type: ignore[index]  # there is a row
    return found


def _read_again_and_again(store: Store, cluster: str, reads: int, spent: _Spent) -> None:
    lease = store.leases.acquire(cluster, "benchmark", timedelta(days=30))
    assert lease is not None  # noqa: S101 - nobody else is there
    found = [_observation(cluster, number, 0, 0) for number in range(SERVICES)]
    for read in range(reads):
        if read:
            number = read * _STRIDE % SERVICES
            found[number] = _observation(cluster, number, read, read)
        kind = "changed" if read else "first"
        spent[kind].append(_recorded(store, _cluster_read(cluster, found, read), lease))
    for read in range(reads, reads + 5):
        spent["unchanged"].append(_recorded(store, _cluster_read(cluster, found, read), lease))


def _say_progress(spent: _Spent, clusters: int, reads: int, seconds: float) -> None:
    """Print the time of a write as the database grows."""
    last = 1000 * median(spent["changed"][-(reads - 1) :])
    print(f"  {clusters} clusters after {seconds:.0f} s, a write now {last:.0f} ms", flush=True)


def _recorded(store: Store, read: ClusterRead, lease: Lease) -> float:
    """Record a read; returns the seconds it took."""
    began = time.perf_counter()
    store.clusters.record(read, lease)
    return time.perf_counter() - began


def _cluster_read(cluster: str, found: list[Observation], read: int) -> ClusterRead:
    """A read a minute after the one before.

    Unchanged observations keep the time of an earlier read, which nothing uses: creating
    them all again would take one and a half times as long as recording them.
    """
    at = _read_at(read)
    return ClusterRead(cluster, at, at, tuple(found))


def _observation(cluster: str, number: int, release: int, read: int) -> Observation:
    """Build the observation of a Deployment that runs a release."""
    name = f"registry.example.com/shop/svc-{number}"
    image = f"{name}:1.{release}.0"
    run = Running(image, f"{name}@sha256:{number:032x}{release:032x}", "r1", True, 2, 2)
    return Observation(
        cluster=cluster,
        namespace="shop",
        kind=WorkloadKind.DEPLOYMENT,
        workload=f"svc-{number}",
        container=f"svc-{number}",
        role=ContainerRole.MAIN,
        uid=f"{cluster}/{number}",
        image=image,
        observed_at=_read_at(read),
        created_at=NOW - timedelta(days=400),
        labels={"app.kubernetes.io/name": f"svc-{number}", "team": "shop"},
        wanted=2,
        ready=2,
        running=(run,),
    )


def _read_at(read: int) -> datetime:
    return NOW + read * timedelta(minutes=1)
