"""Finding clusters: done by a collector, kept in the store, shown on the clusters page."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from reldash.collectors.aws.discovery import get_discovered
from reldash.config import Fleet
from reldash.domain.fleet.discovered import (
    DiscoveredCluster,
    RegionRead,
    RegionStatus,
    merge_discovered,
)
from reldash.domain.phrases import counted
from reldash.services.context import Context
from reldash.services.fleet.assignment import Assignment, Unassigned, assign
from reldash.store import Lease

log = logging.getLogger(__name__)

DISCOVERY: Final = "@discovery"  # its lease, and what a refresh asks for
INTERVAL: Final = timedelta(minutes=5)
FIRST_INTERVAL: Final = timedelta(seconds=10)  # while one of the regions was never looked into
RETRY_INTERVAL: Final = timedelta(minutes=1)  # while one of its looks fails


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """How discovery goes.

    Attributes:
        regions: how looking into the regions of the rules went, in their order.
        unlooked: the regions, with the roles, that were never looked into yet, in words.
        assigned: the clusters that tags give a place, by their name in the fleet.
        unassigned: those found besides, with why.
    """

    regions: tuple[RegionStatus, ...]
    unlooked: tuple[str, ...]
    assigned: Mapping[str, DiscoveredCluster]
    unassigned: tuple[Unassigned, ...]


def report_discovery(context: Context) -> DiscoveryReport | None:
    """What is known of discovery; None where the fleet file has no rules for it.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.discover:
        return None
    findings, made = context.live.load()
    known = {(status.region, status.role_arn): status for status in findings.regions}
    ruled = _places(context)
    return DiscoveryReport(
        tuple(known[place] for place in ruled if place in known),
        tuple(region_text(*place) for place in ruled if place not in known),
        made.assigned,
        made.unassigned,
    )


def list_discovery_gaps(report: DiscoveryReport | None) -> list[str]:
    """What may hold clusters of any dashboard that nobody knows of: a sentence each."""
    if report is None:
        return []
    never = [f"clusters in {words} were not looked for yet" for words in report.unlooked]
    never += [
        f"clusters in {region_text(each.region, each.role_arn)} were never found:"
        f" {each.error_title}"
        for each in report.regions
        if each.reached_at is None
    ]
    untold = (each.found for each in report.unassigned if each.found.tags is None)
    return never + [f"{each.name} in {each.region}: its tags are not known" for each in untold]


def discover(context: Context, lease: Lease) -> None:
    """Look into every region of every rule, and keep what was found.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    before = {(s.region, s.role_arn): s for s in context.store.discoveries.load().regions}
    reads = get_discovered(context.written.discover)
    for read in reads:
        last = before.get((read.region, read.role_arn))
        told = (last.error_title, last.error_message) if last is not None else ("", "")
        if read.error_title and told != (read.error_title, read.error_message):
            where = region_text(read.region, read.role_arn)
            log.warning("discovery in %s: %s: %s", where, read.error_title, read.error_message)
    context.store.discoveries.save(reads, lease)


@dataclass(frozen=True, slots=True)
class DiscoveryTrial:
    """Discovery as it went just now: the fleet that comes of it, and the rows of `check`."""

    fleet: Fleet
    rows: tuple[tuple[str, str, bool, str, str], ...]


def try_discovery(context: Context) -> DiscoveryTrial:
    """Look into every region of every rule, as this process may, and keep nothing of it.

    A region, or a cluster, that AWS refuses to tell of is at fault; one without a place is not.

    Raises:
        StoreError: the database cannot be reached.
    """
    known = context.store.discoveries.load().clusters if context.written.discover else ()
    first_found_at = {each.arn: each.found_at for each in known}
    reads = get_discovered(context.written.discover)
    found: list[DiscoveredCluster] = []
    for read in reads:
        place = read.region, read.role_arn
        here = [each for each in known if (each.region, each.role_arn) == place]
        found.extend(merge_discovered(here, read, first_found_at))
    made = assign(context.written, found)
    rows = [row for read in reads for row in _rows_of(read, made)]
    rows += [
        (each.found.name, "assigned", True, f"found, not assigned: {each.reason}", each.mend)
        for each in made.unassigned
        if each.found.tags is not None
    ]
    return DiscoveryTrial(made.fleet, tuple(rows))


def _rows_of(read: RegionRead, made: Assignment) -> Iterator[tuple[str, str, bool, str, str]]:
    what = f"discovery {region_text(read.region, read.role_arn)}"
    if read.found is None:
        yield what, "listed", False, f"{read.error_title}: {read.error_message}", read.error_mend
        return
    assigned = {each.arn for each in made.assigned.values()}
    here = sum(each.arn in assigned for each in read.found)
    yield what, "listed", True, f"{counted(len(read.found), 'cluster')}, {here} assigned", ""
    for each in read.found:
        if each.error_title:
            said = f"{each.name}: {each.error_title}: {each.error_message}"
            yield what, "described", False, said, each.error_mend


def region_text(region: str, role_arn: str | None) -> str:
    """`eu-west-1 as arn:aws:iam::111122223333:role/reader`, or the region alone."""
    return f"{region} as {role_arn}" if role_arn else region


def discovery_interval(context: Context) -> timedelta:
    """How long after a look the next one is due: sooner while a region fails, or is new."""
    findings, _ = context.live.get()
    known = {(status.region, status.role_arn): status for status in findings.regions}
    looks = [known.get(place) for place in _places(context)]
    if None in looks:  # none yet, or the fleet file has got more rules
        return FIRST_INTERVAL
    return RETRY_INTERVAL if any(look and look.error_title for look in looks) else INTERVAL


def _places(context: Context) -> list[tuple[str, str | None]]:
    """The regions of all rules, with their roles, in the order of the file."""
    return [(region, rule.role_arn) for rule in context.written.discover for region in rule.regions]
