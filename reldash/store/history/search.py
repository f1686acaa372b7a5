"""Search over builds: by part of a reference, a tag or a digest."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, text


class FoundBuild(NamedTuple):
    """A build; `id` is for `HistoryStore.load_records`."""

    image: str
    digests: tuple[str, ...]
    id: str


# `strpos`, not LIKE: `%` and `_` stand for themselves.
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
_FIND_BUILDS_BY_DIGEST = text("""
    SELECT found.digest, b.image, b.digests, b.id::text
    FROM builds b, LATERAL (
        SELECT DISTINCT substring(part FROM 'sha256:[0-9a-f]{64}') AS digest
        FROM unnest(b.digests || b.image) AS part
    ) found
    WHERE found.digest = ANY(CAST(:wanted AS text[]))
    ORDER BY b.image, b.digests, b.id
    LIMIT :limit
""")


def find_builds(connection: Connection, wanted: str, limit: int) -> list[FoundBuild]:
    """Builds whose image or digests contain a text; see `HistoryStore.find_builds`."""
    wanted = wanted.strip()
    if not wanted:
        return []
    image, _, digest = wanted.partition("@")
    values = {"text": wanted, "image": image, "digest": digest, "limit": limit}
    rows = connection.execute(_FIND_BUILDS, values)
    return [FoundBuild(row[0], tuple(row[1]), row[2]) for row in rows]


def find_builds_by_digest(
    connection: Connection, digests: Collection[str], limit: int
) -> list[tuple[str, FoundBuild]]:
    """Builds by whole digests, in one scan of all builds; see `HistoryStore`."""
    rows = connection.execute(_FIND_BUILDS_BY_DIGEST, {"wanted": list(digests), "limit": limit})
    return [(row[0], FoundBuild(row[1], tuple(row[2]), row[3])) for row in rows]
