"""Finding builds by part of what they are called, and images by what their scans found."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, text

from reldash.domain.registries.scans import Severity


class FoundBuild(NamedTuple):
    """A build; `id` is for `Store.load_records`."""

    image: str
    digests: tuple[str, ...]
    id: str


class FoundDigest(NamedTuple):
    """An image of a registry in which something was found."""

    registry: str
    repository: str
    digest: str
    severity: Severity


# Parts are looked for as they are: `%` and `_` mean themselves.
_FIND_BUILDS = text("""
    SELECT image, digests, id::text FROM builds
    WHERE strpos(lower(image), lower(:text)) > 0
       OR EXISTS (SELECT 1 FROM unnest(digests) d WHERE strpos(lower(d), lower(:text)) > 0)
       OR (:digest <> '' AND strpos(lower(image), lower(:image)) > 0 AND EXISTS (
           SELECT 1 FROM unnest(digests) d WHERE strpos(lower(d), lower(:digest)) > 0
       ))
    ORDER BY image, digests, id
    LIMIT :limit
""")
# Runtimes write digests with a repository or a scheme before them.
_FIND_BUILDS_OF = text("""
    SELECT found.digest, b.image, b.digests, b.id::text
    FROM builds b, LATERAL (
        SELECT DISTINCT substring(part FROM 'sha256:[0-9a-f]{64}') AS digest
        FROM unnest(b.digests || b.image) AS part
    ) found
    WHERE found.digest = ANY(CAST(:wanted AS text[]))
    ORDER BY b.image, b.digests, b.id
    LIMIT :limit
""")
_FIND_DIGESTS = text("""
    SELECT registry, repository, digest, array_agg(DISTINCT found.one ->> 'severity')
    FROM registry_images i, LATERAL jsonb_array_elements(i.findings) AS found (one)
    WHERE NOT missing AND jsonb_typeof(i.findings) = 'array'
      AND strpos(lower(found.one ->> 'name'), lower(:text)) > 0
    GROUP BY registry, repository, digest
    ORDER BY registry, repository, digest
""")
_WORST_FIRST = {severity.value: severity for severity in Severity}


def find_builds(connection: Connection, wanted: str, limit: int) -> list[FoundBuild]:
    """Builds by part of their image or digests; see `Store.find_builds`."""
    wanted = wanted.strip()
    if not wanted:
        return []
    image, _, digest = wanted.partition("@")
    values = {"text": wanted, "image": image, "digest": digest, "limit": limit}
    rows = connection.execute(_FIND_BUILDS, values)
    return [FoundBuild(row[0], tuple(row[1]), row[2]) for row in rows]


def find_builds_of(
    connection: Connection, digests: Collection[str], limit: int
) -> list[tuple[str, FoundBuild]]:
    """Builds by their whole digests, in one look through all of them; see `Store`."""
    rows = connection.execute(_FIND_BUILDS_OF, {"wanted": list(digests), "limit": limit})
    return [(row[0], FoundBuild(row[1], tuple(row[2]), row[3])) for row in rows]


def find_digests(connection: Connection, wanted: str) -> list[FoundDigest]:
    """Images by part of a finding's name; see `Store.find_digests_with_finding`."""
    wanted = wanted.strip()
    if not wanted:
        return []
    return [
        FoundDigest(registry, repository, digest, _worst(severities))
        for registry, repository, digest, severities in connection.execute(
            _FIND_DIGESTS, {"text": wanted}
        )
    ]


def _worst(found: list[str]) -> Severity:
    return next(severity for value, severity in _WORST_FIRST.items() if value in found)
