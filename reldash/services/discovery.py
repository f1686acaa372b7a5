"""Finding clusters: done by a collector, kept in the store, shown on the clusters page."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from reldash.collectors.discovery import get_discovered
from reldash.domain.found import FoundCluster, RegionStatus
from reldash.services.assignment import Unassigned
from reldash.services.context import Context
from reldash.store import Lease

log = logging.getLogger(__name__)

DISCOVERY: Final = "@discovery"  # its lease, and what a refresh asks for
INTERVAL: Final = timedelta(minutes=5)
RETRY_INTERVAL: Final = timedelta(minutes=1)  # while one of its looks fails


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """How discovery goes.

    Attributes:
        regions: how looking into each region of each rule went; None for those never tried.
        assigned: the clusters that tags give a place, by their name in the fleet.
        unassigned: those found besides, with why.
    """

    regions: tuple[tuple[str, str | None, RegionStatus | None], ...]
    assigned: dict[str, FoundCluster]
    unassigned: tuple[Unassigned, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether a region has never been looked into yet."""
        return any(status is None for _, _, status in self.regions)


def report_discovery(context: Context) -> DiscoveryReport | None:
    """What is known of discovery; None where the fleet file has no rules for it.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.discover:
        return None
    findings, made = context.live.load()
    known = {(status.region, status.role_arn): status for status in findings.regions}
    return DiscoveryReport(
        tuple(
            (region, rule.role_arn, known.get((region, rule.role_arn)))
            for rule in context.written.discover
            for region in rule.regions
        ),
        dict(made.assigned),
        made.unassigned,
    )


def discover(context: Context, lease: Lease) -> None:
    """Look into every region of every rule, and keep what was found.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    before = {(s.region, s.role_arn): s for s in context.store.load_findings().regions}
    reads = get_discovered(context.written.discover)
    for read in reads:
        last = before.get((read.region, read.role_arn))
        told = (last.error_title, last.error_message) if last is not None else ("", "")
        if read.error_title and told != (read.error_title, read.error_message):
            where = f"{read.region} as {read.role_arn}" if read.role_arn else read.region
            log.warning("discovery in %s: %s: %s", where, read.error_title, read.error_message)
    context.store.save_regions(reads, lease)


def discovery_interval(context: Context) -> timedelta:
    """How long after a look the next one is due: sooner while a region refuses or fails."""
    findings, _ = context.live.get()
    ruled = {
        (region, rule.role_arn) for rule in context.written.discover for region in rule.regions
    }
    fails = any(s.error_title for s in findings.regions if (s.region, s.role_arn) in ruled)
    return RETRY_INTERVAL if fails else INTERVAL
