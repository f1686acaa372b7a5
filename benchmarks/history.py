"""History: its growth, the cost of writing an unchanged cluster, and the time to load the past.

Growth is scaled down: 10 clusters of 1,000 workloads, read 100 times with 0.1 % changed per read;
the full run, 100 clusters read 1,000 times, is the benchmark `_growth`. The past is full size: a
year of 100,000 containers, 4 million rollouts, which the database generates in some minutes.
"""

import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from statistics import median
from typing import Any
from unittest.mock import patch

import psycopg2
from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql.selectable import SelectBase

from benchmarks._databases import open_database, verdict
from benchmarks._growth import growth
from benchmarks._year import CLUSTERS, END, SERVICES, cluster_of, fill
from reldash.domain.rollouts.records import RolloutRecord
from reldash.store import Store, column_arrays

READ_CLUSTERS, READS = 10, 100
GOAL_SECONDS = 1.0  # to load all that ran at a moment, from the query to Python values
AT = END - timedelta(days=100, hours=7)
_INSTANT = timedelta(microseconds=1)
_WIDTH = 150  # of plans, which repeat the values of their conditions


def main() -> None:
    """Print the figures; exit with 1 if a goal is missed."""
    good = [growth(READ_CLUSTERS, READS), past()]
    if not all(good):
        sys.exit(1)


def past() -> bool:
    """Load moments of a year; returns whether the goal is met."""
    print(f"history: a year of {CLUSTERS * SERVICES:,} containers")
    with open_database() as (store, url), closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        began = time.perf_counter()
        rollouts = fill(connection)
        print(f"  {rollouts:,} rollouts, made in {time.perf_counter() - began:.0f} s")
        everywhere = [cluster_of(i) for i in range(CLUSTERS)]
        seconds, statements = time_past_moments(store, everywhere)
        for number in (1, 10, CLUSTERS):
            time_snapshots(store, [cluster_of(i) for i in range(number)])
        by_index = explained(connection, statements)
        by_index &= explained(connection, time_snapshots(store, everywhere))
    good = seconds <= GOAL_SECONDS and by_index
    print(
        f"  goal: what ran at a moment, of all clusters, by index within"
        f" {GOAL_SECONDS:.0f} s: {verdict(good)}"
    )
    return good


def time_past_moments(store: Store, names: list[str]) -> tuple[float, list[str]]:
    """Print the time to load what ran in every container at moments of the year.

    Each result is complete: image, digests, start time and description, as Python values. The first
    also loads container names and descriptions into the process.

    Returns:
        The median of the others in seconds, and the queries of the last one.
    """
    walls: list[float] = []
    records: list[RolloutRecord] = []
    for back in range(7):
        at = AT - back * timedelta(days=41, hours=5)
        records = []  # what was answered before is not part of the question
        with recorded_statements() as statements:
            start = time.perf_counter()
            records = store.history.load_records(clusters=names, since=at, until=at + _INSTANT)
            walls.append(time.perf_counter() - start)
    print(
        f"  what ran at a moment in {len(names)} clusters, {len(records):,} containers:"
        f" {walls[0]:.2f} s at first, then at other moments of the year"
        f" {', '.join(f'{wall:.2f}' for wall in walls[1:])} s"
    )
    return median(walls[1:]), statements


def time_snapshots(store: Store, names: list[str]) -> list[str]:
    """Print the time to build a snapshot of these clusters; returns its queries.

    Container names and descriptions are cached by now (`time_past_moments`).
    """
    walls, cpus = [], []
    for _ in range(4):
        with recorded_statements() as statements:
            start = time.process_time(), time.perf_counter()
            snapshot = store.snapshots.load_at(names, AT)
            walls.append(time.perf_counter() - start[1])
            cpus.append(time.process_time() - start[0])
    print(
        f"  as-of of {len(names)} clusters, {len(snapshot.observations):,} containers and"
        f" {len(snapshot.sightings):,} sightings: {median(walls):.2f} s, {median(cpus):.2f} s of"
        " them CPU of this process"
    )
    return statements


def explained(connection: Any, statements: Iterable[str]) -> bool:
    """Print each statement's time, and the plans of those that find open intervals.

    Returns whether none of them reads all rollouts.
    """
    by_index = True
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64MB'")  # as the store does for these
        for statement in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
            plan = [line for (line,) in cursor.fetchall()]
            found = re.search(r"Execution Time: ([0-9.]+) ms", plan[-1])
            took = float(found[1]) / 1000 if found else 0.0
            reads_whole = any("Seq Scan on rollouts" in line for line in plan)
            by_index &= not reads_whole
            title = "FROM" + " ".join(statement.split()).partition(" FROM")[2][:90]
            print(f"  {took:.2f} s{', reads all rollouts' if reads_whole else ''}: {title}")
            if "OFFSET 0" in statement or "&&" in statement:
                print("\n".join(f"    {line[:_WIDTH]}" for line in plan))
    return by_index


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Record the queries made within the block, with their values in place."""
    made: list[str] = []

    def record(_c: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        text = cursor.mogrify(statement, parameters).decode()
        if text.lstrip().startswith(("SELECT", "WITH")):
            made.append(text)

    def load(
        connection: Connection, query: SelectBase, values: Any = None
    ) -> column_arrays.Columns:
        made.append(column_arrays.render_sql(connection, query, values))
        return whole(connection, query, values)

    whole = column_arrays.load
    event.listen(Engine, "before_cursor_execute", record)
    try:
        with patch.object(column_arrays, "load", load):
            yield made
    finally:
        event.remove(Engine, "before_cursor_execute", record)
