"""History by build and description, and which times reads of a cluster cover."""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

from reldash.domain.rollouts.records import WorkloadDescription
from reldash.store.encoding import encode_cleaned
from reldash.store.history.builds import STRINGS, description_row

revision = "0005"
down_revision = "0004"

# The id of a build, as `store.history.builds.build_id` computes it.
_BUILD_ID = """
    encode(substr(sha256(
        sha256(convert_to(image, 'UTF8')) || coalesce(
            (SELECT string_agg(sha256(convert_to(d, 'UTF8')), '' ORDER BY d COLLATE "C")
             FROM unnest(digests) d),
            ''
        )
    ), 1, 16), 'hex')::uuid
"""

_TABLES = (
    """
    CREATE TABLE builds (
        id uuid PRIMARY KEY,
        image text NOT NULL,
        digests text[] NOT NULL
    )
    """,
    """
    CREATE TABLE descriptions (
        id uuid PRIMARY KEY,
        labels jsonb NOT NULL,
        annotations jsonb NOT NULL,
        default_container text,
        position bigint NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE coverage (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cluster text NOT NULL,
        from_at timestamptz NOT NULL,
        until_at timestamptz NOT NULL,
        unread jsonb NOT NULL,
        CONSTRAINT coverage_does_not_overlap EXCLUDE USING gist (
            cluster WITH =,
            tstzrange(from_at, until_at, '[]') WITH &&
        )
    )
    """,
    # Recording finds the one to go on with, and reading those of a time.
    "CREATE INDEX coverage_by_end ON coverage (cluster, until_at)",
    "ALTER TABLE rollouts RENAME TO rollouts_with_images",
    """
    CREATE TABLE rollouts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        ready_at timestamptz,
        container_id uuid NOT NULL REFERENCES containers,
        build_id uuid NOT NULL REFERENCES builds,
        description_id uuid REFERENCES descriptions,
        source text NOT NULL
    )
    """,
)

_ROWS = (
    # What was read before was not kept: of each cluster's reads only the last is known.
    """
    INSERT INTO coverage (cluster, from_at, until_at, unread)
    SELECT name, read_at, read_at, unread FROM clusters WHERE read_at IS NOT NULL
    """,
    f"""
    INSERT INTO builds (id, image, digests)
    SELECT {_BUILD_ID}, image, digests
    FROM (SELECT DISTINCT image, digests FROM rollouts_with_images) found
    ON CONFLICT DO NOTHING
    """,  # noqa: S608 - nothing but the text above
    f"""
    INSERT INTO rollouts (
        id, started_at, ended_at, ready_at, container_id, build_id, description_id, source
    )
    OVERRIDING SYSTEM VALUE
    SELECT r.id, r.started_at, r.ended_at, r.ready_at, r.container_id, {_BUILD_ID}, d.id, r.source
    FROM rollouts_with_images r
    LEFT JOIN described d ON d.container_id = r.container_id AND r.ended_at IS NULL
    ORDER BY r.id
    """,  # noqa: S608 - likewise
    """
    SELECT setval(
        pg_get_serial_sequence('rollouts', 'id'),
        coalesce(max(id), 1),
        max(id) IS NOT NULL
    )
    FROM rollouts
    """,
    "DROP TABLE described",
    "DROP TABLE rollouts_with_images",
)

_INDEXES = (
    """
    ALTER TABLE rollouts ADD CONSTRAINT rollouts_do_not_overlap EXCLUDE USING gist (
        container_id WITH =,
        tstzrange(started_at, ended_at) WITH &&
    )
    """,
    # How recording finds the interval to go on with.
    "CREATE UNIQUE INDEX rollouts_open ON rollouts (container_id) WHERE ended_at IS NULL",
    "CREATE INDEX rollouts_by_start ON rollouts (started_at DESC)",
    "CREATE INDEX rollouts_by_build ON rollouts (build_id)",
)

_LIVE = """
    SELECT container_id::text, labels::text, annotations::text, default_container, position,
           created_at
    FROM observations
"""
_ADD_DESCRIPTIONS = """
    INSERT INTO descriptions (id, labels, annotations, default_container, position, created_at)
    SELECT id, labels, annotations, default_container, position, created_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        id uuid, labels jsonb, annotations jsonb, default_container text, position bigint,
        created_at timestamptz
    )
    ON CONFLICT DO NOTHING
"""
_MAKE_DESCRIBED = """
    CREATE TEMPORARY TABLE described AS
    SELECT container_id, id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (container_id uuid, id uuid)
"""


def upgrade() -> None:
    """Make the tables, and move the history into them.

    Intervals that have not ended are described as their containers were last read; how those
    that have ended were described was never kept.
    """
    for statement in _TABLES:
        op.execute(statement)
    _describe(op.get_bind())
    for statement in (*_ROWS, *_INDEXES):
        op.execute(statement)


def _describe(connection: Connection) -> None:
    """Fill `descriptions`, and which of them is whose into a table of its own, `described`."""
    rows = connection.execute(text(_LIVE)).all()
    found = {row[0]: description_row(_description(row)) for row in rows}
    described = [{"container_id": i, "id": row["id"]} for i, row in found.items()]
    connection.execute(text(_ADD_DESCRIPTIONS), {"rows": encode_cleaned(list(found.values()))})
    connection.execute(text(_MAKE_DESCRIBED), {"rows": encode_cleaned(described)})


def _description(row: Sequence[Any]) -> WorkloadDescription:
    _, labels, annotations, *rest = row
    return WorkloadDescription(STRINGS.decode(labels), STRINGS.decode(annotations), *rest)
