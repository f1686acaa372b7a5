"""Reading clusters: each by one holder at a time, all at once, one failure stopping no other."""

import gc
import logging
import os
import socket
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.errors import ReldashError, StoreError
from reldash.services.collecting.jobs import Job, list_jobs
from reldash.services.collecting.lease_keeper import LeaseKeeper
from reldash.services.context import Context
from reldash.store import LeaseLostError

log = logging.getLogger(__name__)

MAX_AT_ONCE = 32
POLL_SECONDS = 1.0  # how soon a refresh asked for by a page is noticed
RETRY_SECONDS = 5.0  # how soon a database that is away is asked again
STOP_SECONDS = 2.0  # how long reads under way may hold up the end of the process

Result = TypeVar("Result")
ReadOutcome = ClusterRead | ReadFailure


class Collector:
    """Reads the clusters of a context, on demand or in the background.

    Any number of collectors may run over one database: a lease a cluster, with a fencing number
    that the recording transaction checks, lets each cluster be read by one of them at a time.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.holder = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
        self._leases = LeaseKeeper(context.store, self.holder)
        self._slots = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._under_way: dict[str, Future[Any]] = {}  # by cluster or job
        self._failing: dict[str, tuple[str, str]] = {}  # title and message by cluster
        self._stopping = threading.Event()
        self._loop: threading.Thread | None = None

    def collect(self, names: Collection[str] | None = None) -> list[ReadOutcome]:
        """Read the named clusters (all by default) now, and wait for all of them.

        Returns an outcome for each that was read, in the order of the fleet. A cluster that
        another collector is reading is left to it and has no outcome here.
        """
        wanted = [e for e in self.context.fleet.entries if names is None or e.cluster.name in names]
        tasks = [self._begin_cluster(entry) for entry in wanted]
        return [outcome for task in tasks if (outcome := task.result()) is not None]

    def work(self, jobs: Iterable[Job]) -> None:
        """Do these jobs now, one after the other, but for those that another collector is at."""
        for job in jobs:
            self._do(job)

    def start(self) -> None:
        """Begin reading due clusters in a background thread, until `stop`."""
        # What has been imported stays for good. Reading makes so many objects that the garbage
        # collector would look through all of it again and again: about a seventh of the CPU.
        gc.collect()
        gc.freeze()
        self._loop = threading.Thread(target=self._run, name="collector", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """End the loop. Reads under way get a moment to end; then they are left to themselves.

        What is left ends with the process, and its lease expires; a lease that it still holds
        lets it record until then.
        """
        self._stopping.set()
        if self._loop is not None:
            self._loop.join()
        wait(self._under_way.values(), timeout=STOP_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = POLL_SECONDS
            self._under_way = {n: task for n, task in self._under_way.items() if not task.done()}
            try:
                self.context.store.heartbeats.beat(self.holder)
                self._begin_due()
            except StoreError as error:
                log.warning("collector waits for the database: %s", error)
                pause = RETRY_SECONDS
            except Exception:  # nothing may end the loop but `stop`
                log.exception("collector: unexpected")
                pause = RETRY_SECONDS

    def _begin_due(self) -> None:
        """Begin what is due and not under way: jobs, and clusters."""
        store, interval = self.context.store, self.context.written.rules.collect.interval
        for job in list_jobs(self.context):
            if job.name not in self._under_way and store.leases.due([job.name], job.interval):
                self._under_way[job.name] = _in_thread(job.name, partial(self._do, job))
        entries = {entry.cluster.name: entry for entry in self.context.fleet.entries}
        idle = [name for name in entries if name not in self._under_way]
        for name in store.leases.due(idle, interval):
            self._under_way[name] = self._begin_cluster(entries[name])

    def _begin_cluster(self, entry: ClusterEntry) -> "Future[ReadOutcome | None]":
        """Read a cluster as soon as there is a slot."""

        def read() -> ReadOutcome | None:
            with self._slots:
                return None if self._stopping.is_set() else self._collect_cluster(entry)

        return _in_thread(entry.cluster.name, read)

    def _do(self, job: Job) -> None:
        """Do a job unless another collector is at it. Never raises."""
        try:
            with self._leases.held(job.name) as lease:
                if lease is not None and not self._stopping.is_set():
                    job.run(self.context, lease)
        except LeaseLostError:
            log.warning("%s: done but not recorded, another collector has taken over", job.name)
        except Exception as error:  # noqa: BLE001 - a job never ends what else is done
            self._as_ours(job.name, error)

    def _collect_cluster(self, entry: ClusterEntry) -> ReadOutcome | None:
        """Lease, read, record; None where another holds the lease. Never raises."""
        store, name, started_at = self.context.store, entry.cluster.name, datetime.now(UTC)
        try:
            with self._leases.held(name) as lease:
                if lease is None:
                    return None
                outcome = self._read(entry)
                self._report(outcome)
                if isinstance(outcome, ReadFailure):
                    store.clusters.record_failure(outcome, lease)
                else:
                    gap = self.context.written.rules.collect.stale_after
                    store.clusters.record(outcome, lease, gap=gap)
                return outcome
        except LeaseLostError as error:
            log.warning("%s: read but not recorded, another collector has taken over", name)
            return _failure(name, started_at, error)
        except Exception as error:  # noqa: BLE001 - one cluster never ends the others
            return _failure(name, started_at, self._as_ours(name, error))

    def _report(self, outcome: ReadOutcome) -> None:
        """Log a failure when it begins or changes, and its end; not again at every interval."""
        name = outcome.cluster
        failing = (outcome.title, outcome.message) if isinstance(outcome, ReadFailure) else None
        before = self._failing.pop(name, None)
        if failing is not None:
            self._failing[name] = failing
            if failing != before:
                log.warning("%s: %s: %s", name, *failing)
        elif before is not None:
            log.info("%s: read again, after: %s", name, before[0])

    def _read(self, entry: ClusterEntry) -> ReadOutcome:
        """What the cluster answers; a fault of our own becomes its failure, seen by people."""
        name, started_at = entry.cluster.name, datetime.now(UTC)
        try:
            revisions = self.context.store.clusters.needs_revisions(name)
            return get_cluster(entry, self.context.written.rules.collect, revisions=revisions)
        except Exception as error:  # noqa: BLE001 - a fault of ours is shown, not lost
            return _failure(name, started_at, self._as_ours(name, error))

    def _as_ours(self, name: str, error: Exception) -> ReldashError:
        """An error that people can be shown; what was not foreseen goes to the log with its trace.

        A read that was left behind by `stop` may find store and interpreter going: no news.
        """
        level = logging.DEBUG if self._stopping.is_set() else logging.ERROR
        if isinstance(error, ReldashError):
            log.log(level, "%s: %s", name, error)
            return error
        log.log(level, "%s: unexpected", name, exc_info=error)
        return ReldashError(
            "Unexpected error", f"{type(error).__name__}; the server's log has more"
        )


def _in_thread(name: str, do: Callable[[], Result]) -> "Future[Result]":
    """Do it in a thread of its own.

    The thread is a daemon: a pool's threads would keep a process that wants to end waiting for a
    cluster that does not answer.
    """
    task: Future[Result] = Future()
    threading.Thread(
        target=lambda: task.set_result(do()), name=f"collect {name}", daemon=True
    ).start()
    return task


def _failure(name: str, started_at: datetime, error: ReldashError) -> ReadFailure:
    return ReadFailure(name, started_at, datetime.now(UTC), error.title, error.message)
