"""What registries of ECR know of images: pushes, sizes, tags, kinds, scans.

What DescribeImages tells is read for whatever runs, a hundred images a call. The manifests of an
index (BatchGetImage, which counts as a pull) and the findings of a scan (one image a call) are
read for few images only: see `services.registry`.
"""

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.ecr_describe import AT_ONCE, get_repository
from reldash.collectors.aws.ecr_identities import Identities, Registries
from reldash.collectors.aws.ecr_responses import INDEX_TYPES, transform_children, transform_findings
from reldash.collectors.aws.errors import LackingError, UnfitError
from reldash.collectors.http.errors import ReadError, RefusedError
from reldash.collectors.http.parallel import in_parallel
from reldash.domain.images.ecr_names import EcrRegistry
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.scans import Finding, Scan, ScanStatus

CALLS_AT_ONCE: Final = 4
IN_A_ROW: Final = 3  # repositories that fail or refuse before their registry counts as failing
_PAGE: Final = 1000  # the most findings that ECR gives at once
_MAX_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class WantedImages:
    """What to ask one repository for."""

    registry: EcrRegistry
    repository: str
    digests: frozenset[str]
    tags: frozenset[str]


@dataclass(slots=True)
class EcrAnswer:
    """What was answered, with an entry in `reads` for each repository asked and its registry.

    A registry's own entry (repository "") tells of a failure only where nothing of it can be
    asked at present; the repositories that were therefore not asked have no entry.
    """

    images: list[ImageFacts] = field(default_factory=list)
    tags: list[TagFact] = field(default_factory=list)
    reads: list[RegistryRead] = field(default_factory=list)


def get_image_facts(
    wanted: Collection[WantedImages],
    identities: Identities,
    registries: Registries,
    deadline: float,
    answering: Collection[EcrRegistry] = (),
) -> EcrAnswer:
    """Facts of the images wanted, each repository asked once; never raises for a refusal.

    Args:
        wanted: one entry a repository.
        identities: whom to ask each registry as, the likeliest first.
        registries: how to ask.
        deadline: of `time.monotonic()`: what has not begun then is not asked.
        answering: registries of which other repositories answered moments ago.
    """
    answer = EcrAnswer()
    for registry in dict.fromkeys(each.registry for each in wanted):
        reading = _RegistryReading(registry, identities, registries, deadline, answer)
        reading.is_reached = registry in answering
        in_parallel(
            reading.read, [each for each in wanted if each.registry == registry], CALLS_AT_ONCE
        )
        reading.close()
    return answer


class _RegistryReading:
    """One registry being asked by several threads, until it turns out that it cannot be."""

    def __init__(
        self,
        registry: EcrRegistry,
        identities: Identities,
        registries: Registries,
        deadline: float,
        answer: EcrAnswer,
    ) -> None:
        self._registry = registry
        self._identities = identities.get(registry, ())
        self._registries = registries
        self._deadline = deadline
        self._answer = answer
        self._lock = threading.Lock()
        self._began_at = datetime.now(UTC)
        self.is_reached = False
        self._in_a_row = 0
        self._failure: ReadError | None = None

    def read(self, wanted: WantedImages) -> None:
        if self._failure is not None or time.monotonic() >= self._deadline:
            return

        def describe(ids: list[dict[str, str]]) -> list[Mapping[str, Any]]:
            answer = self._registries.call(
                self._registry,
                wanted.repository,
                "DescribeImages",
                self._identities,
                self._deadline,
                imageIds=ids,
            )
            return list(answer.get("imageDetails", ()))

        host, began_at = self._registry.host, datetime.now(UTC)
        try:
            images, tags = get_repository(
                describe, host, wanted.repository, wanted.digests, wanted.tags
            )
        except ReadError as error:
            self._failed(wanted.repository, error, began_at)
            return
        with self._lock:
            self.is_reached, self._in_a_row = True, 0
            self._answer.images += images
            self._answer.tags += tags
            self._answer.reads.append(_read(host, wanted.repository, began_at, None))

    def _failed(self, repository: str, error: ReadError, began_at: datetime) -> None:
        """Take note of a failure: of the repository, or of the registry if nothing speaks for it.

        Refusals are a repository's own affair until several refuse and none answers.
        """
        own = isinstance(error, RefusedError | UnfitError)
        with self._lock:
            self._in_a_row += not (own and self.is_reached)
            several = self._in_a_row >= IN_A_ROW
            if several or not (own or self.is_reached):
                self._failure = self._failure or error
            if self._failure is not None and not own:
                return
            self._answer.reads.append(_read(self._registry.host, repository, began_at, error))

    def close(self) -> None:
        """Say how the registry as a whole did, if that can be told."""
        if self.is_reached or self._failure is not None:
            self._answer.reads.append(_read(self._registry.host, "", self._began_at, self._failure))


def _read(
    host: str, repository: str, attempted_at: datetime, error: ReadError | None
) -> RegistryRead:
    if error is None:
        return RegistryRead(host, repository, attempted_at, attempted_at)
    return RegistryRead(
        host, repository, attempted_at, None, error.title, error.message, error.mend
    )


def get_children(
    registry: EcrRegistry,
    repository: str,
    digests: Collection[str],
    identities: Identities,
    registries: Registries,
    deadline: float,
) -> dict[str, tuple[Child, ...]]:
    """The manifests of indexes, by digest, as far as the repository gives them.

    Raises:
        ReadError: it gives none.
    """
    found: dict[str, tuple[Child, ...]] = {}
    wanted = sorted(digests)
    for start in range(0, len(wanted), AT_ONCE):
        answer = registries.call(
            registry,
            repository,
            "BatchGetImage",
            identities.get(registry, ()),
            deadline,
            imageIds=[{"imageDigest": each} for each in wanted[start : start + AT_ONCE]],
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
    identities: Identities,
    registries: Registries,
    deadline: float,
) -> tuple[Scan, tuple[Finding, ...]]:
    """The scan of one image with its critical and high findings, the worst first.

    Raises:
        ReadError: the repository does not tell.
    """

    def pages() -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        for _ in range(_MAX_PAGES):
            page = registries.call(
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
    except LackingError as error:
        if error.code != "ScanNotFoundException":
            raise
        return Scan(ScanStatus.NOT_SCANNED), ()
