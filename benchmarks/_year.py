"""A year of history generated inside the database, as recording 35,000 reads would leave it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

CLUSTERS, SERVICES, RELEASES = 100, 1_000, 40
END = datetime(2026, 11, 20, tzinfo=UTC)

_VALUES = {"clusters": CLUSTERS, "services": SERVICES, "releases": RELEASES, "end": END}
# Each release of a service reaches each cluster at its own time; one in twenty was
# rolled back to the release before it, so that builds have several intervals in a container.
_FILL = (
    """
    INSERT INTO containers (id, cluster, namespace, kind, workload, container, role)
    SELECT md5(c || '/' || s)::uuid, 'cluster-' || c, 'shop', 'Deployment', 'svc-' || s,
           'svc-' || s, 'main'
    FROM generate_series(0, %(clusters)s - 1) c, generate_series(0, %(services)s - 1) s
    """,
    """
    INSERT INTO builds (id, image, digests)
    SELECT md5('build' || s || '/' || r)::uuid,
           'registry.example.com/shop/svc-' || s || ':1.' || r || '.0',
           ARRAY['registry.example.com/shop/svc-' || s || '@sha256:'
                 || md5('a' || s || '/' || r) || md5('b' || s || '/' || r)]
    FROM generate_series(0, %(services)s - 1) s, generate_series(0, %(releases)s - 1) r
    """,
    """
    INSERT INTO descriptions (id, labels, annotations, default_container, position, created_at)
    SELECT id, jsonb_build_object('app.kubernetes.io/name', workload, 'team', 'shop'), '{}', NULL,
           0, %(end)s - interval '400 days'
    FROM containers
    """,
    """
    WITH starts AS (
        SELECT c, s, r, %(end)s
            - (%(releases)s - r) * interval '9 days'
            + c * interval '1 hour' + s * interval '5 minutes' AS at
        FROM generate_series(0, %(clusters)s - 1) c, generate_series(0, %(services)s - 1) s,
             generate_series(0, %(releases)s - 1) r
    )
    INSERT INTO rollouts (
        started_at, ended_at, ready_at, container_id, build_id, description_id, source
    )
    SELECT at, CASE WHEN r < %(releases)s - 1 THEN at + interval '9 days' END,
           at + interval '2 minutes', md5(c || '/' || s)::uuid,
           md5('build' || s || '/'
               || CASE WHEN mod(c + s + r, 20) = 7 AND r > 1 THEN r - 2 ELSE r END)::uuid,
           md5(c || '/' || s)::uuid, 'observed'
    FROM starts ORDER BY at
    """,
    """
    INSERT INTO coverage (cluster, from_at, until_at, unread)
    SELECT 'cluster-' || c, %(end)s - m * interval '30 days',
           %(end)s - m * interval '30 days' + interval '29 days', '[]'
    FROM generate_series(0, %(clusters)s - 1) c, generate_series(1, 13) m
    """,
)


def cluster_of(number: int) -> str:
    """Return the name of a cluster."""
    return f"cluster-{number}"


def fill(connection: Any) -> int:
    """Put the year into an empty database (a plain connection in autocommit); its rollouts.

    Indexes and constraints are created at the end, which is minutes faster.
    """
    with connection.cursor() as cursor:
        with _without_indexes(cursor):
            for statement in _FILL:
                cursor.execute(statement, _VALUES)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT count(*) FROM rollouts")
        return int(cursor.fetchone()[0])


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Those of table `rollouts`, with its constraints."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'rollouts'::regclass AND contype IN ('x', 'f', 'p')"
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'rollouts'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    indexes = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f'ALTER TABLE rollouts DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE rollouts ADD CONSTRAINT "{name}" {definition}')
