"""The collector: reads clusters in parallel, each under a lease; failures stay isolated."""

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
POLL_SECONDS = 1.0  # how soon a requested refresh is noticed
RETRY_SECONDS = 5.0  # pause before retrying an unreachable database
STOP_SECONDS = 2.0  # how long running reads may delay the end of the process

Result = TypeVar("Result")
ReadOutcome = ClusterRead | ReadFailure


class Collector:
    """Reads the clusters of a context, on demand or in the background.

    Any number of collectors may share one database: a lease for each cluster, with a fencing
    number that the recording transaction checks, gives each cluster one reader at a time.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.holder = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
        self._leases = LeaseKeeper(context.store, self.holder)
        self._slots = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._running: dict[str, Future[Any]] = {}  # by cluster or job
        self._failing: dict[str, tuple[str, str]] = {}  # title and message by cluster
        self._stopping = threading.Event()
        self._loop: threading.Thread | None = None

    def collect(self, names: Collection[str] | None = None) -> list[ReadOutcome]:
        """Read the named clusters (default: all) now, and wait for all of them.

        Returns an outcome for each cluster read, in the order of the fleet. A cluster that another
        collector is reading is skipped and has no outcome.
        """
        wanted = [e for e in self.context.fleet.entries if names is None or e.cluster.name in names]
        tasks = [self._start_cluster(entry) for entry in wanted]
        return [outcome for task in tasks if (outcome := task.result()) is not None]

    def work(self, jobs: Iterable[Job]) -> None:
        """Run these jobs now, one after the other; skip those another collector is running."""
        for job in jobs:
            self._do(job)

    def start(self) -> None:
        """Read due clusters in a background thread until `stop`."""
        # Imported modules stay forever. Reading creates so many objects that the garbage collector
        # would traverse them again and again: about a seventh of the CPU.
        gc.collect()
        gc.freeze()
        self._loop = threading.Thread(target=self._run, name="collector", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """End the loop, giving running reads a moment to finish.

        Unfinished reads end with the process and their leases expire; until then they may still
        record.
        """
        self._stopping.set()
        if self._loop is not None:
            self._loop.join()
        wait(self._running.values(), timeout=STOP_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = POLL_SECONDS
            self._running = {n: task for n, task in self._running.items() if not task.done()}
            try:
                self.context.store.heartbeats.beat(self.holder)
                self._start_due()
            except StoreError as error:
                log.warning("collector: database unavailable, retrying: %s", error)
                pause = RETRY_SECONDS
            except Exception:  # only `stop` ends the loop
                log.exception("collector: unexpected error")
                pause = RETRY_SECONDS

    def _start_due(self) -> None:
        """Start due jobs and cluster reads that are not already running."""
        store, interval = self.context.store, self.context.written.rules.collect.interval
        for job in list_jobs(self.context):
            if job.name not in self._running and store.leases.due([job.name], job.interval):
                self._running[job.name] = _in_thread(job.name, partial(self._do, job))
        entries = {entry.cluster.name: entry for entry in self.context.fleet.entries}
        idle = [name for name in entries if name not in self._running]
        for name in store.leases.due(idle, interval):
            self._running[name] = self._start_cluster(entries[name])

    def _start_cluster(self, entry: ClusterEntry) -> "Future[ReadOutcome | None]":
        """Read a cluster as soon as a slot is free."""

        def read() -> ReadOutcome | None:
            with self._slots:
                return None if self._stopping.is_set() else self._collect_cluster(entry)

        return _in_thread(entry.cluster.name, read)

    def _do(self, job: Job) -> None:
        """Run a job unless another collector is running it. Never raises."""
        try:
            with self._leases.held(job.name) as lease:
                if lease is not None and not self._stopping.is_set():
                    job.run(self.context, lease)
        except LeaseLostError:
            log.warning("%s: finished but not recorded, another collector has taken over", job.name)
        except Exception as error:  # noqa: BLE001 - a job must not stop the others
            self._presentable(job.name, error)

    def _collect_cluster(self, entry: ClusterEntry) -> ReadOutcome | None:
        """Lease, read and record a cluster; None if another holds its lease. Never raises."""
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
        except Exception as error:  # noqa: BLE001 - a cluster must not stop the others
            return _failure(name, started_at, self._presentable(name, error))

    def _report(self, outcome: ReadOutcome) -> None:
        """Log a failure when it starts, changes or ends, not at every interval."""
        name = outcome.cluster
        failing = (outcome.title, outcome.message) if isinstance(outcome, ReadFailure) else None
        before = self._failing.pop(name, None)
        if failing is not None:
            self._failing[name] = failing
            if failing != before:
                log.warning("%s: %s: %s", name, *failing)
        elif before is not None:
            log.info("%s: recovered from: %s", name, before[0])

    def _read(self, entry: ClusterEntry) -> ReadOutcome:
        """Read a cluster; an error of our own becomes a failure shown to people."""
        name, started_at = entry.cluster.name, datetime.now(UTC)
        try:
            revisions = self.context.store.clusters.needs_revisions(name)
            return get_cluster(entry, self.context.written.rules.collect, revisions=revisions)
        except Exception as error:  # noqa: BLE001 - shown as a failure, not lost
            return _failure(name, started_at, self._presentable(name, error))

    def _presentable(self, name: str, error: Exception) -> ReldashError:
        """An error that can be shown; unexpected ones are logged with a traceback.

        After `stop` a leftover read may fail on a closed store: logged as debug only.
        """
        level = logging.DEBUG if self._stopping.is_set() else logging.ERROR
        if isinstance(error, ReldashError):
            log.log(level, "%s: %s", name, error)
            return error
        log.log(level, "%s: unexpected error", name, exc_info=error)
        return ReldashError("Unexpected error", f"{type(error).__name__}; see the server's log")


def _in_thread(name: str, do: Callable[[], Result]) -> "Future[Result]":
    """Run a function in a new daemon thread.

    Not in a pool: its threads would delay the end of the process while a cluster hangs.
    """
    task: Future[Result] = Future()
    threading.Thread(
        target=lambda: task.set_result(do()), name=f"collect {name}", daemon=True
    ).start()
    return task


def _failure(name: str, started_at: datetime, error: ReldashError) -> ReadFailure:
    return ReadFailure(name, started_at, datetime.now(UTC), error.title, error.message)
