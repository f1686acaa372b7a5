"""History: how it grows, what an unchanged cluster costs to write, and how quick its past is.

Growth is scaled down: 10 clusters of 1,000 workloads read 100 times with 0.1 % changing a read, in
place of 100 clusters read 1,000 times. The past is whole: a year of 100,000 containers, 4 million
rollouts, which the database makes by itself in some minutes.
"""

import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
from sqlalchemy import Engine, event

from benchmarks._fleets import NOW
from benchmarks._year import CLUSTERS, END, SERVICES, cluster_of, fill
from reldash.domain.model import ContainerRole, Observation, Running, WorkloadKind
from reldash.domain.reads import ClusterRead
from reldash.store import Lease, Store
from reldash.store.embedded import embedded_postgres

READ_CLUSTERS, READS = 10, 100
GOAL_UNCHANGED = 0.15  # of the first write
GOAL_SECONDS = 1.0  # for finding what was open at a moment, of everything
AT = END - timedelta(days=100, hours=7)
_TABLES = ("containers", "observations", "rollouts", "builds", "descriptions", "coverage")


def main() -> None:
    """Print the figures; exit with 1 if a goal is missed."""
    good = [growth(), past()]
    if not all(good):
        sys.exit(1)


def growth() -> bool:
    """Record reads of which each changes one workload in a thousand."""
    print(f"history: {READ_CLUSTERS} clusters x {SERVICES:,} workloads, read {READS} times each,")
    print("  one workload in 1,000 changed a read")
    spent: dict[str, list[float]] = {"first": [], "changed": [], "unchanged": []}
    with opened() as (store, url):
        for cluster in map(cluster_of, range(READ_CLUSTERS)):
            lease = store.acquire_lease(cluster, "benchmark", timedelta(days=1))
            assert lease is not None  # noqa: S101 - nobody else is there
            found = [observation(cluster, number, 0) for number in range(SERVICES)]
            for read in range(READS):
                kind = "changed" if read else "first"
                if read:
                    found[read * 7] = observation(cluster, read * 7, read)
                spent[kind].append(recorded(store, cluster_read(cluster, found, read), lease))
            for read in range(READS, READS + 5):
                again = cluster_read(cluster, found, read)
                spent["unchanged"].append(recorded(store, again, lease))
        rows = counted(url)
    changes = READ_CLUSTERS * (READS - 1)
    expected = READ_CLUSTERS * SERVICES + changes
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
        and rows["coverage"] == READ_CLUSTERS
        and ratios["unchanged"] <= GOAL_UNCHANGED
    )
    print(f"  goal: grows by changes alone, unchanged at most {GOAL_UNCHANGED:.0%}: {said(good)}")
    return good


def recorded(store: Store, read: ClusterRead, lease: Lease) -> float:
    """Seconds that it took to record a read."""
    began = time.perf_counter()
    store.record(read, lease)
    return time.perf_counter() - began


def past() -> bool:
    """Look at a moment of a year."""
    print(f"history: a year of {CLUSTERS * SERVICES:,} containers")
    with opened() as (store, url), closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        began = time.perf_counter()
        rollouts = fill(connection)
        print(f"  {rollouts:,} rollouts, made in {time.perf_counter() - began:.0f} s")
        for number in (1, 10, CLUSTERS):
            names = [cluster_of(i) for i in range(number)]
            walls, cpus = [], []
            for _ in range(3):
                with noted() as statements:
                    start = time.process_time(), time.perf_counter()
                    snapshot = store.load_snapshot_at(names, AT)
                    walls.append(time.perf_counter() - start[1])
                    cpus.append(time.process_time() - start[0])
            print(
                f"  as-of of {number} clusters, {len(snapshot.observations):,} containers and"
                f" {len(snapshot.sightings):,} sightings: {min(walls):.2f} s,"
                f" {min(cpus):.2f} s of them CPU of this process"
            )
        seconds = explained(connection, statements)
    good = seconds <= GOAL_SECONDS
    print(
        f"  goal: what was open at a moment, of all clusters, by index within"
        f" {GOAL_SECONDS:.0f} s: {said(good)}"
    )
    return good


def explained(connection: Any, statements: Iterable[str]) -> float:
    """Print the plan of what finds the open intervals, and how long each statement takes."""
    seconds = 0.0
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64MB'")  # as the store does for these
        for statement in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
            plan = [line for (line,) in cursor.fetchall()]
            found = re.search(r"Execution Time: ([0-9.]+) ms", plan[-1])
            took = float(found[1]) / 1000 if found else 0.0
            reads_whole = any("Seq Scan on rollouts" in line for line in plan)
            title = " ".join(statement.split())[:90]
            print(f"  {took:.2f} s{', reads all rollouts' if reads_whole else ''}: {title}")
            if "tstzrange(rollouts.started_at" in statement:
                print("\n".join(f"    {line}" for line in plan))
                seconds = took if not reads_whole else float("inf")
    return seconds


@contextmanager
def noted() -> Iterator[list[str]]:
    """The queries that are made meanwhile, with their values in place."""
    made: list[str] = []

    def note(_c: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        text = cursor.mogrify(statement, parameters).decode()
        if text.lstrip().startswith(("SELECT", "WITH")):
            made.append(text)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def opened() -> Iterator[tuple[Store, str]]:
    """A store over an empty database, and the database's address."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "data", fsync=False) as server,
    ):
        store = Store.open(server.url)
        yield store, server.url
        store.close()


def counted(url: str) -> dict[str, int]:
    """Rows by table."""
    found = {}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from above
            found[table] = int(cursor.fetchone()[0])  # type: ignore[index]  # there is a row
    return found


def cluster_read(cluster: str, found: list[Observation], read: int) -> ClusterRead:
    """A read a minute after the one before."""
    at = NOW + read * timedelta(minutes=1)
    return ClusterRead(cluster, at, at, tuple(replace(o, observed_at=at) for o in found))


def observation(cluster: str, number: int, release: int) -> Observation:
    """A Deployment that runs a release."""
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
        observed_at=NOW,
        created_at=NOW - timedelta(days=400),
        labels={"app.kubernetes.io/name": f"svc-{number}", "team": "shop"},
        wanted=2,
        ready=2,
        running=(run,),
    )


def said(good: object) -> str:
    """The word for it."""
    return "met" if good else "MISSED"
