"""Registry facts of a cell: first push, scan, and an earlier environment with fewer findings."""

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
# A newer build in the later environment brought its own findings: nothing has fixed them yet.
_FIXING = frozenset({Relation.OLDER, Relation.REBUILT, Relation.DIFFERENT})


class CellFindings(NamedTuple):
    """The registry facts of a cell, with the names that `Cell` has for them."""

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
    """The registry facts of a cell.

    Args:
        service: the service of the cell.
        subject: the name of the cell in sentences.
        shown: the places whose versions it shows; not empty.
        counting: those of them that count.
        version: the version that it shows first.
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
    """Find an earlier environment with fewer critical or high findings than a cell.

    Fewer means fewer critical ones, or as many and fewer high ones; both scans must be counted,
    and the build of the earlier environment must not be older.

    Args:
        service: the service of the cell.
        subject: the name of the cell in sentences.
        places: those of the cell that count.

    Returns:
        A sentence on the nearest one; "" if there is none.
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
    """The places of the customers' own copies, else of the copy without a customer."""
    found: list[JudgedPlace] = []
    for customer in customers:
        found += there.get(customer) or there.get(None, ())
    return found


def scan_of_places(places: Sequence[JudgedPlace]) -> Scan | None:
    """The worst scan of places; None if no registry has any."""
    if not places:
        return None
    first = places[0].registry_info
    if len(places) == 1 or all(place.registry_info is first for place in places):
        return first.scan
    return worst([place.registry_info.scan for place in places])


def _weight(scan: Scan) -> tuple[int, int]:
    return scan.counts.get(Severity.CRITICAL, 0), scan.counts.get(Severity.HIGH, 0)


def _shown_build(places: Sequence[JudgedPlace]) -> Build:
    """The decisive build of most places; of equals, the first."""
    if len(places) == 1:
        return places[0].running.builds[0]
    return Counter(place.running.builds[0] for place in places).most_common(1)[0][0]


def _fixed(
    own: Collection[JudgedPlace], earlier: Collection[JudgedPlace], facts: RegistryFacts
) -> list[str]:
    """The findings that the earlier environment no longer has, as far as names were read."""
    return [name for name in _findings(own, facts) if name not in _findings(earlier, facts)]


def _findings(places: Collection[JudgedPlace], facts: RegistryFacts) -> dict[str, None]:
    """The names of critical and high findings of places, as far as they were read."""
    digests = dict.fromkeys(
        digest.value for place in places for build in place.running.live for digest in build.digests
    )
    return {
        finding.name: None
        for digest in digests
        for own in (digest, *(child.digest for child in facts.platforms.get(digest, ())))
        for finding in facts.findings.get(own, ())
    }
