"""What registries tell of a cell: its push, its findings, and where those are fixed already."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.reasons.findings import fixed_earlier_words
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.registries.scans import Scan, ScanStatus, Severity, worst

_NONE = (0, 0)
# What runs later and is newer brought its findings with it: nothing has fixed them yet.
_FIXING = frozenset({Relation.OLDER, Relation.REBUILT, Relation.DIFFERENT})


class CellFindings(NamedTuple):
    """What registries tell of a cell, as `Cell` has it."""

    pushed_at: datetime | None = None
    scan: Scan | None = None
    fixed_earlier: str = ""


NO_FINDINGS = CellFindings()


def cell_findings(
    service: JudgedService,
    subject: str,
    shown: Sequence[JudgedPlace],
    counting: Sequence[JudgedPlace],
    version: str,
) -> CellFindings:
    """What registries tell of a cell.

    Args:
        service: whose cell it is.
        subject: what sentences call the cell.
        shown: the places whose versions it shows; not empty.
        counting: those of them that count.
        version: the one that it shows first.
    """
    if service.standards.registries.is_empty:
        return NO_FINDINGS
    pushes = [
        place.registry_info.pushed_at
        for place in shown
        if place.registry_info.pushed_at is not None and place.version == version
    ]
    return CellFindings(
        min(pushes, default=None), scan_of_places(shown), fixed_earlier(service, subject, counting)
    )


def fixed_earlier(service: JudgedService, subject: str, places: Sequence[JudgedPlace]) -> str:
    """That a cell runs critical or high findings of which an earlier environment has fewer.

    Fewer critical ones, or as many and fewer high ones; both must be counted, and what runs
    earlier must not be the older.

    Args:
        service: whose cell it is.
        subject: what sentences call the cell.
        places: those of the cell that count.

    Returns:
        A sentence on the nearest such environment; "" if there is none.
    """
    own = scan_of_places(places)
    if own is None or own.status is not ScanStatus.COUNTED:
        return ""
    weight = _weight(own)
    if weight == _NONE:
        return ""
    customers = dict.fromkeys(place.placed.customer for place in places)
    for environment in service.standards.promoted[places[0].placed.environment]:
        earlier = _earlier(service.counting_in[environment], customers)
        scan = scan_of_places(earlier)
        if scan is None or scan.status is not ScanStatus.COUNTED or _weight(scan) >= weight:
            continue
        build, other = _shown_build(places), _shown_build(earlier)
        if service.relate(build, other) in _FIXING:
            return fixed_earlier_words(
                subject,
                (build.version, own),
                environment,
                (other.version, scan),
                _fixed(places, earlier, service.standards.facts),
            )
    return ""


def _earlier(
    there: Mapping[str | None, Sequence[JudgedPlace]], customers: Iterable[str | None]
) -> list[JudgedPlace]:
    """The places that customers' copies are compared with: their own, else those of no customer."""
    found: list[JudgedPlace] = []
    for customer in customers:
        found += there.get(customer) or there.get(None, ())
    return found


def scan_of_places(places: Sequence[JudgedPlace]) -> Scan | None:
    """The worst of what places run; None if no registry told of any."""
    if not places:
        return None
    first = places[0].registry_info
    if len(places) == 1 or all(place.registry_info is first for place in places):
        return first.scan
    return worst([place.registry_info.scan for place in places])


def _weight(scan: Scan) -> tuple[int, int]:
    return scan.counts.get(Severity.CRITICAL, 0), scan.counts.get(Severity.HIGH, 0)


def _shown_build(places: Sequence[JudgedPlace]) -> Build:
    """The build that most places stand for; of equals, the first."""
    if len(places) == 1:
        return places[0].running.builds[0]
    return Counter(place.running.builds[0] for place in places).most_common(1)[0][0]


def _fixed(
    own: Collection[JudgedPlace], earlier: Collection[JudgedPlace], facts: RegistryFacts
) -> list[str]:
    """The findings that the earlier environment no longer has, as far as names were read."""
    return [name for name in _findings(own, facts) if name not in _findings(earlier, facts)]


def _findings(places: Collection[JudgedPlace], facts: RegistryFacts) -> dict[str, None]:
    """The names of critical and high findings of what places run, as far as they are known."""
    digests = dict.fromkeys(
        digest.value for place in places for build in place.running.live for digest in build.digests
    )
    return {
        finding.name: None
        for digest in digests
        for own in (digest, *(child.digest for child in facts.platforms.get(digest, ())))
        for finding in facts.findings.get(own, ())
    }
