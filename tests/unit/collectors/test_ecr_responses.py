"""What ECR's answers mean: scans, findings, and the manifests of an index."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reldash.collectors.aws.ecr_responses import (
    MAX_FINDINGS,
    transform_children,
    transform_findings,
    transform_image,
)
from reldash.domain.registries.facts import Child
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SUMMARY = {"imageScanCompletedAt": AT, "findingSeverityCounts": {"CRITICAL": 1, "UNDEFINED": 2}}
NONE_FOUND = {"imageScanCompletedAt": AT, "findingSeverityCounts": {}}
COUNTS = {Severity.CRITICAL: 1, Severity.UNTRIAGED: 2}


def scan_of(status: str | None, summary: dict[str, Any] | None) -> Scan | None:
    detail: dict[str, Any] = {"imageDigest": "sha256:1"}
    if status is not None:
        detail["imageScanStatus"] = {"status": status, "description": "as ECR says"}
    if summary is not None:
        detail["imageScanFindingsSummary"] = summary
    return transform_image("host", "team/app", detail, AT).scan


@pytest.mark.parametrize(
    ("status", "summary", "expected"),
    [
        ("COMPLETE", SUMMARY, Scan(ScanStatus.COUNTED, COUNTS, AT, "as ECR says")),
        ("COMPLETE", NONE_FOUND, Scan(ScanStatus.COUNTED, {}, AT, "as ECR says")),
        ("ACTIVE", SUMMARY, Scan(ScanStatus.COUNTED, COUNTS, AT, "as ECR says")),
        ("IN_PROGRESS", SUMMARY, Scan(ScanStatus.COUNTED, COUNTS, AT, "as ECR says")),
        (None, SUMMARY, Scan(ScanStatus.COUNTED, COUNTS, AT)),
        ("COMPLETE", None, Scan(ScanStatus.UNCOUNTED, message="as ECR says")),
        ("ACTIVE", None, Scan(ScanStatus.UNCOUNTED, message="as ECR says")),
        ("IN_PROGRESS", None, Scan(ScanStatus.NOT_SCANNED, message="as ECR says")),
        ("PENDING", None, Scan(ScanStatus.NOT_SCANNED, message="as ECR says")),
        ("SCAN_ELIGIBILITY_EXPIRED", None, Scan(ScanStatus.NOT_SCANNED, message="as ECR says")),
        ("A_WORD_OF_TOMORROW", None, Scan(ScanStatus.NOT_SCANNED, message="as ECR says")),
        ("FAILED", None, Scan(ScanStatus.FAILED, message="as ECR says")),
        ("UNSUPPORTED_IMAGE", None, Scan(ScanStatus.FAILED, message="as ECR says")),
        ("FAILED", SUMMARY, Scan(ScanStatus.FAILED, message="as ECR says")),
        (None, None, None),
    ],
)
def test_a_scan_is_what_its_status_and_its_counts_say(
    status: str | None, summary: dict[str, Any] | None, expected: Scan | None
) -> None:
    assert scan_of(status, summary) == expected


def test_no_scan_counts_nothing() -> None:
    scan = scan_of("PENDING", None)
    assert scan is not None
    assert (scan.critical, scan.high) == (None, None)


BASIC = {
    "name": "CVE-2026-1234",
    "severity": "HIGH",
    "uri": "https://cve.example.com/1234",
    "attributes": [
        {"key": "package_name", "value": "openssl"},
        {"key": "package_version", "value": "3.0.1"},
    ],
}
ENHANCED = {
    "status": "ACTIVE",
    "severity": "CRITICAL",
    "title": "CVE-2026-5678 - glibc",
    "packageVulnerabilityDetails": {
        "vulnerabilityId": "CVE-2026-5678",
        "sourceUrl": "https://nvd.example.com/5678",
        "vulnerablePackages": [{"name": "glibc", "version": "2.31"}, {"name": "other"}],
    },
}
OPENSSL = Finding(
    "CVE-2026-1234", Severity.HIGH, "openssl", "3.0.1", "https://cve.example.com/1234"
)
GLIBC = Finding("CVE-2026-5678", Severity.CRITICAL, "glibc", "2.31", "https://nvd.example.com/5678")


def page(status: str = "COMPLETE", **found: Any) -> dict[str, Any]:
    return {"imageScanStatus": {"status": status}, "imageScanFindings": found}


def test_basic_and_enhanced_findings_are_alike() -> None:
    scan, findings = transform_findings(
        [page("ACTIVE", findings=[BASIC], enhancedFindings=[ENHANCED])]
    )
    assert findings == (GLIBC, OPENSSL)
    assert scan.counts == {Severity.CRITICAL: 1, Severity.HIGH: 1}


def test_the_totals_of_the_first_page_count() -> None:
    counts = {"HIGH": 40, "LOW": 300}
    scan, _ = transform_findings(
        [page(findings=[BASIC], findingSeverityCounts=counts), page(findings=[BASIC])]
    )
    assert (scan.status, scan.high, scan.counts[Severity.LOW]) == (ScanStatus.COUNTED, 40, 300)


@pytest.mark.parametrize("status", ["SUPPRESSED", "CLOSED"])
def test_what_is_closed_or_suppressed_is_not_listed(status: str) -> None:
    _, findings = transform_findings(
        [page("ACTIVE", enhancedFindings=[{**ENHANCED, "status": status}])]
    )
    assert findings == ()


def test_only_critical_and_high_findings_are_kept_up_to_a_limit() -> None:
    many = [{**BASIC, "name": f"CVE-{n}"} for n in range(MAX_FINDINGS + 10)]
    low = [{**BASIC, "severity": "LOW"}]
    _, findings = transform_findings([page(findings=low + many)])
    assert len(findings) == MAX_FINDINGS
    assert {finding.severity for finding in findings} == {Severity.HIGH}


def test_an_empty_list_before_the_first_scan_has_ended_is_no_count() -> None:
    scan, _ = transform_findings([page("ACTIVE", findings=[])])
    assert (scan.status, scan.critical) == (ScanStatus.UNCOUNTED, None)


def test_only_addresses_of_the_web_are_links() -> None:
    _, (finding,) = transform_findings([page(findings=[{**BASIC, "uri": "javascript:alert(1)"}])])
    assert finding.uri == ""


def test_the_manifests_of_an_index_have_their_platforms() -> None:
    arm = {"os": "linux", "architecture": "arm64", "variant": "v8"}
    text = json.dumps({"manifests": [{"digest": "a", "platform": arm}, {"digest": "b"}]})
    assert transform_children(text) == (Child("a", "linux/arm64/v8"), Child("b", ""))


@pytest.mark.parametrize("text", ['{"layers": []}', "[]", "no JSON", '{"manifests": [1]}'])
def test_what_is_no_index_has_no_manifests(text: str) -> None:
    assert transform_children(text) is None
