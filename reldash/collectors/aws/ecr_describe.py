"""DescribeImages for one repository: at most 100 images per call, by digest or tag."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.ecr_responses import transform_image
from reldash.collectors.aws.errors import NotInEcrError
from reldash.domain.registries.facts import ImageFacts, TagFact

IMAGES_PER_CALL: Final = 100  # images that DescribeImages and BatchGetImage take in one call

# "The image with imageId {imageDigest:'sha256:...', imageTag:'null'} does not exist within ..."
_MISSING_IMAGE: Final = re.compile(
    r"\{imageDigest:'(?P<digest>[^']*)', imageTag:'(?P<tag>[^']*)'\}"
)

ImageId = tuple[str, str]  # ("imageDigest" or "imageTag", its value)
Describe = Callable[[list[dict[str, str]]], Sequence[Mapping[str, Any]]]  # ids -> imageDetails


def get_repository(
    describe: Describe,
    registry: str,
    repository: str,
    digests: Collection[str],
    tags: Collection[str],
) -> tuple[list[ImageFacts], list[TagFact]]:
    """Facts of these digests and tags of a repository, in as few calls as possible.

    Digests come first: each image is returned with all its tags, so that most tags need no call
    of their own. Tags fill the last call for digests; those still unresolved get further calls.

    Returns an entry for each digest and tag, also for those missing from the repository (all of
    them if it does not exist), and one for each image found by a tag only.

    Raises:
        ReadError: the repository could not be read.
    """
    query = _RepositoryQuery(describe, registry, repository, datetime.now(UTC))
    first: list[ImageId] = [("imageDigest", each) for each in sorted(digests)]
    by_tag: list[ImageId] = [("imageTag", each) for each in sorted(tags)]
    room = -len(first) % IMAGES_PER_CALL
    query.get([*first, *by_tag[:room]])
    query.get([each for each in by_tag if not query.is_resolved(each)])
    missing = [query.missing_image(each) for each in sorted(digests) if each not in query.images]
    found_tags = [
        TagFact(registry, repository, tag, query.tags.get(tag), query.fetched_at)
        for tag in sorted(tags)
    ]
    return [*query.images.values(), *missing], found_tags


@dataclass(slots=True)
class _RepositoryQuery:
    """The calls for one repository, with the facts found so far."""

    describe: Describe
    registry: str
    repository: str
    fetched_at: datetime
    images: dict[str, ImageFacts] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    missing: set[ImageId] = field(default_factory=set)

    def get(self, ids: Sequence[ImageId]) -> None:
        for start in range(0, len(ids), IMAGES_PER_CALL):
            self._get_existing(list(ids[start : start + IMAGES_PER_CALL]))

    def is_resolved(self, image_id: ImageId) -> bool:
        kind, value = image_id
        known = self.images if kind == "imageDigest" else self.tags
        return value in known or image_id in self.missing

    def missing_image(self, digest: str) -> ImageFacts:
        return ImageFacts(
            registry=self.registry,
            repository=self.repository,
            digest=digest,
            kind=None,
            pushed_at=None,
            size=None,
            tags=(),
            scan=None,
            children=None,
            findings=None,
            fetched_at=self.fetched_at,
            missing=True,
        )

    def _get_existing(self, ids: list[ImageId]) -> None:
        """Describe the ids of one call; if one is missing ECR returns none, and names it."""
        while ids:
            try:
                details = self.describe([{kind: value} for kind, value in ids])
            except NotInEcrError as error:
                if error.code == "RepositoryNotFoundException":
                    self.missing.update(ids)  # and so is everything in it
                    return
                named = _missing_id(error.text, ids)
                if named is None:
                    middle = len(ids) // 2
                    self._get_existing(ids[:middle])
                    self._get_existing(ids[middle:])
                    return
                self.missing.add(named)
                ids.remove(named)
            else:
                for detail in details:
                    image = transform_image(self.registry, self.repository, detail, self.fetched_at)
                    self.images[image.digest] = image
                    self.tags.update(dict.fromkeys(image.tags, image.digest))
                self.missing.update(each for each in ids if not self.is_resolved(each))
                return


def _missing_id(message: str, ids: Sequence[ImageId]) -> ImageId | None:
    """The id that ECR's message names as missing; None if it names none of them."""
    if len(ids) == 1:
        return ids[0]
    match = _MISSING_IMAGE.search(message)
    if match is None:
        return None
    candidates = ("imageDigest", match["digest"]), ("imageTag", match["tag"])
    return next((each for each in candidates if each in ids), None)
