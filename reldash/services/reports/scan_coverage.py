"""Of how many running images scans and findings are known, for answers about them."""

from typing import NamedTuple

from reldash.domain.history.running_digests import running_digests
from reldash.domain.registries.findings_coverage import (
    FindingsCoverage,
    findings_coverage,
    scans_coverage,
)
from reldash.services.context import Context
from reldash.services.past.snapshots import charge_to_snapshot, load_snapshot
from reldash.services.view_cache import Tick


class ScanCoverage(NamedTuple):
    """`findings`: by name, critical and high ones; `scans`: whether any is critical."""

    findings: FindingsCoverage
    scans: FindingsCoverage


def load_scan_coverage(context: Context, tick: Tick) -> ScanCoverage:
    """Count the running images with known scans, also without any registry.

    Raises:
        StoreError: the database cannot be reached.
    """

    def load(_: Tick) -> ScanCoverage:
        snapshot = load_snapshot(context)
        with charge_to_snapshot(context):
            images = running_digests(snapshot)
            return ScanCoverage(
                findings_coverage(images, snapshot.facts), scans_coverage(images, snapshot.facts)
            )

    return context.views.get("scan coverage", load, tick)
