"""Which images are needed: those that run, details requested by users, and what may be deleted."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import (
    ARRAY,
    Connection,
    Text,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Interval

from reldash.domain.registries.on_demand import ImageDetail, WantedDetail
from reldash.store import bulk, leases
from reldash.store.leases import Lease
from reldash.store.registries.tables import registry_images, registry_looks, registry_tags

# A page repeats its request while it waits; it is written no more often than this.
_REQUEST_PAUSE = timedelta(seconds=30)

_RUNNING = text(
    """
    SELECT DISTINCT c.cluster, o.image, r.image, r.image_id
    FROM observations o
    JOIN containers c ON c.id = o.container_id
    LEFT JOIN LATERAL jsonb_to_recordset(coalesce(o.running, '[]'))
        AS r (image text, image_id text) ON true
    WHERE c.cluster = ANY(:clusters)
    UNION
    SELECT p.cluster, p.image, p.image, p.image_id
    FROM pod_containers p
    WHERE p.cluster = ANY(:clusters)
    """
)


def load_running(
    connection: Connection, clusters: Collection[str]
) -> list[tuple[str, str, str | None, str | None]]:
    """(cluster, image of the template, image of pods, their image id), distinct; None: no pods.

    Of what only pods have, their image stands for that of the template.
    """
    rows = connection.execute(_RUNNING, {"clusters": list(clusters)})
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def request_detail(connection: Connection, digests: Iterable[str], detail: ImageDetail) -> bool:
    """Record that a user needs a detail of images; False if it was requested moments ago."""
    given = func.unnest(cast(sorted(set(digests)), ARRAY(Text)))
    looks = registry_looks.c
    new = insert(registry_looks).from_select(
        ["digest", "look", "wanted_at"],
        select(given, literal(detail.value), func.now()),
    )
    noted = new.on_conflict_do_update(
        index_elements=[looks.digest, looks.look],
        set_={"wanted_at": func.now()},
        where=looks.wanted_at < func.now() - literal(_REQUEST_PAUSE),
    )
    return bool(connection.execute(noted).rowcount)


def load_requested(connection: Connection) -> list[WantedDetail]:
    """Details requested since they were last read."""
    looks, images = registry_looks.c, registry_images.c
    last_tried = func.clock_timestamp() - looks.attempted_at
    is_stored = case(
        (looks.look == ImageDetail.CHILDREN.value, images.children.is_not(None)),
        else_=images.findings.is_not(None),
    )
    known = exists().where(images.digest == looks.digest, is_stored)
    rows = connection.execute(
        select(looks.digest, looks.look, last_tried, known).where(
            or_(looks.attempted_at.is_(None), looks.wanted_at > looks.attempted_at)
        )
    )
    return [WantedDetail(row[0], ImageDetail(row[1]), row[2], row[3]) for row in rows]


def load_attempts(connection: Connection, detail: ImageDetail) -> dict[str, timedelta]:
    """How long ago a detail was last read or tried, by digest; without those never tried."""
    looks = registry_looks.c
    rows = connection.execute(
        select(looks.digest, func.clock_timestamp() - looks.attempted_at).where(
            looks.look == detail.value, looks.attempted_at.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def save_attempts(connection: Connection, wanted: Iterable[WantedDetail], lease: Lease) -> None:
    """Record that these details are being read now."""
    leases.lock(connection, lease)
    looks, given = registry_looks, bulk.given_rows(registry_looks, ["digest", "look"])
    attempted = (
        looks.update()
        .where(looks.c.digest == given.c.digest, looks.c.look == given.c.look)
        .values(attempted_at=func.clock_timestamp())
    )
    rows = [{"digest": each.digest, "look": each.detail} for each in wanted]
    bulk.execute(connection, attempted, rows)


_MARK_IMAGES = text(
    """
    UPDATE registry_images i SET seen_at = now()
    FROM unnest(CAST(:digests AS text[])) AS given (digest) WHERE i.digest = given.digest
    """
)
_MARK_TAGS = text(
    """
    UPDATE registry_tags t SET seen_at = now()
    FROM unnest(
        CAST(:registries AS text[]), CAST(:repositories AS text[]), CAST(:tags AS text[])
    ) AS given (registry, repository, tag)
    WHERE (t.registry, t.repository, t.tag) = (given.registry, given.repository, given.tag)
    """
)
_DELETE_REQUESTS = text(
    "DELETE FROM registry_looks l WHERE NOT EXISTS"
    " (SELECT 1 FROM registry_images i WHERE i.digest = l.digest)"
    " AND l.wanted_at < now() - :lifetime"
).bindparams(bindparam("lifetime", type_=Interval))


def mark_needed(
    connection: Connection,
    digests: Iterable[str],
    tags: Collection[tuple[str, str, str]],
    lifetime: timedelta,
    lease: Lease,
) -> None:
    """Mark images and tags as needed; those not needed for `lifetime` are deleted.

    `tags` are (registry, repository, tag).
    """
    leases.lock(connection, lease)
    connection.execute(_MARK_IMAGES, {"digests": sorted(set(digests))})
    connection.execute(
        _MARK_TAGS,
        {
            "registries": [each[0] for each in tags],
            "repositories": [each[1] for each in tags],
            "tags": [each[2] for each in tags],
        },
    )
    for table in (registry_images, registry_tags):
        connection.execute(delete(table).where(table.c.seen_at < func.now() - literal(lifetime)))
    connection.execute(_DELETE_REQUESTS, {"lifetime": lifetime})
