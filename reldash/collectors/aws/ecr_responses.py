"""ECR's responses as domain values: images, scans, manifests of an index, findings.

Shapes are those of botocore's service model `ecr/2015-09-21`. According to its documentation,
DescribeImages no longer returns results of basic scanning: only DescribeImageScanFindings does.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.http.text import one_line
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity

INDEX_TYPES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
)
ATTESTATION: Final = "unknown/unknown"  # the platform that BuildKit gives attestations
MAX_FINDINGS: Final = 200  # kept of one image, the worst first
_OPEN: Final = "ACTIVE"  # an enhanced finding that is neither closed nor suppressed
_DETAILED: Final = (Severity.CRITICAL, Severity.HIGH)

_KINDS: Final = {
    **dict.fromkeys(INDEX_TYPES, DigestKind.INDEX),
    **dict.fromkeys(MANIFEST_TYPES, DigestKind.MANIFEST),
}
_SEVERITIES: Final = {each.name: each for each in Severity} | {"UNDEFINED": Severity.UNTRIAGED}
# A status without findings beside it; any other means not scanned (yet, or no longer).
_WITHOUT_FINDINGS: Final = {
    "COMPLETE": ScanStatus.UNCOUNTED,
    "ACTIVE": ScanStatus.UNCOUNTED,
    "FAILED": ScanStatus.FAILED,
    "UNSUPPORTED_IMAGE": ScanStatus.FAILED,
    "FINDINGS_UNAVAILABLE": ScanStatus.FAILED,
    "LIMIT_EXCEEDED": ScanStatus.FAILED,
    "IMAGE_SIZE_EXCEEDED": ScanStatus.FAILED,
}


def transform_image(
    registry: str, repository: str, detail: Mapping[str, Any], fetched_at: datetime
) -> ImageFacts:
    """Facts of one `imageDetails` entry of DescribeImages.

    Its scan is None if the entry has none: the image may still have been scanned.
    """
    pushed_at = detail.get("imagePushedAt")
    return ImageFacts(
        registry=registry,
        repository=repository,
        digest=str(detail["imageDigest"]),
        kind=_KINDS.get(str(detail.get("imageManifestMediaType"))),
        pushed_at=pushed_at.astimezone(UTC) if pushed_at else None,
        size=detail.get("imageSizeInBytes"),
        tags=tuple(sorted(detail.get("imageTags") or ())),
        scan=_scan(detail.get("imageScanStatus"), detail.get("imageScanFindingsSummary")),
        children=None,
        findings=None,
        fetched_at=fetched_at,
    )


def _scan(status: Mapping[str, Any] | None, findings: Mapping[str, Any] | None) -> Scan | None:
    """A scan by status and counts; counts of an earlier scan stay while a new one is running."""
    word = str((status or {}).get("status", ""))
    message = one_line(str((status or {}).get("description", "")))
    if not word and not findings:
        return None
    if not findings or _WITHOUT_FINDINGS.get(word) is ScanStatus.FAILED:
        words = message or word.replace("_", " ").lower()
        return Scan(_WITHOUT_FINDINGS.get(word, ScanStatus.NOT_SCANNED), message=words)
    scanned_at = findings.get("imageScanCompletedAt")
    counts = {
        _severity(key): int(count)
        for key, count in (findings.get("findingSeverityCounts") or {}).items()
    }
    return Scan(
        ScanStatus.COUNTED, counts, scanned_at.astimezone(UTC) if scanned_at else None, message
    )


def _severity(word: object) -> Severity:
    return _SEVERITIES.get(str(word).upper(), Severity.UNTRIAGED)


def transform_children(manifest: str) -> tuple[Child, ...] | None:
    """The manifests that an index lists, in its order; None if the text is not an index."""
    try:
        listed = json.loads(manifest)["manifests"]
        return tuple(Child(str(each["digest"]), _platform(each)) for each in listed)
    except (ValueError, KeyError, TypeError):
        return None


def _platform(entry: Mapping[str, Any]) -> str:
    """As `docker buildx imagetools inspect` writes it; optional in an index (OCI image-spec)."""
    given = entry.get("platform") or {}
    parts = (given.get("os"), given.get("architecture"), given.get("variant"))
    return "/".join(str(each) for each in parts if each)


def transform_findings(pages: Iterable[Mapping[str, Any]]) -> tuple[Scan, tuple[Finding, ...]]:
    """The scan and its critical and high findings, from the pages of DescribeImageScanFindings.

    Basic and enhanced findings are treated alike. Without totals, the listed findings are counted.
    """
    status: Mapping[str, Any] | None = None
    head: dict[str, Any] = {}
    listed: list[Finding] = []
    for page in pages:
        status = page.get("imageScanStatus") or status
        found = page.get("imageScanFindings") or {}
        head = {**found, **head}
        listed += map(_basic, found.get("findings") or ())
        enhanced = found.get("enhancedFindings") or ()
        listed += [_enhanced(each) for each in enhanced if each.get("status", _OPEN) == _OPEN]
    if listed and not head.get("findingSeverityCounts"):
        head["findingSeverityCounts"] = Counter(each.severity.name for each in listed)
    # An enhanced scan returns `findings: []` alone until it first completes.
    has_result = "findingSeverityCounts" in head or "imageScanCompletedAt" in head
    scan = _scan(status, head if has_result else None) or Scan(ScanStatus.UNCOUNTED)
    worst = [each for severity in _DETAILED for each in listed if each.severity is severity]
    return scan, tuple(dict.fromkeys(worst))[:MAX_FINDINGS]


def _basic(finding: Mapping[str, Any]) -> Finding:
    attributes = {each.get("key"): each.get("value") for each in finding.get("attributes") or ()}
    return Finding(
        name=one_line(str(finding.get("name", ""))),
        severity=_severity(finding.get("severity")),
        package=one_line(str(attributes.get("package_name") or "")),
        version=one_line(str(attributes.get("package_version") or "")),
        uri=_web_address(finding.get("uri")),
    )


def _enhanced(finding: Mapping[str, Any]) -> Finding:
    details = finding.get("packageVulnerabilityDetails") or {}
    package: Mapping[str, Any] = next(iter(details.get("vulnerablePackages") or ()), {})
    return Finding(
        name=one_line(str(details.get("vulnerabilityId") or finding.get("title") or "")),
        severity=_severity(finding.get("severity")),
        package=one_line(str(package.get("name") or "")),
        version=one_line(str(package.get("version") or "")),
        uri=_web_address(details.get("sourceUrl")),
    )


def _web_address(text: object) -> str:
    """The address if it is http or https, else ""."""
    address = one_line(str(text or ""))
    return address if address.startswith(("https://", "http://")) else ""
