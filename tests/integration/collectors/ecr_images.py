"""Images in moto's registries, and queries for them."""

import json
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from moto.ecr.models import Image as MotoImage
from moto.ecr.models import ecr_backends

from reldash.collectors.aws.clients import AwsClients, AwsIdentity
from reldash.collectors.aws.ecr import EcrResult, ImageQuery, get_image_facts
from reldash.collectors.aws.ecr_identities import EcrClient
from reldash.collectors.aws.ecr_responses import INDEX_TYPES, MANIFEST_TYPES
from reldash.domain.images.ecr_names import EcrRegistry
from tests.integration.collectors.aws_front import REGION

ACCOUNT = "123456789012"  # whom moto takes the chain's credentials for
OTHER_ACCOUNT = "222222222222"
PUSHED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def registry_of(account: str = ACCOUNT, region: str = REGION) -> EcrRegistry:
    return EcrRegistry(account, region, f"{account}.dkr.ecr.{region}.amazonaws.com")


def manifest_of(name: object) -> str:
    """A manifest that is nobody else's."""
    config = {"digest": digest_of(f"config of {name}"), "size": 5_000_000}
    return json.dumps({"schemaVersion": 2, "config": config, "layers": []})


def index_of(children: Sequence[tuple[str, str]]) -> str:
    """An index of (digest, "os/architecture")."""
    listed = [
        {
            "digest": digest,
            "platform": dict(zip(("os", "architecture"), platform.split("/"), strict=False)),
        }
        for digest, platform in children
    ]
    return json.dumps({"schemaVersion": 2, "manifests": listed})


def digest_of(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def push(
    repository: str,
    manifest: str,
    *tags: str,
    account: str = ACCOUNT,
    region: str = REGION,
    pushed_at: datetime = PUSHED_AT,
    kind: str | None = None,
) -> str:
    """Put an image into moto's own books, where it may have been pushed at any time."""
    backend = ecr_backends[account][region]
    if repository not in backend.repositories:
        backend.create_repository(repository, None, {}, {}, "MUTABLE", [])
    held = backend.repositories[repository]
    for image in held.images:
        for tag in tags:
            image.remove_tag(tag)
    is_index = '"manifests"' in manifest
    media = kind or (INDEX_TYPES if is_index else MANIFEST_TYPES)[0]
    digest = digest_of(manifest)
    image = MotoImage(account, None, manifest, repository, media, digest)  # type: ignore[arg-type] # untagged
    image.image_pushed_at = int(pushed_at.timestamp())
    image.image_tags = list(tags)
    held.images.append(image)
    return digest


def delete(repository: str, digest: str, account: str = ACCOUNT, region: str = REGION) -> None:
    """Take an image out of a repository."""
    held = ecr_backends[account][region].repositories[repository]
    held.images = [image for image in held.images if image.get_image_digest() != digest]


def wanted(
    repository: str,
    digests: Iterable[str] = (),
    tags: Iterable[str] = (),
    registry: EcrRegistry | None = None,
) -> ImageQuery:
    return ImageQuery(registry or registry_of(), repository, frozenset(digests), frozenset(tags))


def ask(*asked: ImageQuery, identities: Sequence[AwsIdentity] | None = None) -> EcrResult:
    """Ask with the chain's credentials, or as the identities."""
    who = {each.registry: identities or [AwsIdentity(each.registry.region)] for each in asked}
    return get_image_facts(asked, who, EcrClient(AwsClients()), time.monotonic() + 30)
