"""The collector's jobs besides reading clusters, each run by one process at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from reldash.services.collecting import retention
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY, discover, discovery_interval
from reldash.services.registries.read import INTERVAL, REGISTRIES, read_registries
from reldash.store import Lease


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the collector.

    Attributes:
        name: name of its lease, starting with "@", which no cluster name does.
        interval: time between starts; a refresh requested under its name makes it due at once.
        run: the function. It writes under the lease, which is renewed while it runs; errors are
            logged and it is retried after the interval.
        goes_first: whether `collect --once` runs it before reading clusters.
    """

    name: str
    interval: timedelta
    run: Callable[[Context, Lease], None]
    goes_first: bool = False


def list_jobs(context: Context) -> tuple[Job, ...]:
    """The jobs of every fleet, and those that the fleet file enables."""
    jobs = [Job(retention.RETENTION, retention.INTERVAL, retention.delete_expired)]
    if context.written.discover:
        jobs.append(Job(DISCOVERY, discovery_interval(context), discover, goes_first=True))
    if context.written.registry.enabled:
        jobs.append(Job(REGISTRIES, INTERVAL, read_registries))
    return tuple(jobs)
