"""Conversion of registry data to rows, and back."""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Text, cast, select

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.scans import Finding, Scan
from reldash.store.bulk import to_bytea
from reldash.store.encoding import clean_json, encode, encode_cleaned, fingerprint
from reldash.store.registries.tables import (
    registry_images,
    registry_reads,
    registry_revision,
    registry_tags,
)

# Made at import: threads must not use a msgspec type for the first time at the same moment.
_SCAN: Final = msgspec.json.Decoder(Scan)
_CHILDREN: Final = msgspec.json.Decoder(tuple[Child, ...])
_FINDINGS: Final = msgspec.json.Decoder(tuple[Finding, ...])

IMAGE_COLUMNS: Final = (
    "registry",
    "repository",
    "digest",
    "fingerprint",
    "missing",
    "kind",
    "pushed_at",
    "size",
    "tags",
    "scan",
    "fetched_at",
)
TAG_COLUMNS: Final = ("registry", "repository", "tag", "digest", "fetched_at")


def image_row(image: ImageFacts) -> dict[str, Any]:
    """A row of IMAGE_COLUMNS. The fingerprint covers the fields of DescribeImages, not its time."""
    fields = (image.missing, image.kind, image.pushed_at, image.size, image.tags, scan_json(image))
    content = encode(fields) or encode_cleaned(fields).encode()
    return {
        "registry": image.registry,
        "repository": image.repository,
        "digest": image.digest,
        "fingerprint": to_bytea(fingerprint(content)),
        "missing": image.missing,
        "kind": image.kind,
        "pushed_at": image.pushed_at,
        "size": image.size,
        "tags": list(image.tags),
        "scan": scan_json(image),
        "fetched_at": image.fetched_at,
    }


def scan_json(given: ImageFacts | Scan) -> Any:
    """A scan as plain JSON data; None if there is none."""
    scan = given.scan if isinstance(given, ImageFacts) else given
    if scan is None:
        return None
    return clean_json(msgspec.to_builtins(scan))


def tag_row(fact: TagFact) -> dict[str, Any]:
    """A row of TAG_COLUMNS."""
    return {name: getattr(fact, name) for name in TAG_COLUMNS}


def load_revision(connection: Connection) -> int:
    """A number that grows when registry data changes, apart from times."""
    return int(connection.scalar(select(registry_revision.c.revision)) or 0)


def load_rows(
    connection: Connection,
) -> tuple[list[ImageFacts], list[TagFact], list[RegistryRead]]:
    """All stored images and tags, and the outcome of reads."""
    return _load_images(connection), _load_tags(connection), _load_reads(connection)


def _load_images(connection: Connection) -> list[ImageFacts]:
    i = registry_images.c
    rows = connection.execute(
        select(
            i.registry,
            i.repository,
            i.digest,
            i.kind,
            i.pushed_at,
            i.size,
            i.tags,
            cast(i.scan, Text),
            cast(i.children, Text),
            cast(i.findings, Text),
            i.fetched_at,
            i.missing,
        )
    )
    return [
        ImageFacts(
            row[0], row[1], row[2],
            None if row[3] is None else DigestKind(row[3]),
            row[4], row[5], tuple(row[6]),
            None if row[7] is None else _SCAN.decode(row[7]),
            None if row[8] is None else _CHILDREN.decode(row[8]),
            None if row[9] is None else _FINDINGS.decode(row[9]),
            row[10], row[11],
        )
        for row in rows
    ]  # fmt: skip


def _load_tags(connection: Connection) -> list[TagFact]:
    t = registry_tags.c
    rows = connection.execute(select(t.registry, t.repository, t.tag, t.digest, t.fetched_at))
    return [TagFact(*row) for row in rows]


def _load_reads(connection: Connection) -> list[RegistryRead]:
    r = registry_reads.c
    columns = (r.registry, r.repository, r.attempted_at, r.reached_at)
    errors = (r.error_title, r.error_message, r.error_mend)
    return [RegistryRead(*row) for row in connection.execute(select(*columns, *errors))]
