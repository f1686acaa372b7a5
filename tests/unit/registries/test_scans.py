"""The worst of the scans of several images."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.registries.scans import Scan, ScanStatus, Severity, worst
from tests.unit.builders import days_ago
from tests.unit.registry_builders import scan

UNSCANNED = Scan(ScanStatus.NOT_SCANNED)
FAILED = Scan(ScanStatus.FAILED, message="unsupported image")
UNCOUNTED = Scan(ScanStatus.UNCOUNTED)

scans = st.builds(
    Scan,
    status=st.sampled_from(ScanStatus),
    counts=st.dictionaries(st.sampled_from(Severity), st.integers(0, 50)),
    scanned_at=st.none() | st.integers(0, 30).map(days_ago),
)


@pytest.mark.parametrize(
    ("scan", "critical", "high"),
    [
        (scan(2, 1), 2, 1),
        (Scan(ScanStatus.COUNTED), 0, 0),
        (UNSCANNED, None, None),
        (FAILED, None, None),
        (Scan(ScanStatus.UNCOUNTED, {Severity.CRITICAL: 2}), None, None),
    ],
)
def test_only_counted_scans_have_numbers(
    scan: Scan, critical: int | None, high: int | None
) -> None:
    assert (scan.critical, scan.high) == (critical, high)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([scan(1)], scan(1)),
        ([scan(1, 5), scan(3, 2)], scan(3, 5)),
        ([scan(1), UNSCANNED], Scan(ScanStatus.NOT_SCANNED, scan(1).counts)),
        ([scan(1), UNCOUNTED], Scan(ScanStatus.UNCOUNTED, scan(1).counts)),
        ([scan(1), None], Scan(ScanStatus.UNCOUNTED, scan(1).counts)),
        ([UNSCANNED, None], UNSCANNED),
        (
            [scan(1), FAILED],
            Scan(ScanStatus.FAILED, scan(1).counts, message="unsupported image"),
        ),
    ],
)
def test_the_worst_of_each_severity_counts_and_one_that_is_not_known_leaves_it_uncounted(
    parts: list[Scan | None], expected: Scan | None
) -> None:
    for order in permutations(parts):
        assert worst(order) == expected


@given(st.lists(st.none() | scans, min_size=1, max_size=5))
def test_the_worst_hides_no_finding_and_claims_no_more_than_is_known(
    parts: list[Scan | None],
) -> None:
    found = worst(parts)
    known = [scan for scan in parts if scan is not None]

    assert (found is None) == (not known)
    if found is None:
        return
    for severity in Severity:
        most = max(scan.counts.get(severity, 0) for scan in known)
        assert found.counts.get(severity, 0) == most
    all_counted = None not in parts and all(s.status is ScanStatus.COUNTED for s in known)
    assert (found.status is ScanStatus.COUNTED) == all_counted
    assert found.scanned_at == min((s.scanned_at for s in known if s.scanned_at), default=None)
