"""Image manifests and their digests (OCI image specification 1.1)."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

_TYPE: Final = "application/vnd.oci.image.{}.v1+json"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
_MULTI_ARCH: Final = frozenset({"catalog/thumbnailer"})  # besides a random third of the others


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of an image or an index.

    Attributes:
        digest: SHA-256 of `text`, as in any registry.
        size: bytes of the image; for an index, of its largest image.
        platform: such as "linux/amd64"; "" for an index, "unknown/unknown" for an attestation.
        children: manifests of an index.
    """

    media_type: str
    text: str
    digest: str
    size: int
    platform: str = ""
    children: tuple["Manifest", ...] = ()


@lru_cache(maxsize=4096)
def manifest_of(repository: str, build: str) -> Manifest:
    """Return a build's manifest, the same for all tags and registries.

    Args:
        repository: without its registry, if that is the company's.
        build: an id unique within the repository, such as the commit.
    """
    random = Random(f"{repository}@{build}")  # noqa: S311 - a demo must repeat
    luck = Random(repository)  # noqa: S311 - likewise; and for all builds of a repository
    is_index = repository in _MULTI_ARCH or luck.random() < 0.33
    if not is_index:
        return _image(random, "linux/amd64")
    children = [_image(random, each) for each in ("linux/amd64", "linux/arm64", "unknown/unknown")]
    return _manifest(
        "index",
        {"manifests": [_reference(child) for child in children]},
        max(child.size for child in children),
        children=tuple(children),
    )


def _image(random: Random, platform: str) -> Manifest:
    config = {
        "mediaType": _TYPE.format("config"),
        "digest": _digest(f"config {random.random()}"),
        "size": random.randint(2_000, 9_000),
    }
    count = random.randint(3, 9) if platform != "unknown/unknown" else 1
    sizes = [random.randint(200_000, 60_000_000) for _ in range(count)]
    layers = [
        {"mediaType": _LAYER, "digest": _digest(f"layer {random.random()}"), "size": size}
        for size in sizes
    ]
    return _manifest("manifest", {"config": config, "layers": layers}, sum(sizes), platform)


def _manifest(
    kind: str,
    content: dict[str, Any],
    size: int,
    platform: str = "",
    children: tuple[Manifest, ...] = (),
) -> Manifest:
    media_type = _TYPE.format(kind)
    text = json.dumps({"schemaVersion": 2, "mediaType": media_type} | content, indent=2)
    return Manifest(media_type, text, _digest(text), size, platform, children)


def _reference(child: Manifest) -> dict[str, Any]:
    system, _, architecture = child.platform.partition("/")
    return {
        "mediaType": child.media_type,
        "digest": child.digest,
        "size": len(child.text),
        "platform": {"architecture": architecture, "os": system},
    }


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
