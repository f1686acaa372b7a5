"""Requests for newer data: reads on demand, and clearing caches."""

import logging
import threading
from collections.abc import Iterable
from itertools import chain

from reldash.errors import StoreError
from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY

log = logging.getLogger(__name__)


def request_refresh(context: Context, clusters: Iterable[str]) -> None:
    """Ask the running collector to read these clusters soon; returns at once.

    A request for the whole fleet also starts discovery.
    """
    names = set(clusters)
    if context.written.discover and names.issuperset(context.cluster_names):
        names.add(DISCOVERY)
    context.store.leases.request(names)
    keep_fresh(context)


_fresh_lock = threading.Lock()
_fresh_collector: Collector | None = None  # guarded by the lock


def keep_fresh(context: Context) -> None:
    """If no collector runs anywhere, read due clusters in the background; returns at once.

    Called by pages when they read data.
    """
    interval = context.written.rules.collect.interval
    if context.settings.collect == "inline" or context.store.heartbeats.is_any_alive(3 * interval):
        return
    if not _fresh_lock.acquire(blocking=False):
        return  # a read started by an earlier page still runs
    global _fresh_collector
    if _fresh_collector is None or _fresh_collector.context is not context:
        _fresh_collector = Collector(context)  # kept: it remembers which failures were logged
    collector = _fresh_collector

    def read() -> None:
        try:
            jobs = list_jobs(context)
            due = set(chain(*(context.store.leases.due([j.name], j.interval) for j in jobs)))
            collector.work(job for job in jobs if job.name in due and job.goes_first)
            collector.collect(context.store.leases.due(context.cluster_names, interval))
            collector.work(job for job in jobs if job.name in due and not job.goes_first)
        except StoreError as error:
            log.warning("not refreshed: %s", error)
        finally:
            _fresh_lock.release()

    threading.Thread(target=read, name="keep-fresh", daemon=True).start()


def clear_cache(context: Context) -> None:
    """Make every process recompute its cached pages and frames."""
    context.store.cache_key.move_epoch()
