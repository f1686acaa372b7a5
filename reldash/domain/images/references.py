"""Parse image references and image ids: registry, repository, tag and digest.

The grammar is that of github.com/distribution/reference (`ParseNormalizedNamed`), which kubelets
use too: every image that can run is understood, and nothing else.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from reldash.errors import ReldashError

DEFAULT_REGISTRY: Final = "docker.io"
LEGACY_DEFAULT_REGISTRY: Final = "index.docker.io"  # the old name of docker.io, still in use
OFFICIAL_REPOSITORIES: Final = "library"  # where Docker Hub keeps names without a slash
MAX_REPOSITORY_LENGTH: Final = 255
MAX_REFERENCE_LENGTH: Final = 1024  # well above the longest host, repository, tag and digest
SHOWN_LENGTH: Final = 200  # of a reference in a message
SHORT_DIGEST_LENGTH: Final = 12  # what `docker images` shows

# Hex digits by algorithm, as go-digest registers them; any other algorithm is refused there too.
DIGEST_LENGTHS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}

_HOST: Final = re.compile(
    r"(?:\[[a-fA-F0-9:]+\]"
    r"|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)"
    r"(?::[0-9]+)?"
)
_SEGMENT: Final = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}")
_BARE_HEX: Final = re.compile(r"[a-f0-9]{64}")
_HEX: Final = re.compile(r"[a-f0-9]+")


class ImageError(ReldashError):
    """A text that is no image reference."""


class DigestKind(StrEnum):
    """The object that a digest is of; only digests of one kind are compared."""

    INDEX = "index"
    MANIFEST = "manifest"
    CONFIG = "config"
    REPO = "repo"  # an index or a manifest of a repository; an image id does not say which


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest with its repository and kind.

    Attributes:
        value: "sha256:..." in lower case.
        repository: the "registry/repository" reported with it; None for a bare digest.
    """

    value: str
    repository: str | None
    kind: DigestKind


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference, with Docker Hub's defaults filled in.

    Attributes:
        reference: the text as given.
        registry: host and port, such as "docker.io" or "localhost:5000".
        repository: path within the registry, such as "library/redis".
        tag: None if the reference has none; "latest" is never filled in.
        digest: "sha256:..." if the reference has one.
    """

    reference: str
    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def name(self) -> str:
        """The full name "registry/repository", without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def short_name(self) -> str:
        """The last segment of the repository's path, such as "redis"."""
        return self.repository.rpartition("/")[2]

    @property
    def pinned(self) -> bool:
        """Whether a digest fixes the build, whatever the tag."""
        return self.digest is not None


@lru_cache(maxsize=2**16)
def parse_image(reference: str) -> Image:
    """Parse an image reference such as "redis:7", "localhost/a" or "host:5000/a/b:1@sha256:...".

    Raises:
        ImageError: the text is no reference; the message quotes it and says what was expected.
    """
    if len(reference) > MAX_REFERENCE_LENGTH:
        raise _error(reference, f"at most {MAX_REFERENCE_LENGTH} characters")
    if _BARE_HEX.fullmatch(reference):
        raise _error(reference, "a repository, not 64 hex digits, which name an image id")
    rest, at, digest = reference.partition("@")
    if at and not _is_digest(digest):
        raise _error(reference, "a digest such as @sha256:<64 hex digits>")
    name, tag = _split_tag(rest)
    if tag is not None and not _TAG.fullmatch(tag):
        raise _error(reference, "a tag of 1 to 128 letters, digits, '_', '.' or '-'")
    registry, repository = _split_registry(name)
    if not _HOST.fullmatch(registry):
        raise _error(reference, "a registry such as host.example.com:5000")
    if not all(_SEGMENT.fullmatch(segment) for segment in repository.split("/")):
        raise _error(reference, "a repository in lower case, such as team/service")
    if len(repository) > MAX_REPOSITORY_LENGTH:
        raise _error(reference, f"a repository of at most {MAX_REPOSITORY_LENGTH} characters")
    return Image(reference, registry, repository, tag, digest if at else None)


@lru_cache(maxsize=2**16)
def parse_image_id(image_id: str) -> Digest | None:
    """Parse the `imageID` of a pod status; None if it has no digest.

    Runtimes write "repository@sha256:..." (containerd, CRI-O; older Docker puts
    "docker-pullable://" before it), which is the digest of an index or a manifest; or only
    "sha256:..." ("docker://" before it, or nothing but hex digits in CRI-O), which is the digest
    of the image's configuration.
    """
    text = image_id.rpartition("://")[2]
    name, at, digest = text.rpartition("@")
    if at:
        if not _is_digest(digest):
            return None
        try:
            repository = parse_image(name).name
        except ImageError:
            repository = None
        return Digest(digest, repository, DigestKind.REPO)
    if _BARE_HEX.fullmatch(text):
        text = f"sha256:{text}"
    return Digest(text, None, DigestKind.CONFIG) if _is_digest(text) else None


def same_repository(a: Image | str, b: Image | str) -> bool:
    """Whether two images, or names "registry/path/service", may be copies of one image.

    They may if the last segments of their paths are equal: a copy in another registry, below
    another prefix (`dev/payments`, `prod/payments`) or in a pull-through cache
    (`docker-hub/library/redis`) keeps it. Being equality of one part of the name, the rule is
    transitive; one that compared common tails of paths would not be.
    """
    return _name(a).rpartition("/")[2] == _name(b).rpartition("/")[2]


def short_digest(digest: str) -> str:
    """The first 12 hex digits: "sha256:abcdef012345..." gives "abcdef012345"."""
    return digest.rpartition(":")[2][:SHORT_DIGEST_LENGTH]


def _name(image: Image | str) -> str:
    return image if isinstance(image, str) else image.name


def _split_tag(rest: str) -> tuple[str, str | None]:
    """Split a tag from a name; a colon before the last slash belongs to a port."""
    name, colon, tag = rest.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (rest, None)


def _split_registry(name: str) -> tuple[str, str]:
    """Split off the registry: it has a dot, a colon or upper case, or is "localhost"."""
    first, slash, path = name.partition("/")
    if slash and (first == "localhost" or set(first) & {".", ":"} or first.lower() != first):
        registry = DEFAULT_REGISTRY if first == LEGACY_DEFAULT_REGISTRY else first
    else:
        registry, path = DEFAULT_REGISTRY, name
    if registry == DEFAULT_REGISTRY and "/" not in path:
        path = f"{OFFICIAL_REPOSITORIES}/{path}"
    return registry, path


def _is_digest(text: str) -> bool:
    algorithm, _, hex_digits = text.partition(":")
    return DIGEST_LENGTHS.get(algorithm) == len(hex_digits) and bool(_HEX.fullmatch(hex_digits))


def _error(reference: str, expected: str) -> ImageError:
    shown = reference if len(reference) <= SHOWN_LENGTH else f"{reference[:SHOWN_LENGTH]}..."
    return ImageError("Image not understood", f"{shown!r}: expected {expected}")
