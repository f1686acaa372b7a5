"""What DescribeImages tells of one repository: at most 100 images a call, by digest or tag."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.ecr_responses import transform_image
from reldash.collectors.aws.errors import LackingError
from reldash.domain.registries.facts import ImageFacts, TagFact

AT_ONCE: Final = 100  # images that DescribeImages and BatchGetImage take in one call

# "The image with imageId {imageDigest:'sha256:...', imageTag:'null'} does not exist within ..."
_NAMED: Final = re.compile(r"\{imageDigest:'(?P<digest>[^']*)', imageTag:'(?P<tag>[^']*)'\}")

ImageId = tuple[str, str]  # ("imageDigest" or "imageTag", its value)
Describe = Callable[[list[dict[str, str]]], Sequence[Mapping[str, Any]]]  # ids -> imageDetails


def get_repository(
    describe: Describe,
    registry: str,
    repository: str,
    digests: Collection[str],
    tags: Collection[str],
) -> tuple[list[ImageFacts], list[TagFact]]:
    """Facts of all these digests and tags of a repository, in as few calls as possible.

    Digests come first: an answer names all tags of its image, so that most tags need no question.
    Tags fill what room the digests leave in a call; those that are then still open get their own.

    Returns an entry for each digest and tag, also for those that the repository does not have
    (all of them where it does not exist itself), and one for each image that only a tag led to.

    Raises:
        ReadError: the repository could not be asked.
    """
    asking = _Asking(describe, registry, repository, datetime.now(UTC))
    first: list[ImageId] = [("imageDigest", each) for each in sorted(digests)]
    by_tag: list[ImageId] = [("imageTag", each) for each in sorted(tags)]
    room = -len(first) % AT_ONCE
    asking.ask([*first, *by_tag[:room]])
    asking.ask([each for each in by_tag if not asking.is_answered(each)])
    lacking = [asking.lacking(digest) for digest in sorted(digests) if digest not in asking.images]
    answered = [
        TagFact(registry, repository, tag, asking.tags.get(tag), asking.fetched_at)
        for tag in sorted(tags)
    ]
    return [*asking.images.values(), *lacking], answered


@dataclass(slots=True)
class _Asking:
    """What a repository has answered so far."""

    describe: Describe
    registry: str
    repository: str
    fetched_at: datetime
    images: dict[str, ImageFacts] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    missing: set[ImageId] = field(default_factory=set)

    def ask(self, ids: Sequence[ImageId]) -> None:
        for start in range(0, len(ids), AT_ONCE):
            self._ask_those_there(list(ids[start : start + AT_ONCE]))

    def is_answered(self, image_id: ImageId) -> bool:
        kind, value = image_id
        known = self.images if kind == "imageDigest" else self.tags
        return value in known or image_id in self.missing

    def lacking(self, digest: str) -> ImageFacts:
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

    def _ask_those_there(self, ids: list[ImageId]) -> None:
        """Ask a call's worth of ids; ECR answers none of them if one is missing, and names it."""
        while ids:
            try:
                details = self.describe([{kind: value} for kind, value in ids])
            except LackingError as error:
                if error.code == "RepositoryNotFoundException":
                    self.missing.update(ids)  # with it all that was in it
                    return
                named = _named(error.said, ids)
                if named is None:
                    middle = len(ids) // 2
                    self._ask_those_there(ids[:middle])
                    self._ask_those_there(ids[middle:])
                    return
                self.missing.add(named)
                ids.remove(named)
            else:
                for detail in details:
                    image = transform_image(self.registry, self.repository, detail, self.fetched_at)
                    self.images[image.digest] = image
                    self.tags.update(dict.fromkeys(image.tags, image.digest))
                self.missing.update(each for each in ids if not self.is_answered(each))
                return


def _named(words: str, ids: Sequence[ImageId]) -> ImageId | None:
    """Which of the ids ECR says is missing; None if it cannot be told."""
    if len(ids) == 1:
        return ids[0]
    said = _NAMED.search(words)
    if said is None:
        return None
    candidates = ("imageDigest", said["digest"]), ("imageTag", said["tag"])
    return next((each for each in candidates if each in ids), None)
