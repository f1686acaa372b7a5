"""One round of registry requests: due images first, then requested details."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Final

from reldash.collectors.aws.ecr import (
    CALLS_AT_ONCE,
    MAX_CONSECUTIVE_FAILURES,
    EcrResult,
    ImageQuery,
    get_children,
    get_findings,
    get_image_facts,
)
from reldash.collectors.aws.ecr_identities import get_ecr_client
from reldash.collectors.aws.errors import NotInEcrError, RejectedCallError
from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.parallel import in_parallel
from reldash.domain.images.ecr_names import EcrRegistry, parse_ecr
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.on_demand import ImageDetail, ImageFindings, WantedDetail
from reldash.domain.registries.scans import Scan, ScanStatus
from reldash.services.context import Context
from reldash.services.registries.copies import best_copies
from reldash.services.registries.due import EcrImages, due_images, indexes_wanted
from reldash.services.registries.due_findings import MOST_IN_BACKGROUND, due_findings
from reldash.services.registries.identities import identities_of
from reldash.store import Lease
from reldash.store.registries.registry_store import RegistryStore

log = logging.getLogger(__name__)

AT_ONCE: Final = 25  # repositories per batch; each batch is saved
BATCH_SECONDS: Final = 60.0  # for one batch of repositories, and for one of findings
MOST_FINDINGS: Final = 400  # images whose findings are requested in one round
DETAILS_RETRY: Final = timedelta(minutes=5)


def load_requested(store: RegistryStore, ttl: timedelta) -> list[WantedDetail]:
    """The requested details, except those fetched within `ttl` or tried a short time ago.

    Raises:
        StoreError: the database cannot be reached.
    """
    return [
        each
        for each in store.load_requested()
        if each.last_tried is None or each.last_tried >= (ttl if each.known else DETAILS_RETRY)
    ]


class RegistryRound:
    """Reads registries under a lease, and saves the results."""

    def __init__(self, context: Context, running: EcrImages, lease: Lease) -> None:
        self._store = context.store.registries
        self._ttl = context.written.registry.ttl
        self._now = context.now
        self._running = running
        self._lease = lease
        self._identities = identities_of(context.fleet, running)
        self._registries = get_ecr_client()
        self._images: list[ImageFacts] = []
        self._tags: list[TagFact] = []
        self._reads: list[RegistryRead] = []

    def read(self) -> None:
        """Request due images and requested details.

        Raises:
            StoreError: the database cannot be reached, or another process has taken over.
        """
        self._load()
        self._delete_unused_reads()
        self._read_images()
        self._store.request_detail(
            indexes_wanted(self._running, self._images, self._tags), ImageDetail.CHILDREN
        )
        wanted = load_requested(self._store, self._ttl)
        if self._read_children(wanted):
            self._read_images()  # the images in newly read indexes
        findings_wanted = [each for each in wanted if each.detail is ImageDetail.FINDINGS][
            :MOST_FINDINGS
        ]
        self._read_findings(findings_wanted)
        if len(findings_wanted) < MOST_IN_BACKGROUND:
            self._read_due_findings(
                {each.digest for each in findings_wanted}, MOST_IN_BACKGROUND - len(findings_wanted)
            )
        tried = [each for each in wanted if each.detail is ImageDetail.CHILDREN] + findings_wanted
        if tried:
            self._store.save_attempts(tried, self._lease)

    def _load(self) -> None:
        self._images, self._tags, self._reads = self._store.load_rows()

    def _delete_unused_reads(self) -> None:
        """Delete the read status of repositories without running images: nobody retries them."""
        running = {(registry.host, name) for registry, name in self._running.repositories}
        running |= {(registry.host, "") for registry in self._running.clusters}
        recorded = {(read.registry, read.repository) for read in self._reads}
        if recorded - running:
            self._store.forget_reads(recorded - running, self._lease)
            self._load()

    def _read_images(self) -> None:
        due = due_images(
            self._running, self._images, self._tags, self._reads, self._ttl, self._now()
        )
        for registry, repositories in groupby(due, key=lambda each: each.registry):
            listed = list(repositories)
            answering: set[EcrRegistry] = set()
            for start in range(0, len(listed), AT_ONCE):
                answer = self._request(listed[start : start + AT_ONCE], answering)
                if any(read.title and not read.repository for read in answer.reads):
                    break
                if any(not read.title for read in answer.reads):
                    answering.add(registry)
        if due:
            self._load()

    def _request(
        self, wanted: Sequence[ImageQuery], answering: Collection[EcrRegistry]
    ) -> EcrResult:
        deadline = time.monotonic() + BATCH_SECONDS
        answer = get_image_facts(wanted, self._identities, self._registries, deadline, answering)
        self._report(answer.reads)
        self._store.save(answer.images, answer.tags, answer.reads, self._lease)
        return answer

    def _report(self, reads: Iterable[RegistryRead]) -> None:
        """Log a failure when it starts, changes or ends, not at every attempt."""
        before = {(read.registry, read.repository): read for read in self._reads}
        for read in reads:
            last = before.get((read.registry, read.repository))
            logged = (last.title, last.message) if last is not None else ("", "")
            where = f"{read.registry}/{read.repository}".rstrip("/")
            if read.title and logged != (read.title, read.message):
                log.warning("%s: %s: %s", where, read.title, read.message)
            elif logged[0] and not read.title:
                log.info("%s: recovered from: %s", where, logged[0])

    def _read_children(self, wanted: Iterable[WantedDetail]) -> bool:
        """Request the manifests of indexes; returns whether any were found."""
        digests = {each.digest for each in wanted}
        by_repository: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for digest, image in best_copies(self._images, digests).items():
            if image.kind is DigestKind.INDEX and image.children is None:
                by_repository[image.registry, image.repository].add(digest)
        found: dict[str, tuple[Child, ...]] = {}
        failed: set[str] = set()  # registries
        for (host, repository), indexes in sorted(by_repository.items()):
            registry = parse_ecr(host)
            if registry is None or host in failed or self._pauses(host):
                continue
            deadline = time.monotonic() + BATCH_SECONDS
            try:
                found |= get_children(
                    registry, repository, indexes, self._identities, self._registries, deadline
                )
            except ReadError as error:
                if not isinstance(error, NotInEcrError):
                    failed.add(host)
                log.warning("%s/%s: %s: %s", host, repository, error.title, error.message)
        if found:
            self._store.save_children(found, self._lease)
            self._load()
        return bool(found)

    def _read_due_findings(self, already: Collection[str], most: int) -> None:
        """Request the findings of running images that nobody has opened, a few at a time."""
        asked = self._store.load_attempts(ImageDetail.FINDINGS)
        due = due_findings(self._running, self._images, asked, self._ttl, self._now())
        wanted = [
            WantedDetail(digest, ImageDetail.FINDINGS, asked.get(digest), known=False)
            for digest in due
            if digest not in already
        ][:most]
        if not wanted:
            return
        self._store.request_detail((each.digest for each in wanted), ImageDetail.FINDINGS)
        # Before the calls: what a crash or a lost lease cuts off is not asked first for ever.
        self._store.save_attempts(wanted, self._lease)
        self._read_findings(wanted, level=logging.DEBUG)

    def _read_findings(self, wanted: Iterable[WantedDetail], level: int = logging.WARNING) -> None:
        """Request the findings of images, each from the most informative repository.

        Failures are logged at `level`; `check` and an opened image say them too.
        """
        there = best_copies(self._images, [each.digest for each in wanted]).values()
        reachable = [image for image in there if not self._pauses(image.registry)]
        found: list[ImageFindings] = []
        failures: Counter[str] = Counter()  # by registry
        deadline = time.monotonic() + BATCH_SECONDS

        def request(image: ImageFacts) -> None:
            # A few failures show that a permission is missing or a registry down.
            if failures[image.registry] < MAX_CONSECUTIVE_FAILURES and time.monotonic() < deadline:
                found.append(self._findings_of(image, deadline, failures, level))

        in_parallel(request, reachable, CALLS_AT_ONCE)
        if found:
            self._store.save_findings(found, self._lease)

    def _findings_of(
        self, image: ImageFacts, deadline: float, failures: Counter[str], level: int
    ) -> ImageFindings:
        """The findings of an image; without any, the scan's message has the reason."""
        registry = parse_ecr(image.registry)
        scan, findings = image.scan or Scan(ScanStatus.UNCOUNTED), None
        try:
            if registry is not None:
                scan, findings = get_findings(
                    registry,
                    image.repository,
                    image.digest,
                    self._identities,
                    self._registries,
                    deadline,
                )
        except ReadError as error:
            if not isinstance(error, NotInEcrError | RejectedCallError):
                failures[image.registry] += 1
            where = f"{image.name}@{image.digest}"
            log.log(level, "%s: %s: %s", where, error.title, error.message)
            scan = replace(scan, message=f"{error.title}: {error.message}")
        if scan.status is not ScanStatus.COUNTED:
            findings = None  # an empty list would say that it has none
            if image.scan is not None and image.scan.status is ScanStatus.COUNTED:
                scan = replace(image.scan, message=scan.message)
        return ImageFindings(image.registry, image.repository, image.digest, scan, findings)

    def _pauses(self, host: str) -> bool:
        """Whether the last request to a registry failed."""
        return any(r.title and r.registry == host and not r.repository for r in self._reads)
