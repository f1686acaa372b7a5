"""Registry data of the demo's images: everything is clean but for a few exhibits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from reldash.domain.images.ecr_names import parse_ecr
from reldash.domain.images.references import DigestKind, parse_image_id
from reldash.domain.registries.facts import ImageFacts, RegistryRead
from reldash.domain.registries.on_demand import ImageFindings
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import Observation

NOT_SCANNED = "audit-trail"  # a workload of which no image was scanned
FIXED = "invoicing"  # prod runs findings that stg, with a newer version, has not
INDEX = "card-vault"  # its images are indexes, whose manifests are not known yet
BY_PUSH_TIME = "query-suggest"  # tagged by commits; prod runs the one pushed last
AWAY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"  # not reached, for 47 minutes by now

CVE = Finding("CVE-2026-1234", Severity.CRITICAL, "openssl", "3.0.2", "https://cve.example/1234")
LATER = ("prod", "stg", "dev")  # environments, the one pushed to last first


def image_facts(observations: Iterable[Observation], now: datetime) -> list[ImageFacts]:
    """The facts of each running image of ECR; clusters are named after their environments."""
    found: dict[tuple[str, str, str], ImageFacts] = {}
    for observation in observations:
        for run in observation.running or ():
            digest = parse_image_id(run.image_id)
            registry, _, repository = ((digest and digest.repository) or "").partition("/")
            if digest is not None and parse_ecr(registry):
                known = registry, repository, digest.value
                found.setdefault(known, _image(*known, observation, now))
    return list(found.values())


def registry_reads(images: Iterable[ImageFacts], now: datetime) -> list[RegistryRead]:
    """A successful read of every registry except the unreachable one."""
    return [
        RegistryRead(host, "", now, now - timedelta(minutes=47), "Not allowed by AWS")
        if host == AWAY
        else RegistryRead(host, "", now, now)
        for host in sorted({image.registry for image in images})
    ]


def image_findings(images: Iterable[ImageFacts]) -> list[ImageFindings]:
    """The one finding of each image that has any."""
    return [
        ImageFindings(image.registry, image.repository, image.digest, image.scan, (CVE,))
        for image in images
        if image.scan is not None and image.scan.has_critical
    ]


def _image(
    registry: str, repository: str, digest: str, observation: Observation, now: datetime
) -> ImageFacts:
    scan = Scan(ScanStatus.COUNTED, {}, now - timedelta(hours=5))
    environment = next(name for name in LATER if name in observation.cluster)
    if observation.workload == NOT_SCANNED:
        scan = Scan(ScanStatus.NOT_SCANNED)
    if observation.workload == FIXED and environment == "prod":
        scan = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1, Severity.LOW: 3}, now)
    return ImageFacts(
        registry=registry,
        repository=repository,
        digest=digest,
        kind=DigestKind.INDEX if observation.workload == INDEX else DigestKind.MANIFEST,
        pushed_at=now - timedelta(days=5 + LATER.index(environment)),
        size=84_300_000,
        tags=(),
        scan=scan,
        children=None,
        findings=None,
        fetched_at=now,
    )
