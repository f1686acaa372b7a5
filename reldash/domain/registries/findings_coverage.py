"""Of how many running images the findings are known: no search may claim more than that."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from reldash.domain.phrases import counted
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.registries.merge import ATTESTATION
from reldash.domain.registries.scans import Scan, ScanStatus


@dataclass(frozen=True, slots=True)
class FindingsCoverage:
    """Of how many distinct running images something of their scans is known."""

    known: int
    running: int

    @property
    def is_complete(self) -> bool:
        """Whether they are known for every running image."""
        return self.known >= self.running

    @property
    def words(self) -> str:
        """Such as "known for 61 of 88 running images"."""
        if self.is_complete:
            return f"known for all {counted(self.running, 'running image')}"
        if self.known == 0:
            return f"not known for any of {counted(self.running, 'running image')}"
        return f"known for {self.known} of {counted(self.running, 'running image')}"


def findings_coverage(images: Iterable[Collection[str]], facts: RegistryFacts) -> FindingsCoverage:
    """Count the running images whose critical and high findings are known by name.

    Args:
        images: for each distinct running image its digests; none if its digest is not known.
        facts: of registries.
    """
    return _count(images, facts, has_known_findings)


def scans_coverage(images: Iterable[Collection[str]], facts: RegistryFacts) -> FindingsCoverage:
    """Count the running images of which it is known whether they have a critical finding.

    Arguments as `findings_coverage`.
    """
    return _count(images, facts, _has_known_scan)


def _count(
    images: Iterable[Collection[str]],
    facts: RegistryFacts,
    is_known: Callable[[str, RegistryFacts], bool],
) -> FindingsCoverage:
    known = total = 0
    for digests in images:
        total += 1
        known += any(is_known(digest, facts) for digest in digests)
    return FindingsCoverage(known, total)


def _has_known_scan(digest: str, facts: RegistryFacts) -> bool:
    scan = facts.scan_of(digest)
    return scan is not None and (scan.status is ScanStatus.COUNTED or scan.has_critical)


def has_known_findings(digest: str, facts: RegistryFacts) -> bool:
    """Whether the critical and high findings of an image are known.

    Of an index, those of all its platforms: which of them runs is not always known.
    """
    children = [c.digest for c in facts.platforms.get(digest, ()) if c.platform != ATTESTATION]
    if children:
        return all(has_known_findings(child, facts) for child in children if child != digest)
    scan = facts.scan_of(digest)
    if counts_nothing_serious(scan):
        return True
    is_counted = scan is not None and scan.status is ScanStatus.COUNTED
    return is_counted and digest in facts.findings


def counts_nothing_serious(scan: Scan | None) -> bool:
    """Whether a scan counted no critical and no high finding, so that none needs listing."""
    return scan is not None and scan.critical == 0 and scan.high == 0
