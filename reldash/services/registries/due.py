"""Which images to request from registries, and when: pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from reldash.collectors.aws.ecr import ImageQuery
from reldash.domain.images.ecr_names import EcrRegistry, parse_ecr
from reldash.domain.images.references import DigestKind, ImageError, parse_image, parse_image_id
from reldash.domain.registries.facts import ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.merge import ATTESTATION

# When to retry an unreachable registry, and a repository that refused.
REGISTRY_RETRY: Final = timedelta(minutes=1)
REPOSITORY_RETRY: Final = timedelta(minutes=10)
# A deleted image costs a request of its own, and hardly ever returns.
MISSING_TTLS: Final = 24
_SHA256: Final = "sha256:"  # the only digests that ECR has

Repository = tuple[EcrRegistry, str]
# (cluster, image wanted, image of pods, their image id); the last two None where no pods are known
RunningRow = tuple[str, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class EcrImages:
    """Running ECR images: digests and tags by repository, clusters by registry."""

    digests: Mapping[Repository, frozenset[str]]
    tags: Mapping[Repository, frozenset[str]]
    clusters: Mapping[EcrRegistry, tuple[str, ...]]

    @property
    def repositories(self) -> list[Repository]:
        """All repositories, sorted by name."""
        found = {*self.digests, *self.tags}
        return sorted(found, key=lambda each: (each[0].host, each[1]))


def transform_running(rows: Iterable[RunningRow]) -> EcrImages:
    """The running ECR images. The tag of an image pinned by digest is ignored."""
    digests: defaultdict[Repository, set[str]] = defaultdict(set)
    tags: defaultdict[Repository, set[str]] = defaultdict(set)
    clusters: defaultdict[EcrRegistry, dict[str, None]] = defaultdict(dict)

    def note(cluster: str, reference: str, image_id: str) -> None:
        try:
            image = parse_image(reference)
        except ImageError:
            return
        running = parse_image_id(image_id)
        digest = image.digest
        registry, repository = parse_ecr(image.registry), image.repository
        if running is not None and running.kind is not DigestKind.CONFIG:
            digest = running.value
            if registry is None and running.repository is not None:
                # A mirror on the node may pull an image of another registry from ECR.
                host, _, path = running.repository.partition("/")
                registry, repository = parse_ecr(host), path
        if registry is None:
            return
        clusters[registry][cluster] = None
        if digest is not None and digest.startswith(_SHA256):
            digests[registry, repository].add(digest)
        if image.tag is not None and image.digest is None and parse_ecr(image.registry):
            tags[registry, repository].add(image.tag)

    for cluster, wanted, of_pods, image_id in rows:
        note(cluster, wanted, "")
        if of_pods is not None:
            note(cluster, of_pods, image_id or "")
    return EcrImages(
        {each: frozenset(found) for each, found in digests.items()},
        {each: frozenset(found) for each, found in tags.items()},
        {each: tuple(found) for each, found in clusters.items()},
    )


def due_images(
    running: EcrImages,
    images: Sequence[ImageFacts],
    tags: Sequence[TagFact],
    reads: Sequence[RegistryRead],
    ttl: timedelta,
    now: datetime,
) -> list[ImageQuery]:
    """The images to request now: unknown ones, and those fetched longer ago than `ttl`.

    Images older than half of that are included, so that a repository's images stay together in few
    requests. Failed registries and repositories pause; the platforms of a running index are
    requested with it, since they are what gets scanned.
    """
    known = {(image.registry, image.repository, image.digest): image for image in images}
    fetched = {(tag.registry, tag.repository, tag.tag): tag.fetched_at for tag in tags}
    failed = {(read.registry, read.repository): read.attempted_at for read in reads if read.title}

    def pauses(host: str, repository: str, retry: timedelta) -> bool:
        failed_at = failed.get((host, repository))
        return failed_at is not None and abs(now - failed_at) < min(retry, ttl)

    due = []
    probed: set[str] = set()
    # Several refusals in a row end a registry's turn, so refusing repositories come last.
    for registry, repository in sorted(
        running.repositories,
        key=lambda each: (each[0].host, (each[0].host, each[1]) in failed),
    ):
        host = registry.host
        if pauses(host, "", REGISTRY_RETRY) or pauses(host, repository, REPOSITORY_RETRY):
            continue
        ids: list[tuple[str, bool, float]] = []  # digest or tag, whether a digest, age in ttls
        for digest in with_platforms(
            running.digests.get((registry, repository), ()), host, repository, known
        ):
            image = known.get((host, repository, digest))
            age = abs(now - image.fetched_at) / ttl if image else float("inf")
            ids.append((digest, True, age / MISSING_TTLS if image and image.missing else age))
        for tag in running.tags.get((registry, repository), ()):
            fetched_at = fetched.get((host, repository, tag))
            ids.append((tag, False, abs(now - fetched_at) / ttl if fetched_at else float("inf")))
        oldest = max((age for _, _, age in ids), default=0.0)
        # Failed ones get a request even without due images, so that a recovery shows.
        probe = (host, repository) in failed or ((host, "") in failed and host not in probed)
        if oldest >= 1 or probe:
            probed.add(host)
            enough = min(oldest, 0.5)
            wanted = [(name, is_digest) for name, is_digest, age in ids if age >= enough]
            due.append(
                ImageQuery(
                    registry,
                    repository,
                    frozenset(name for name, is_digest in wanted if is_digest),
                    frozenset(name for name, is_digest in wanted if not is_digest),
                )
            )
    return due


def with_platforms(
    digests: Iterable[str],
    host: str,
    repository: str,
    known: Mapping[tuple[str, str, str], ImageFacts],
) -> list[str]:
    """The digests, and the images in those that are indexes with known manifests."""
    found: dict[str, None] = {}
    for digest in digests:
        found[digest] = None
        image = known.get((host, repository, digest))
        for child in (image.children if image else None) or ():
            if child.platform != ATTESTATION:
                found[child.digest] = None
    return list(found)


def indexes_wanted(
    running: EcrImages, images: Iterable[ImageFacts], tags: Iterable[TagFact]
) -> set[str]:
    """Indexes whose manifests are needed, because they run or to compare running images.

    Of a running index, because its platforms are what gets scanned, and what nodes may report. Of
    another, where a manifest of a possible copy (`same_repository`) is live too, that is running or
    behind a running tag: the manifest may be part of the index.
    """
    live: defaultdict[str, set[str]] = defaultdict(set)
    for (_, repository), digests in running.digests.items():
        live[repository.rpartition("/")[2]].update(digests)
    for tag in tags:
        if tag.digest is not None:
            live[tag.repository.rpartition("/")[2]].add(tag.digest)
    there = {image.digest: image for image in images if not image.missing}
    wanted = {
        digest
        for digests in running.digests.values()
        for digest in digests
        if digest in there
        and there[digest].kind is DigestKind.INDEX
        and there[digest].children is None
    }
    for together in live.values():
        found = [there[digest] for digest in together if digest in there]
        if any(image.kind is DigestKind.MANIFEST for image in found):
            wanted.update(
                image.digest
                for image in found
                if image.kind is DigestKind.INDEX and image.children is None
            )
    return wanted
