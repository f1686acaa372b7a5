"""Of how many running images findings are known."""

import pytest

from reldash.domain.registries.facts import Child, RegistryFacts
from reldash.domain.registries.findings_coverage import (
    FindingsCoverage,
    findings_coverage,
    has_known_findings,
)
from reldash.domain.registries.scans import Scan, ScanStatus, Severity

SERIOUS = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1})
HARMLESS = Scan(ScanStatus.COUNTED, {Severity.LOW: 3})
FACTS = RegistryFacts(
    scans={
        "read": SERIOUS,
        "harmless": HARMLESS,
        "counted": SERIOUS,
        "unscanned": Scan(ScanStatus.NOT_SCANNED),
    },
    findings={"read": (), "unscanned": ()},
    platforms={
        "whole": (Child("read", "linux/amd64"), Child("x", "unknown/unknown")),
        "half": (Child("read", "linux/amd64"), Child("counted", "linux/arm64")),
    },
)


@pytest.mark.parametrize(
    ("digest", "known"),
    [
        ("read", True),
        ("harmless", True),
        ("counted", False),
        ("unscanned", False),
        ("nowhere", False),
        ("whole", True),
        ("half", False),
    ],
)
def test_findings_are_known_once_they_were_read_or_none_serious_was_counted(
    digest: str, known: bool
) -> None:
    assert has_known_findings(digest, FACTS) == known


def test_an_image_without_a_known_digest_counts_as_not_known() -> None:
    assert findings_coverage([["read"], [], ["counted", "whole"]], FACTS) == FindingsCoverage(2, 3)


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (FindingsCoverage(61, 88), "known for 61 of 88 running images"),
        (FindingsCoverage(0, 1), "not known for any of 1 running image"),
        (FindingsCoverage(88, 88), "known for all 88 running images"),
    ],
)
def test_the_words_say_of_how_many(coverage: FindingsCoverage, words: str) -> None:
    assert coverage.words == words
