"""Retention: history that ended long ago is removed, a few rows at a time.

Each call is a transaction of one step, so that locks are held for a moment only, and it takes
nothing that a recording is using: such rows are left for the next day.
"""

from datetime import datetime

from sqlalchemy import Connection, text

# Of a container that has an open interval the one before stays: it tells what ran before.
_INTERVALS = text("""
    DELETE FROM rollouts WHERE id IN (
        SELECT r.id FROM rollouts r
        WHERE r.started_at < :before AND r.ended_at < :before AND (
            NOT EXISTS (
                SELECT 1 FROM rollouts o
                WHERE o.container_id = r.container_id AND o.ended_at IS NULL
            )
            OR EXISTS (
                SELECT 1 FROM rollouts later
                WHERE later.container_id = r.container_id AND later.ended_at IS NOT NULL
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

_NAMED_BY = {
    "builds": ("SELECT 1 FROM rollouts r WHERE r.build_id = t.id",),
    "descriptions": ("SELECT 1 FROM rollouts r WHERE r.description_id = t.id",),
    "containers": (
        "SELECT 1 FROM rollouts r WHERE r.container_id = t.id",
        "SELECT 1 FROM observations o WHERE o.container_id = t.id",
    ),
}
_UNNAMED = {
    table: " AND ".join(f"NOT EXISTS ({query})" for query in queries)
    for table, queries in _NAMED_BY.items()
}
# Locked first, and looked at again: a recording may have begun to use them in between.
_LOCK_UNNAMED = {
    table: text(
        f"SELECT t.id::text FROM {table} t WHERE {unnamed}"  # noqa: S608 - only the text above
        " LIMIT :limit FOR UPDATE SKIP LOCKED"
    )
    for table, unnamed in _UNNAMED.items()
}
_DELETE_UNNAMED = {
    table: text(
        f"DELETE FROM {table} t"  # noqa: S608 - likewise
        f" WHERE t.id = ANY(CAST(:ids AS uuid[])) AND {unnamed}"
    )
    for table, unnamed in _UNNAMED.items()
}


def prune(connection: Connection, before: datetime, limit: int) -> int:
    """Remove what ended before a moment; how many rows were; see `HistoryStore.prune`."""
    for step in (_INTERVALS, _COVERAGE):
        removed = connection.execute(step, {"before": before, "limit": limit}).rowcount
        if removed:
            return removed
    for table, lock in _LOCK_UNNAMED.items():
        ids = list(connection.scalars(lock, {"limit": limit}))
        removed = connection.execute(_DELETE_UNNAMED[table], {"ids": ids}).rowcount if ids else 0
        if removed:
            return removed
    return 0
