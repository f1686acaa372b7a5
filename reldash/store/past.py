"""Reading history: intervals with their descriptions, by time, place, container or build.

Builds and descriptions are shared by many intervals, and so are their values.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    text,
)

from reldash.domain.garbage import no_garbage_collection
from reldash.domain.model import ContainerKey, Rollout, RolloutSource
from reldash.domain.records import Record
from reldash.store import bulk, named
from reldash.store.rows import container_id
from reldash.store.tables import containers, rollouts

_r = rollouts.c
# What `records_of` reads, in its order.
RECORD_COLUMNS: tuple[ColumnElement[Any], ...] = (
    cast(_r.container_id, Text),
    cast(_r.build_id, Text),
    cast(_r.description_id, Text),
    _r.started_at,
    _r.ended_at,
    _r.ready_at,
    _r.source,
)
# The same, as it is written.
_SELECTED = (
    "container_id::text",
    "build_id::text",
    "description_id::text",
    "started_at",
    "ended_at",
    "ready_at",
    "source",
)
_SOURCES = {source.value: source for source in RolloutSource}


def load_records(
    connection: Connection,
    clusters: Collection[str],
    since: datetime | None,
    until: datetime | None,
    of: Collection[ContainerKey] | None,
    build_ids: Collection[str] | None,
    limit: int | None,
) -> list[Record]:
    """Intervals that touch [since, until), by start, the newest first; see `Store`."""
    query = (
        select(*RECORD_COLUMNS)
        .join(containers, containers.c.id == _r.container_id)
        .where(containers.c.cluster.in_(clusters))
        .order_by(_r.started_at.desc(), _r.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(_touches(since, until))
    elif until is not None:
        query = query.where(_r.started_at < until)
    if of is not None:
        query = query.where(bulk.is_any(_r.container_id, map(container_id, of)))
    if build_ids is not None:
        query = query.where(bulk.is_any(_r.build_id, build_ids))
    with no_garbage_collection():
        return records_of(connection, connection.execute(query).all())


def _touches(since: datetime, until: datetime | None) -> ColumnElement[bool]:
    """Whether an interval touches [since, until); a moment, where that is empty.

    Each part is found by an index, so that what is read is bounded by what is found.
    """
    ran = func.tstzrange(_r.started_at, _r.ended_at)
    if until is None:
        return or_(ran.op("&&")(func.tstzrange(since, None)), _r.started_at >= since)
    if until <= since:
        return and_(ran.op("@>")(since), _r.started_at < until)
    # Those that clocks made empty touch no time but their own.
    began = and_(_r.started_at >= since, _r.started_at < until)
    return or_(ran.op("&&")(func.tstzrange(since, until)), began)


# OFFSET keeps finding what was open apart from whose it is: one scan of the index by time, bounded
# by what was open, in place of a probe for each container.
_OPEN = text(f"""
    SELECT {", ".join(f"r.{name}" for name in _SELECTED)}
    FROM (
        SELECT * FROM rollouts
        WHERE tstzrange(started_at, ended_at) @> CAST(:at AS timestamptz)
        OFFSET 0
    ) r
    JOIN containers c ON c.id = r.container_id
    WHERE c.cluster = ANY(:clusters)
""")  # noqa: S608 - names of columns


def load_open(
    connection: Connection, clusters: Collection[str], at: datetime | None
) -> Sequence[Sequence[Any]]:
    """Rows of RECORD_COLUMNS: the intervals open at a moment, or now (None)."""
    moment = at or "infinity"
    return connection.execute(_OPEN, {"clusters": list(clusters), "at": moment}).all()


_LEAVING = text(f"""
    SELECT {", ".join(f"r.{name}" for name in _SELECTED)}
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ends AS timestamptz[])) AS began (id, at)
    JOIN rollouts r ON r.container_id = began.id AND r.ended_at = began.at
""")  # noqa: S608 - names of columns


def load_leaving(
    connection: Connection, open_: Sequence[Sequence[Any]], at: datetime
) -> Sequence[Sequence[Any]]:
    """What ended where intervals began that had no ready replica by a moment.

    `open_` are rows of `load_open`; the result has rows alike.
    """
    unready = [(row[0], row[3]) for row in open_ if row[5] is None or row[5] > at]
    if not unready:
        return []
    ids, ends = (list(part) for part in zip(*unready, strict=True))
    return connection.execute(_LEAVING, {"ids": ids, "ends": ends}).all()


def records_of(
    connection: Connection,
    rows: Sequence[Sequence[Any]],
    keys: Mapping[str, ContainerKey] | None = None,
) -> list[Record]:
    """Records from rows of RECORD_COLUMNS, with what the rows name loaded.

    `keys` holds those of their containers, by id, where they are known already.
    """
    if keys is None:
        keys = named.load_keys(connection, (row[0] for row in rows))
    known = named.load_builds(connection, (row[1] for row in rows))
    described = named.load_descriptions(connection, (row[2] for row in rows if row[2] is not None))
    return [
        Record(
            Rollout(
                keys[container], *known[build], started_at, ended_at, ready_at, _SOURCES[source]
            ),
            described.get(description),  # none: never kept
        )
        for container, build, description, started_at, ended_at, ready_at, source in rows
    ]
