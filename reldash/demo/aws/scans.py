"""Scan results of the demo's images: vulnerabilities by build, and their severity.

Shapes of answers: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from random import Random
from typing import Any, Final

_ENHANCED_REGION: Final = "us-east-1"  # its registry is scanned by Inspector
_UNSUPPORTED: Final = frozenset({"infra/node-metrics"})  # FROM scratch: cannot be scanned
_NATIVE_TEAM: Final = "identity/"  # native basic scanning, which DescribeImages does not show
_UNCOUNTED_TEAM: Final = "risk/"  # DescribeImages shows the scan's status, but no counts
_UNSCANNED: Final = 0.08  # of images
_FLAWED: Final = 0.25  # of repositories: a serious vulnerability, fixed in the latest build
_NEGLECTED: Final = 0.06  # of repositories: one that no build fixes
# Repositories that scenarios of the matrix need vulnerable, whatever the seed gives.
_SURELY_FLAWED: Final = frozenset({"billing/invoicing", "payments/ledger", "solutions/portal"})
_PACKAGES: Final = (
    ("openssl", "3.0.11-1", "3.0.18-1"),
    ("libxml2", "2.9.14", "2.13.8"),
    ("netty-codec-http2", "4.1.97", "4.1.124"),
    ("golang.org/x/net", "0.17.0", "0.38.0"),
    ("requests", "2.31.0", "2.32.4"),
    ("zlib", "1.2.13", "1.3.1"),
    ("curl", "7.88.1-10", "8.15.0"),
    ("jackson-databind", "2.14.2", "2.19.2"),
)


class ScanOutcome(Enum):
    """Outcome of scanning an image, and what DescribeImages shows of it."""

    NOT_SCANNED = "not scanned"
    UNSUPPORTED = "unsupported"
    COUNTED = "scanned, with counts"
    UNCOUNTED = "scanned, DescribeImages shows no counts"
    HIDDEN = "scanned, DescribeImages shows nothing"


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A vulnerability in a package; `fixed_in` is the first build without it, None for none."""

    name: str
    severity: str
    package: str
    version: str
    fixed_version: str
    fixed_in: int | None

    def is_in(self, build: int) -> bool:
        """Whether the build with this number has it."""
        return self.fixed_in is None or build < self.fixed_in


def vulnerabilities_of(repository: str, builds: int) -> tuple[Vulnerability, ...]:
    """Return all vulnerabilities of a repository with this many builds."""
    random = Random(f"flaws of {repository}")  # noqa: S311 - a demo must repeat
    found = [
        _vulnerability(random, severity, None)
        for severity in ("MEDIUM", "LOW", "INFORMATIONAL")
        for _ in range(random.randint(0, 4))
    ]
    dice = random.random()
    if repository in _SURELY_FLAWED or dice < _FLAWED:
        fixed_in = max(1, builds - 1)
        found.append(_vulnerability(random, "CRITICAL", fixed_in))
        found += [_vulnerability(random, "HIGH", fixed_in) for _ in range(random.randint(0, 2))]
    elif dice < _FLAWED + _NEGLECTED:
        found.append(_vulnerability(random, random.choice(("HIGH", "CRITICAL")), None))
    return tuple(found)


def _vulnerability(random: Random, severity: str, fixed_in: int | None) -> Vulnerability:
    package, version, fixed_version = random.choice(_PACKAGES)
    name = f"CVE-{random.choice((2024, 2025, 2026))}-{random.randint(1000, 59999)}"
    return Vulnerability(name, severity, package, version, fixed_version, fixed_in)


def scan_outcome(repository: str, digest: str, platform: str) -> ScanOutcome:
    """Return an image's scan outcome; an index or attestation is never scanned."""
    if platform in {"", "unknown/unknown"}:
        return ScanOutcome.NOT_SCANNED
    if repository in _UNSUPPORTED:
        return ScanOutcome.UNSUPPORTED
    if repository in _SURELY_FLAWED:
        return ScanOutcome.COUNTED
    if Random(f"scan of {digest}").random() < _UNSCANNED:  # noqa: S311 - a demo must repeat
        return ScanOutcome.NOT_SCANNED
    if repository.startswith(_NATIVE_TEAM):
        return ScanOutcome.HIDDEN
    return ScanOutcome.UNCOUNTED if repository.startswith(_UNCOUNTED_TEAM) else ScanOutcome.COUNTED


def status_of(how: ScanOutcome, region: str) -> dict[str, str]:
    """Build `imageScanStatus` of an image."""
    match how:
        case ScanOutcome.UNSUPPORTED:
            description = "UnsupportedImageError: The operating system of the image is unknown."
            return {"status": "FAILED", "description": description}
        case ScanOutcome.COUNTED if region == _ENHANCED_REGION:
            return {"status": "ACTIVE", "description": "Continuous scan is selected for image."}
        case _:
            return {"status": "COMPLETE", "description": "The scan was completed successfully."}


def summary_of(vulnerabilities: Sequence[Vulnerability], at: datetime) -> dict[str, Any]:
    """Build `imageScanFindingsSummary` of DescribeImages."""
    return {
        "imageScanCompletedAt": at,
        "vulnerabilitySourceUpdatedAt": at,
        "findingSeverityCounts": dict(
            Counter(vulnerability.severity for vulnerability in vulnerabilities)
        ),
    }


def findings_of(
    how: ScanOutcome, vulnerabilities: Sequence[Vulnerability], at: datetime, region: str
) -> dict[str, Any]:
    """Build `imageScanFindings` of DescribeImageScanFindings, basic or enhanced."""
    if how is ScanOutcome.UNSUPPORTED:
        return {}
    found = summary_of(vulnerabilities, at)
    if how is ScanOutcome.COUNTED and region == _ENHANCED_REGION:
        return found | {
            "enhancedFindings": [_enhanced(vulnerability) for vulnerability in vulnerabilities]
        }
    return found | {"findings": [_basic(vulnerability) for vulnerability in vulnerabilities]}


def _uri(vulnerability: Vulnerability) -> str:
    return f"https://nvd.nist.gov/vuln/detail/{vulnerability.name}"


def _basic(vulnerability: Vulnerability) -> dict[str, Any]:
    return {
        "name": vulnerability.name,
        "uri": _uri(vulnerability),
        "severity": vulnerability.severity,
        "attributes": [
            {"key": "package_version", "value": vulnerability.version},
            {"key": "package_name", "value": vulnerability.package},
        ],
    }


def _enhanced(vulnerability: Vulnerability) -> dict[str, Any]:
    package = {
        "name": vulnerability.package,
        "version": vulnerability.version,
        "fixedInVersion": vulnerability.fixed_version,
        "packageManager": "OS",
    }
    return {
        "title": f"{vulnerability.name} - {vulnerability.package}",
        "severity": vulnerability.severity,
        "status": "ACTIVE",
        "type": "PACKAGE_VULNERABILITY",
        "packageVulnerabilityDetails": {
            "vulnerabilityId": vulnerability.name,
            "source": "NVD",
            "sourceUrl": _uri(vulnerability),
            "vulnerablePackages": [package],
        },
    }
