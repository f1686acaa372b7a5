"""Loading history: rollouts with their descriptions, by time, cluster, container or build.

Builds and descriptions are shared by many rollouts, and so are the values loaded here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    or_,
    select,
    text,
)

from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource
from reldash.store import bulk, column_arrays
from reldash.store.column_arrays import Columns
from reldash.store.history import references
from reldash.store.history.rollout_rows import ROLLOUT_COLUMNS, rollout_of
from reldash.store.observation_rows import KEY_COLUMNS, container_id, keys_of
from reldash.store.tables import builds, containers, rollouts

_r = rollouts.c
FROM_REVISIONS: Final = (_r.source == RolloutSource.REVISION.value).label("from_revisions")
# The columns that `records_of` reads.
RECORD_COLUMNS: Final[tuple[ColumnElement[Any], ...]] = (
    _r.id,
    _r.container_id,
    _r.build_id,
    _r.description_id,
    _r.started_at,
    _r.ended_at,
    _r.ready_at,
    FROM_REVISIONS,
    _r.unfinished,
)
# The same columns as SQL.
_SELECTED = """
    r.id, r.container_id, r.build_id, r.description_id, r.started_at, r.ended_at, r.ready_at,
    r.source = 'revision' AS from_revisions, r.unfinished
"""
SOURCES: Final = {False: RolloutSource.OBSERVED, True: RolloutSource.REVISION}  # by FROM_REVISIONS


def load_records(
    connection: Connection,
    clusters: Collection[str],
    since: datetime | None,
    until: datetime | None,
    of: Collection[ContainerKey] | None,
    build_ids: Collection[str] | None,
    limit: int | None,
) -> list[RolloutRecord]:
    """Rollouts that touch [since, until), by start, newest first: `HistoryStore.load_records`."""
    query = (
        select(*RECORD_COLUMNS)
        .join(containers, containers.c.id == _r.container_id)
        .where(containers.c.cluster.in_(clusters))
    )
    if limit is not None:  # else they are sorted below, which takes a tenth of the time
        query = query.order_by(_r.started_at.desc(), _r.id.desc()).limit(limit)
    if since is not None:
        query = query.where(_touches(since, until))
    elif until is not None:
        query = query.where(_r.started_at < until)
    if of is not None:
        query = query.where(bulk.is_one_of(_r.container_id, map(container_id, of)))
    if build_ids is not None:
        query = query.where(bulk.is_one_of(_r.build_id, build_ids))
    with no_garbage_collection():
        found = column_arrays.load(connection, query)
        newest_first = np.lexsort((found["id"], found["started_at"]))[::-1]
        return records_of(connection, found[newest_first])


def _touches(since: datetime, until: datetime | None) -> ColumnElement[bool]:
    """Whether a rollout touches [since, until), or the moment `since` if that is empty.

    Each part uses an index, so that the rows read are bounded by the rows found.
    """
    ran = func.tstzrange(_r.started_at, _r.ended_at)
    if until is None:
        return or_(ran.op("&&")(func.tstzrange(since, None)), _r.started_at >= since)
    if until <= since:
        return and_(ran.op("@>")(since), _r.started_at < until)
    # Intervals that a clock set back made empty touch only their own time.
    started = and_(_r.started_at >= since, _r.started_at < until)
    return or_(ran.op("&&")(func.tstzrange(since, until)), started)


# OFFSET separates finding open rollouts from filtering by cluster: one scan of the index by time,
# bounded by what was open, instead of a probe for each container.
_OPEN = text(f"""
    SELECT {_SELECTED}
    FROM (
        SELECT * FROM rollouts
        WHERE tstzrange(started_at, ended_at) @> CAST(:at AS timestamptz)
        OFFSET 0
    ) r
    JOIN containers c ON c.id = r.container_id
    WHERE c.cluster = ANY(:clusters) AND NOT r.unfinished
""").columns(*RECORD_COLUMNS)  # noqa: S608 - nothing but the text above


def load_open(connection: Connection, clusters: Collection[str], at: datetime | None) -> Columns:
    """RECORD_COLUMNS of the rollouts open at a moment, or now (None); no unfinished ones."""
    moment = at or "infinity"
    return column_arrays.load(connection, _OPEN, {"clusters": list(clusters), "at": moment})


_LEAVING = text(f"""
    SELECT {_SELECTED}
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ends AS timestamptz[])) AS replaced (id, at)
    JOIN rollouts r ON r.container_id = replaced.id AND r.ended_at = replaced.at
    WHERE NOT r.unfinished
""").columns(*RECORD_COLUMNS)  # noqa: S608 - nothing but the text above


def load_leaving(connection: Connection, open_: Columns, at: datetime) -> Columns:
    """The rollouts replaced by those of `open_` (`load_open`) with no ready replica by a moment.

    They end where the others start. The result has the same columns.
    """
    ready_at = open_["ready_at"]
    unready: Columns = open_[np.isnat(ready_at) | (ready_at > column_arrays.duration_of(at))]
    if not len(unready):
        return unready
    ids = column_arrays.texts_of_ids(unready["container_id"].tolist())
    ends = column_arrays.datetimes_of(unready["started_at"])
    return column_arrays.load(connection, _LEAVING, {"ids": ids, "ends": ends})


def running_at(open_: Columns, leaving: Columns, at: datetime) -> Columns:
    """The rollouts that ran at a moment: `load_leaving` in place of those that were ready later.

    Until then a rollout is unfinished, and the one before it goes on. Of one from revisions it is
    not known when it was ready, only that it was at the first read.
    """
    later = (open_["ready_at"] > column_arrays.duration_of(at)) & ~open_["from_revisions"]
    if not later.any() or not len(leaving):
        return open_
    replaced = later & np.isin(open_["container_id"], leaving["container_id"])
    going_on: Columns = leaving[np.isin(leaving["container_id"], open_[replaced]["container_id"])]
    going_on = going_on.copy()
    going_on["ended_at"] = np.timedelta64("NaT")
    kept: Columns = np.concatenate([open_[~replaced], going_on])
    return kept


def records_of(connection: Connection, rows: Columns) -> list[RolloutRecord]:
    """Records from RECORD_COLUMNS, with containers, builds and descriptions loaded."""
    keys = references.load_keys(connection, rows["container_id"].tolist())
    builds = references.load_builds(connection, rows["build_id"].tolist())
    described = references.load_descriptions(connection, rows["description_id"].tolist())
    times = (
        column_arrays.datetimes_of(rows[name]) for name in ("started_at", "ended_at", "ready_at")
    )
    sources = map(SOURCES.__getitem__, rows["from_revisions"].tolist())
    images, digests = [image for image, _ in builds], [digests for _, digests in builds]
    found = map(Rollout, keys, images, digests, *times, sources, rows["unfinished"].tolist())
    return [*map(RolloutRecord, found, described)]


def load_rollouts(
    connection: Connection,
    clusters: Collection[str] | None,
    since: datetime | None,
    limit: int,
    of: Collection[ContainerKey] | None = None,
) -> list[Rollout]:
    """Rollouts by start, newest first: `HistoryStore.load_rollouts`."""
    query = (
        select(*ROLLOUT_COLUMNS, *KEY_COLUMNS)
        .join(builds, builds.c.id == rollouts.c.build_id)
        .join(containers, containers.c.id == rollouts.c.container_id)
        .order_by(rollouts.c.started_at.desc(), rollouts.c.id.desc())
        .limit(limit)
    )
    if clusters is not None:
        query = query.where(containers.c.cluster.in_(clusters))
    if since is not None:
        query = query.where(rollouts.c.started_at >= since)
    if of is not None:
        query = query.where(bulk.is_one_of(rollouts.c.container_id, map(container_id, of)))
    width = len(ROLLOUT_COLUMNS)
    rows = connection.execute(query).all()
    keys = keys_of(row[width:] for row in rows)
    return [rollout_of(keys[row[width]], row[:width]) for row in rows]
