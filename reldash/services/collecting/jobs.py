"""What a collector does beside reading clusters: each job by one process at a time."""

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
        name: of its lease. It begins with "@", as no cluster's name does.
        interval: how long after it last began it is due again; a refresh that is requested
            under its name makes it due at once.
        run: does it. Whatever it writes it writes under the lease, which is renewed meanwhile;
            errors are logged, and it is tried again after the interval.
        goes_first: whether clusters are read better after it than before it, where all is done
            once.
    """

    name: str
    interval: timedelta
    run: Callable[[Context, Lease], None]
    goes_first: bool = False


def list_jobs(context: Context) -> tuple[Job, ...]:
    """What is to be done for every fleet, and what the fleet file asks for."""
    jobs = [Job(retention.RETENTION, retention.INTERVAL, retention.forget)]
    if context.written.discover:
        jobs.append(Job(DISCOVERY, discovery_interval(context), discover, goes_first=True))
    if context.written.registry.enabled:
        jobs.append(Job(REGISTRIES, INTERVAL, read_registries))
    return tuple(jobs)
