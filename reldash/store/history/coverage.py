"""Coverage: the times covered by good reads of a cluster, a row for each span without a gap.

The number of rows grows with gaps and with changes of the unread parts, not with reads.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Text, cast, select, text

from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.workloads.reads import ClusterRead, Unread
from reldash.store.encoding import encode_cleaned
from reldash.store.tables import coverage

_UNREAD = msgspec.json.Decoder(tuple[Unread, ...])

# The clock may have been set back: a span is never shortened, and the next one starts after the
# last, whatever the clock says.
_EXTEND = text("""
    WITH last AS (
        SELECT id, until_at, unread FROM coverage
        WHERE cluster = :cluster ORDER BY until_at DESC LIMIT 1
    ),
    extended AS (
        UPDATE coverage c SET until_at = greatest(c.until_at, CAST(:at AS timestamptz))
        FROM last
        WHERE c.id = last.id
          AND CAST(:at AS timestamptz) - last.until_at <= CAST(:gap AS interval)
          AND last.unread = CAST(:unread AS jsonb)
        RETURNING c.id
    )
    INSERT INTO coverage (cluster, from_at, until_at, unread)
    SELECT :cluster, begins.at, begins.at, CAST(:unread AS jsonb)
    FROM (
        SELECT greatest(
            CAST(:at AS timestamptz), max(until_at) + interval '1 microsecond'
        ) AS at
        FROM last
    ) begins
    WHERE NOT EXISTS (SELECT 1 FROM extended)
""")


def extend(connection: Connection, read: ClusterRead, gap: timedelta) -> None:
    """Add a good read: one statement, whatever was read.

    Extends the cluster's last span if the read started no later than `gap` after the span's last
    read and has the same unread parts; else starts a span. The caller holds the cluster's lease.
    """
    values = {
        "cluster": read.cluster,
        "at": read.started_at,
        "gap": gap,
        "unread": encode_cleaned(read.unread),
    }
    connection.execute(_EXTEND, values)


def load(
    connection: Connection,
    clusters: Collection[str],
    since: datetime | None,
    until: datetime | None,
) -> dict[str, tuple[CoveredSpan, ...]]:
    """The spans that touch [since, until), by cluster, oldest first."""
    c = coverage.c
    query = select(c.cluster, c.from_at, c.until_at, cast(c.unread, Text)).where(
        c.cluster.in_(clusters)
    )
    if since is not None:
        query = query.where(c.until_at >= since)
    if until is not None:
        query = query.where(c.from_at < until)
    found: defaultdict[str, list[CoveredSpan]] = defaultdict(list)
    for cluster, from_at, until_at, unread in connection.execute(query.order_by(c.until_at)):
        found[cluster].append(CoveredSpan(cluster, from_at, until_at, _UNREAD.decode(unread)))
    return {cluster: tuple(found[cluster]) for cluster in clusters}
