"""The first tables: containers, observations, rollouts, clusters, leases."""

from alembic import op

revision = "0001"
down_revision = None

_STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    CREATE TABLE containers (
        id uuid PRIMARY KEY,
        cluster text NOT NULL,
        namespace text NOT NULL,
        kind text NOT NULL,
        workload text NOT NULL,
        container text NOT NULL,
        role text NOT NULL
    )
    """,
    "CREATE INDEX ix_containers_cluster ON containers (cluster)",
    """
    CREATE TABLE observations (
        container_id uuid PRIMARY KEY REFERENCES containers,
        fingerprint bytea NOT NULL,
        observed_at timestamptz,
        uid text NOT NULL,
        image text NOT NULL,
        created_at timestamptz NOT NULL,
        labels jsonb NOT NULL,
        annotations jsonb NOT NULL,
        default_container text,
        position bigint NOT NULL,
        wanted bigint,
        ready bigint NOT NULL,
        updated bigint,
        progress text NOT NULL,
        message text NOT NULL,
        revision text,
        running jsonb,
        candidate jsonb,
        rolling_since timestamptz,
        degraded_since timestamptz,
        differs_since timestamptz,
        differs_reads integer NOT NULL
    )
    """,
    """
    CREATE TABLE rollouts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        container_id uuid NOT NULL REFERENCES containers,
        image text NOT NULL,
        digests text[] NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        ready_at timestamptz,
        source text NOT NULL,
        CONSTRAINT rollouts_do_not_overlap EXCLUDE USING gist (
            container_id WITH =,
            tstzrange(started_at, ended_at) WITH &&
        )
    )
    """,
    # How recording finds the interval to go on with.
    "CREATE UNIQUE INDEX rollouts_open ON rollouts (container_id) WHERE ended_at IS NULL",
    "CREATE INDEX rollouts_by_start ON rollouts (started_at DESC)",
    """
    CREATE TABLE clusters (
        name text PRIMARY KEY,
        read_at timestamptz,
        attempted_at timestamptz,
        duration double precision,
        workloads integer NOT NULL,
        containers integer NOT NULL,
        pods integer NOT NULL,
        error_title text NOT NULL,
        error_message text NOT NULL,
        error_mend text NOT NULL,
        failures integer NOT NULL,
        kubernetes_version text NOT NULL,
        unread jsonb NOT NULL,
        bad jsonb NOT NULL,
        fingerprint bytea,
        data_revision bigint NOT NULL,
        revisions_read_at timestamptz,
        revisions_due_at timestamptz
    )
    """,
    """
    CREATE TABLE leases (
        cluster text PRIMARY KEY,
        holder text,
        number bigint NOT NULL,
        acquired_at timestamptz,
        expires_at timestamptz,
        requested_at timestamptz
    )
    """,
    "CREATE TABLE collectors (holder text PRIMARY KEY, beat_at timestamptz NOT NULL)",
    "CREATE TABLE cache (only_row boolean PRIMARY KEY CHECK (only_row), epoch bigint NOT NULL)",
    "INSERT INTO cache VALUES (true, 0)",
)


def upgrade() -> None:
    """Make the tables of an empty database."""
    for statement in _STATEMENTS:
        op.execute(statement)
