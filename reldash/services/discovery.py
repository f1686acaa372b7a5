"""Discovery of EKS clusters: run by a collector, stored, reported on the clusters page."""

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

DISCOVERY: Final = "@discovery"  # name of its lease and of its refresh requests
INTERVAL: Final = timedelta(minutes=5)
FIRST_INTERVAL: Final = timedelta(seconds=10)  # while a region was never searched
RETRY_INTERVAL: Final = timedelta(minutes=1)  # while a region fails


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """The state of discovery.

    Attributes:
        regions: the result of each searched region, in the order of the rules.
        not_searched: regions with their roles, as text, that were never searched.
        assigned: clusters assigned by their tags, by their name in the fleet.
        unassigned: the other discovered clusters, each with the reason.
    """

    regions: tuple[RegionStatus, ...]
    not_searched: tuple[str, ...]
    assigned: Mapping[str, DiscoveredCluster]
    unassigned: tuple[Unassigned, ...]


def report_discovery(context: Context) -> DiscoveryReport | None:
    """The state of discovery; None if the fleet file has no discover rules.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.discover:
        return None
    findings, assignment = context.live.load()
    known = {(status.region, status.role_arn): status for status in findings.regions}
    ruled = _places(context)
    return DiscoveryReport(
        tuple(known[place] for place in ruled if place in known),
        tuple(region_text(*place) for place in ruled if place not in known),
        assignment.assigned,
        assignment.unassigned,
    )


def list_discovery_gaps(report: DiscoveryReport | None) -> list[str]:
    """A sentence for each region or cluster that may hold clusters missing from a dashboard."""
    if report is None:
        return []
    never = [f"no discovery yet in {words}" for words in report.not_searched]
    never += [
        f"discovery in {region_text(each.region, each.role_arn)} never succeeded:"
        f" {each.error_title}"
        for each in report.regions
        if each.reached_at is None
    ]
    untagged = (each.found for each in report.unassigned if each.found.tags is None)
    return never + [f"{each.name} in {each.region}: its tags are unknown" for each in untagged]


def discover(context: Context, lease: Lease) -> None:
    """Search every region of every rule, and store the result.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    before = {(s.region, s.role_arn): s for s in context.store.discoveries.load().regions}
    reads = get_discovered(context.written.discover)
    for read in reads:
        last = before.get((read.region, read.role_arn))
        logged = (last.error_title, last.error_message) if last is not None else ("", "")
        if read.error_title and logged != (read.error_title, read.error_message):
            where = region_text(read.region, read.role_arn)
            log.warning("discovery in %s: %s: %s", where, read.error_title, read.error_message)
    context.store.discoveries.save(reads, lease)


@dataclass(frozen=True, slots=True)
class DiscoveryTrial:
    """The result of a trial discovery: the resulting fleet, and rows for `check`."""

    fleet: Fleet
    rows: tuple[tuple[str, str, bool, str, str], ...]


def try_discovery(context: Context) -> DiscoveryTrial:
    """Search every region of every rule with this process's permissions; store nothing.

    A region or cluster that AWS refuses to describe is a failure; an unassigned one is not.

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
    assignment = assign(context.written, found)
    rows = [row for read in reads for row in _rows_of(read, assignment)]
    rows += [
        (each.found.name, "assigned", True, f"found, not assigned: {each.reason}", each.remedy)
        for each in assignment.unassigned
        if each.found.tags is not None
    ]
    return DiscoveryTrial(assignment.fleet, tuple(rows))


def _rows_of(read: RegionRead, assignment: Assignment) -> Iterator[tuple[str, str, bool, str, str]]:
    what = f"discovery {region_text(read.region, read.role_arn)}"
    if read.found is None:
        yield what, "listed", False, f"{read.error_title}: {read.error_message}", read.error_remedy
        return
    assigned = {each.arn for each in assignment.assigned.values()}
    here = sum(each.arn in assigned for each in read.found)
    yield what, "listed", True, f"{counted(len(read.found), 'cluster')}, {here} assigned", ""
    for each in read.found:
        if each.error_title:
            error = f"{each.name}: {each.error_title}: {each.error_message}"
            yield what, "described", False, error, each.error_remedy


def region_text(region: str, role_arn: str | None) -> str:
    """`eu-west-1 as arn:aws:iam::111122223333:role/reader`, or the region alone."""
    return f"{region} as {role_arn}" if role_arn else region


def discovery_interval(context: Context) -> timedelta:
    """The interval between discoveries: shorter while a region fails or is new."""
    findings, _ = context.live.get()
    known = {(status.region, status.role_arn): status for status in findings.regions}
    statuses = [known.get(place) for place in _places(context)]
    if None in statuses:  # first start, or a new rule in the fleet file
        return FIRST_INTERVAL
    return RETRY_INTERVAL if any(s and s.error_title for s in statuses) else INTERVAL


def _places(context: Context) -> list[tuple[str, str | None]]:
    """The (region, role) pairs of all rules, in the order of the file."""
    return [(region, rule.role_arn) for rule in context.written.discover for region in rule.regions]
