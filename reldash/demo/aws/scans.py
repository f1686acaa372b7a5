"""What scans find in the demo's images: in which builds, how bad, and since when no more.

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
_UNSUPPORTED: Final = frozenset({"infra/node-metrics"})  # built from scratch: nothing to look at
_NATIVE_TEAM: Final = "identity/"  # native basic scanning, of which DescribeImages says nothing
_UNCOUNTED_TEAM: Final = "risk/"  # DescribeImages says that it ended, and no more
_UNSCANNED: Final = 0.08  # of images
_FLAWED: Final = 0.25  # of repositories: a grave flaw that the latest build has mended
_NEGLECTED: Final = 0.06  # of repositories: one that no build has mended
# What an exhibit of the matrix is to show, luck aside.
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


class Scanned(Enum):
    """How far scanning came with an image."""

    NOT = "not"
    UNSUPPORTED = "unsupported"
    COUNTED = "counted"
    UNCOUNTED = "counted, but DescribeImages tells no counts"
    UNTOLD = "counted, but DescribeImages tells nothing of it"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability in a package; `mended_in` is the first build without it, None for none."""

    name: str
    severity: str
    package: str
    version: str
    mended_version: str
    mended_in: int | None

    def is_in(self, build: int) -> bool:
        """Whether the build of this number has it."""
        return self.mended_in is None or build < self.mended_in


def flaws_of(repository: str, builds: int) -> tuple[Flaw, ...]:
    """All that is found in a repository's images, of which there are so many builds by now."""
    random = Random(f"flaws of {repository}")  # noqa: S311 - a demo must repeat
    found = [
        _flaw(random, severity, None)
        for severity in ("MEDIUM", "LOW", "INFORMATIONAL")
        for _ in range(random.randint(0, 4))
    ]
    dice = random.random()
    if repository in _SURELY_FLAWED or dice < _FLAWED:
        mended_in = max(1, builds - 1)
        found.append(_flaw(random, "CRITICAL", mended_in))
        found += [_flaw(random, "HIGH", mended_in) for _ in range(random.randint(0, 2))]
    elif dice < _FLAWED + _NEGLECTED:
        found.append(_flaw(random, random.choice(("HIGH", "CRITICAL")), None))
    return tuple(found)


def _flaw(random: Random, severity: str, mended_in: int | None) -> Flaw:
    package, version, mended_version = random.choice(_PACKAGES)
    name = f"CVE-{random.choice((2024, 2025, 2026))}-{random.randint(1000, 59999)}"
    return Flaw(name, severity, package, version, mended_version, mended_in)


def scanned(repository: str, digest: str, platform: str) -> Scanned:
    """How far scanning came with an image: of an index itself, or an attestation, nowhere."""
    if platform in {"", "unknown/unknown"}:
        return Scanned.NOT
    if repository in _UNSUPPORTED:
        return Scanned.UNSUPPORTED
    if repository in _SURELY_FLAWED:
        return Scanned.COUNTED
    if Random(f"scan of {digest}").random() < _UNSCANNED:  # noqa: S311 - a demo must repeat
        return Scanned.NOT
    if repository.startswith(_NATIVE_TEAM):
        return Scanned.UNTOLD
    return Scanned.UNCOUNTED if repository.startswith(_UNCOUNTED_TEAM) else Scanned.COUNTED


def status_of(how: Scanned, region: str) -> dict[str, str]:
    """`imageScanStatus` of an image that was scanned, or was to be."""
    match how:
        case Scanned.UNSUPPORTED:
            description = "UnsupportedImageError: The operating system of the image is unknown."
            return {"status": "FAILED", "description": description}
        case Scanned.COUNTED if region == _ENHANCED_REGION:
            return {"status": "ACTIVE", "description": "Continuous scan is selected for image."}
        case _:
            return {"status": "COMPLETE", "description": "The scan was completed successfully."}


def summary_of(flaws: Sequence[Flaw], at: datetime) -> dict[str, Any]:
    """`imageScanFindingsSummary` of DescribeImages."""
    return {
        "imageScanCompletedAt": at,
        "vulnerabilitySourceUpdatedAt": at,
        "findingSeverityCounts": dict(Counter(flaw.severity for flaw in flaws)),
    }


def findings_of(how: Scanned, flaws: Sequence[Flaw], at: datetime, region: str) -> dict[str, Any]:
    """`imageScanFindings` of DescribeImageScanFindings, basic or enhanced."""
    if how is Scanned.UNSUPPORTED:
        return {}
    found = summary_of(flaws, at)
    if how is Scanned.COUNTED and region == _ENHANCED_REGION:
        return found | {"enhancedFindings": [_enhanced(flaw) for flaw in flaws]}
    return found | {"findings": [_basic(flaw) for flaw in flaws]}


def _uri(flaw: Flaw) -> str:
    return f"https://nvd.nist.gov/vuln/detail/{flaw.name}"


def _basic(flaw: Flaw) -> dict[str, Any]:
    return {
        "name": flaw.name,
        "uri": _uri(flaw),
        "severity": flaw.severity,
        "attributes": [
            {"key": "package_version", "value": flaw.version},
            {"key": "package_name", "value": flaw.package},
        ],
    }


def _enhanced(flaw: Flaw) -> dict[str, Any]:
    package = {
        "name": flaw.package,
        "version": flaw.version,
        "fixedInVersion": flaw.mended_version,
        "packageManager": "OS",
    }
    return {
        "title": f"{flaw.name} - {flaw.package}",
        "severity": flaw.severity,
        "status": "ACTIVE",
        "type": "PACKAGE_VULNERABILITY",
        "packageVulnerabilityDetails": {
            "vulnerabilityId": flaw.name,
            "source": "NVD",
            "sourceUrl": _uri(flaw),
            "vulnerablePackages": [package],
        },
    }
