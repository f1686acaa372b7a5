"""Asking for newer data: reads on demand, and caches made anew."""

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
    """Ask whichever collector runs to read these clusters soon; returns at once.

    Where all of the fleet are asked for, more clusters are looked for too.
    """
    names = set(clusters)
    if context.written.discover and names.issuperset(context.cluster_names):
        names.add(DISCOVERY)
    context.store.leases.request(names)
    keep_fresh(context)


_fresh_lock = threading.Lock()
_fresh_collector: Collector | None = None  # guarded by the lock


def keep_fresh(context: Context) -> None:
    """Where no collector runs anywhere, read what is due, in the background; returns at once.

    A page calls it when it reads. With a collector alive, here or elsewhere, it does nothing.
    """
    interval = context.written.rules.collect.interval
    if context.settings.collect == "inline" or context.store.heartbeats.is_any_alive(3 * interval):
        return
    if not _fresh_lock.acquire(blocking=False):
        return  # an earlier page's reading is still under way
    global _fresh_collector
    if _fresh_collector is None or _fresh_collector.context is not context:
        _fresh_collector = Collector(context)  # kept: it knows which failures were logged
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
    """Make every cached page and frame of every process be made anew."""
    context.store.cache_key.move_epoch()
