"""Retention: deletes history that ended long ago, a few rows at a time.

Each call is a transaction of one step, so that locks are held only briefly. It skips rows that a
recording is using: they are deleted the next day.
"""

from datetime import datetime

from sqlalchemy import Connection, text

# The last rollout before an open one stays: it is what ran before.
_INTERVALS = text("""
    DELETE FROM rollouts WHERE id IN (
        SELECT r.id FROM rollouts r
        WHERE r.started_at < :before AND r.ended_at < :before AND (
            NOT EXISTS (
                SELECT 1 FROM rollouts o
                WHERE o.container_id = r.container_id AND o.ended_at IS NULL
            )
            OR r.unfinished
            OR EXISTS (
                SELECT 1 FROM rollouts later
                WHERE later.container_id = r.container_id AND later.ended_at IS NOT NULL
                  AND NOT later.unfinished
                  AND (later.started_at, later.id) > (r.started_at, r.id)
            )
        )
        ORDER BY r.started_at LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
""")
_COVERAGE = text("""
    DELETE FROM coverage WHERE id IN (
        SELECT c.id FROM coverage c
        WHERE c.until_at < :before AND EXISTS (
            SELECT 1 FROM coverage later
            WHERE later.cluster = c.cluster AND later.until_at > c.until_at
        )
        ORDER BY c.until_at LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
""")

_REFERENCES = {
    "builds": ("SELECT 1 FROM rollouts r WHERE r.build_id = t.id",),
    "descriptions": ("SELECT 1 FROM rollouts r WHERE r.description_id = t.id",),
    "containers": (
        "SELECT 1 FROM rollouts r WHERE r.container_id = t.id",
        "SELECT 1 FROM observations o WHERE o.container_id = t.id",
    ),
}
_UNREFERENCED = {
    table: " AND ".join(f"NOT EXISTS ({query})" for query in queries)
    for table, queries in _REFERENCES.items()
}
# Locked first, then checked again: a recording may have started to use them in between.
_LOCK_UNREFERENCED = {
    table: text(
        f"SELECT t.id::text FROM {table} t WHERE {unreferenced}"  # noqa: S608 - only the text above
        " LIMIT :limit FOR UPDATE SKIP LOCKED"
    )
    for table, unreferenced in _UNREFERENCED.items()
}
_DELETE_UNREFERENCED = {
    table: text(
        f"DELETE FROM {table} t"  # noqa: S608 - likewise
        f" WHERE t.id = ANY(CAST(:ids AS uuid[])) AND {unreferenced}"
    )
    for table, unreferenced in _UNREFERENCED.items()
}


def prune(connection: Connection, before: datetime, limit: int) -> int:
    """Delete history that ended before a time; returns the number of rows: `HistoryStore.prune`."""
    for step in (_INTERVALS, _COVERAGE):
        removed = connection.execute(step, {"before": before, "limit": limit}).rowcount
        if removed:
            return removed
    for table, lock in _LOCK_UNREFERENCED.items():
        ids = list(connection.scalars(lock, {"limit": limit}))
        removed = (
            connection.execute(_DELETE_UNREFERENCED[table], {"ids": ids}).rowcount if ids else 0
        )
        if removed:
            return removed
    return 0
