"""Builders of ECR answers on the service "api"; see `builders` for the fleet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryFacts, RegistryRead, TagFact
from reldash.domain.registries.merge import transform_facts
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import Observation
from tests.unit.builders import NOW, days_ago, digest, observation

HERE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
OVERSEAS = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
REPOSITORY = "shop/api"
IMAGE = f"{HERE}/{REPOSITORY}"
PUSHED_AT = days_ago(5)


def image(
    build: str,
    *tags: str,
    kind: DigestKind | None = DigestKind.MANIFEST,
    pushed_at: datetime | None = PUSHED_AT,
    children: Mapping[str, str] | None = None,
    **fields: Any,
) -> ImageFacts:
    """The answer at `NOW` of a repository that has the image called `build` under these tags.

    `children` are builds by their platform, of an index.
    """
    values: dict[str, Any] = {
        "registry": HERE,
        "repository": REPOSITORY,
        "size": 50_000_000,
        "scan": None,
        "findings": None,
        "fetched_at": NOW,
    } | fields
    named = children and tuple(Child(digest(b), platform) for platform, b in children.items())
    return ImageFacts(
        digest=digest(build),
        kind=DigestKind.INDEX if children else kind,
        pushed_at=pushed_at,
        tags=tags,
        children=named or None,
        **values,
    )


def missing_image(build: str, **fields: Any) -> ImageFacts:
    """The answer of a repository that does not have a build."""
    return image(build, kind=None, pushed_at=None, size=None, missing=True, **fields)


def tag(name: str, build: str | None, repository: str = REPOSITORY, at: datetime = NOW) -> TagFact:
    """The answer of a repository of `HERE` to a request for a tag."""
    return TagFact(HERE, repository, name, build and digest(build), at)


def scan(critical: int = 0, high: int = 0, **fields: Any) -> Scan:
    """A counted scan with these numbers of findings."""
    return Scan(ScanStatus.COUNTED, {Severity.CRITICAL: critical, Severity.HIGH: high}, **fields)


def registry_facts(*answers: ImageFacts | TagFact | RegistryRead) -> RegistryFacts:
    """The facts merged from answers."""
    return transform_facts(
        [one for one in answers if isinstance(one, ImageFacts)],
        [one for one in answers if isinstance(one, TagFact)],
        [one for one in answers if isinstance(one, RegistryRead)],
    )


def deployed(
    cluster: str, version: str, build: str, *, name: str = IMAGE, **fields: Any
) -> Observation:
    """A Deployment that runs a build by its tag, from ECR unless another image is named."""
    return observation(cluster, image=f"{name}:{version}", build=build, **fields)
