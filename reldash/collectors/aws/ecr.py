"""Image facts from ECR: pushes, sizes, tags, kinds, scans.

DescribeImages is called for all images that run, a hundred per call. The manifests of an index
(BatchGetImage, which counts as a pull) and the findings of a scan (one image per call) are read
on demand only: see `services.registries`.
"""

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.ecr_describe import IMAGES_PER_CALL, get_repository
from reldash.collectors.aws.ecr_identities import EcrClient, IdentitiesByRegistry
from reldash.collectors.aws.ecr_responses import INDEX_TYPES, transform_children, transform_findings
from reldash.collectors.aws.errors import NotInEcrError, RejectedCallError
from reldash.collectors.http.errors import ForbiddenError, ReadError
from reldash.collectors.http.parallel import in_parallel
from reldash.domain.images.ecr_names import EcrRegistry
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.scans import Finding, Scan, ScanStatus

CALLS_AT_ONCE: Final = 4
# Repositories that fail or refuse in a row before their registry counts as failing.
MAX_CONSECUTIVE_FAILURES: Final = 3
_PAGE: Final = 1000  # the maximum number of findings per page
_MAX_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class ImageQuery:
    """Images to read from one repository."""

    registry: EcrRegistry
    repository: str
    digests: frozenset[str]
    tags: frozenset[str]


@dataclass(slots=True)
class EcrResult:
    """Facts that were read, with an entry in `reads` for each repository and its registry.

    A registry's own entry (repository "") holds an error only if the registry as a whole cannot
    be read at present; the repositories skipped for that reason have no entry.
    """

    images: list[ImageFacts] = field(default_factory=list)
    tags: list[TagFact] = field(default_factory=list)
    reads: list[RegistryRead] = field(default_factory=list)


def get_image_facts(
    wanted: Collection[ImageQuery],
    identities: IdentitiesByRegistry,
    ecr: EcrClient,
    deadline: float,
    answering: Collection[EcrRegistry] = (),
) -> EcrResult:
    """Read facts of images, each repository once; never raises for a refusal.

    Args:
        wanted: one entry per repository.
        identities: to read each registry as, the most likely first.
        ecr: the client.
        deadline: of `time.monotonic()`; no repository is started after it.
        answering: registries of which other repositories answered moments ago.
    """
    result = EcrResult()
    for registry in dict.fromkeys(each.registry for each in wanted):
        reader = _RegistryReader(registry, identities, ecr, deadline, result)
        reader.is_reached = registry in answering
        in_parallel(
            reader.read, [each for each in wanted if each.registry == registry], CALLS_AT_ONCE
        )
        reader.close()
    return result


class _RegistryReader:
    """Reads one registry from several threads, until the registry as a whole fails."""

    def __init__(
        self,
        registry: EcrRegistry,
        identities: IdentitiesByRegistry,
        ecr: EcrClient,
        deadline: float,
        result: EcrResult,
    ) -> None:
        self._registry = registry
        self._identities = identities.get(registry, ())
        self._ecr = ecr
        self._deadline = deadline
        self._result = result
        self._lock = threading.Lock()
        self._started_at = datetime.now(UTC)
        self.is_reached = False
        self._failures_in_a_row = 0
        self._failure: ReadError | None = None

    def read(self, wanted: ImageQuery) -> None:
        if self._failure is not None or time.monotonic() >= self._deadline:
            return

        def describe(ids: list[dict[str, str]]) -> list[Mapping[str, Any]]:
            answer = self._ecr.call(
                self._registry,
                wanted.repository,
                "DescribeImages",
                self._identities,
                self._deadline,
                imageIds=ids,
            )
            return list(answer.get("imageDetails", ()))

        host, started_at = self._registry.host, datetime.now(UTC)
        try:
            images, tags = get_repository(
                describe, host, wanted.repository, wanted.digests, wanted.tags
            )
        except ReadError as error:
            self._record_failure(wanted.repository, error, started_at)
            return
        with self._lock:
            self.is_reached, self._failures_in_a_row = True, 0
            self._result.images += images
            self._result.tags += tags
            self._result.reads.append(_read(host, wanted.repository, started_at, None))

    def _record_failure(self, repository: str, error: ReadError, started_at: datetime) -> None:
        """Record a failure of the repository, or of the registry if none of it has answered.

        A refusal counts for the repository alone until several refuse and none answers.
        """
        is_refusal = isinstance(error, ForbiddenError | RejectedCallError)
        with self._lock:
            self._failures_in_a_row += not (is_refusal and self.is_reached)
            several = self._failures_in_a_row >= MAX_CONSECUTIVE_FAILURES
            if several or not (is_refusal or self.is_reached):
                self._failure = self._failure or error
            if self._failure is not None and not is_refusal:
                return
            self._result.reads.append(_read(self._registry.host, repository, started_at, error))

    def close(self) -> None:
        """Record the outcome for the registry as a whole, if it is known."""
        if self.is_reached or self._failure is not None:
            self._result.reads.append(
                _read(self._registry.host, "", self._started_at, self._failure)
            )


def _read(
    host: str, repository: str, attempted_at: datetime, error: ReadError | None
) -> RegistryRead:
    if error is None:
        return RegistryRead(host, repository, attempted_at, attempted_at)
    return RegistryRead(
        host, repository, attempted_at, None, error.title, error.message, error.remedy
    )


def get_children(
    registry: EcrRegistry,
    repository: str,
    digests: Collection[str],
    identities: IdentitiesByRegistry,
    ecr: EcrClient,
    deadline: float,
) -> dict[str, tuple[Child, ...]]:
    """The manifests of indexes, by digest; without those that the repository does not return.

    Raises:
        ReadError: the call failed.
    """
    found: dict[str, tuple[Child, ...]] = {}
    wanted = sorted(digests)
    for start in range(0, len(wanted), IMAGES_PER_CALL):
        answer = ecr.call(
            registry,
            repository,
            "BatchGetImage",
            identities.get(registry, ()),
            deadline,
            imageIds=[{"imageDigest": each} for each in wanted[start : start + IMAGES_PER_CALL]],
            acceptedMediaTypes=list(INDEX_TYPES),
        )
        for image in answer.get("images", ()):
            children = transform_children(str(image.get("imageManifest", "")))
            if children is not None:
                found[str(image["imageId"]["imageDigest"])] = children
    return found


def get_findings(
    registry: EcrRegistry,
    repository: str,
    digest: str,
    identities: IdentitiesByRegistry,
    ecr: EcrClient,
    deadline: float,
) -> tuple[Scan, tuple[Finding, ...]]:
    """The scan of one image with its critical and high findings, the worst first.

    Raises:
        ReadError: the call failed.
    """

    def pages() -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        for _ in range(_MAX_PAGES):
            page = ecr.call(
                registry,
                repository,
                "DescribeImageScanFindings",
                identities.get(registry, ()),
                deadline,
                imageId={"imageDigest": digest},
                maxResults=_PAGE,
                **token,
            )
            yield page
            if not page.get("nextToken"):
                return
            token = {"nextToken": str(page["nextToken"])}

    try:
        return transform_findings(pages())
    except NotInEcrError as error:
        if error.code != "ScanNotFoundException":
            raise
        return Scan(ScanStatus.NOT_SCANNED), ()
