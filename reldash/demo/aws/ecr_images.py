"""Images in ECR: pushes to the registry of the home region, replicated to the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from moto.ecr.models import Image, Repository, ecr_backends

from reldash.demo.aws.scans import (
    ScanOutcome,
    Vulnerability,
    findings_of,
    scan_outcome,
    status_of,
    summary_of,
    vulnerabilities_of,
)
from reldash.demo.manifests import Manifest
from reldash.demo.push_log import Push
from reldash.demo.topology import CLUSTERS, PLATFORM_ACCOUNT

_HOME: Final = "eu-west-1"
_REGIONS: Final = (_HOME, *sorted({plan.region for plan in CLUSTERS} - {_HOME}))
_COPIED_AFTER: Final = timedelta(minutes=4)  # to the next region
_SCAN_LASTS: Final = timedelta(minutes=2)


class _ForAnyId(dict[str, Any]):
    """Maps every image id to one response about its findings, as moto looks them up by id."""

    def __contains__(self, _key: object) -> bool:
        return True

    def __getitem__(self, _key: str) -> Any:
        return self.get("answer")


@dataclass(slots=True)
class _RepositoryState:
    """State of one repository.

    Attributes:
        builds: number of each build, in push order, by digest.
        vulnerabilities: all vulnerabilities of any build.
        tagged: current digest by tag.
        held: images by region and digest.
    """

    builds: dict[str, int]
    vulnerabilities: tuple[Vulnerability, ...]
    tagged: dict[str, str] = field(default_factory=dict)
    held: dict[tuple[str, str], Image] = field(default_factory=dict)


@dataclass(slots=True)
class EcrImages:
    """The images in the platform account's ECR. The caller holds the fleet's lock."""

    _known: dict[str, _RepositoryState] = field(default_factory=dict)

    def take(self, pushes: Iterable[Push]) -> None:
        """Add pushes, earliest first, so that DescribeImages returns them."""
        pushed: dict[str, list[Push]] = {}
        for push in pushes:
            pushed.setdefault(push.repository, []).append(push)
        for name, its in pushed.items():
            known = self._known.get(name)
            fresh = list(dict.fromkeys(push.manifest.digest for push in its))
            if known is None:
                known = self._known[name] = _RepositoryState(
                    {}, vulnerabilities_of(name, len(fresh))
                )
            for digest in fresh:
                known.builds.setdefault(digest, len(known.builds))
            for push in its:
                self._take(push)

    def _take(self, push: Push) -> None:
        known = self._known[push.repository]
        build = known.builds[push.manifest.digest]
        vulnerabilities = [each for each in known.vulnerabilities if each.is_in(build)]
        before = known.tagged.get(push.tag)
        known.tagged[push.tag] = push.manifest.digest
        for number, region in enumerate(_REGIONS):
            repository = _repository(region, push.repository)
            at = push.at + number * _COPIED_AFTER
            for manifest in (push.manifest, *push.manifest.children):
                if (region, manifest.digest) not in known.held:
                    image = _ScannedImage(push.repository, manifest, at, region, vulnerabilities)
                    known.held[region, manifest.digest] = image
                    repository.images.append(image)
            if before is not None:
                known.held[region, before].remove_tag(push.tag)
            known.held[region, push.manifest.digest].update_tag(push.tag)


def _repository(region: str, name: str) -> Repository:
    """Return the repository; create it if missing."""
    backend = ecr_backends[PLATFORM_ACCOUNT][region]
    if name not in backend.repositories:
        backend.create_repository(name, PLATFORM_ACCOUNT, {}, None, "", [])
    return backend.repositories[name]


class _ScannedImage(Image):
    """A moto image with push time, size and scan results, which moto lacks."""

    def __init__(
        self,
        repository: str,
        manifest: Manifest,
        at: datetime,
        region: str,
        vulnerabilities: Sequence[Vulnerability],
    ) -> None:
        super().__init__(
            PLATFORM_ACCOUNT,
            None,  # type: ignore[arg-type]  # an image need not have a tag
            manifest.text,
            repository,
            manifest.media_type,
            manifest.digest,
        )
        self.image_pushed_at = int(at.timestamp())
        self._size = manifest.size
        how = scan_outcome(repository, manifest.digest, manifest.platform)
        if how is not ScanOutcome.NOT_SCANNED:
            self._scan(how, vulnerabilities, at + _SCAN_LASTS, region)

    def _scan(
        self, how: ScanOutcome, vulnerabilities: Sequence[Vulnerability], at: datetime, region: str
    ) -> None:
        self.last_scan = at
        status = status_of(how, region)
        if how is not ScanOutcome.HIDDEN:
            self.image_scan_status = status
        if how is ScanOutcome.COUNTED:
            self.image_scan_findings_summary = summary_of(vulnerabilities, at)
        self.scan_finding_results = _ForAnyId(
            answer={
                "registryId": self.registry_id,
                "repositoryName": self.repository_name,
                "imageId": {"imageDigest": self.image_digest},
                "imageScanStatus": status,
                "imageScanFindings": findings_of(how, vulnerabilities, at, region),
            }
        )

    def get_image_size_in_bytes(self) -> int:
        return self._size
