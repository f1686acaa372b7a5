"""Containers and volumes that only live pods have, by cluster."""

from alembic import op

revision = "0011"
down_revision = "0009"

_STATEMENTS = (
    """
    CREATE TABLE pod_containers (
        id uuid PRIMARY KEY,
        cluster text NOT NULL,
        namespace text NOT NULL,
        kind text NOT NULL,
        workload text NOT NULL,
        container text NOT NULL,
        role text NOT NULL,
        image text NOT NULL,
        image_id text NOT NULL,
        pods integer NOT NULL,
        ready integer NOT NULL,
        waiting jsonb NOT NULL,
        first_seen_at timestamptz NOT NULL,
        observed_at timestamptz
    )
    """,
    "CREATE INDEX ix_pod_containers_cluster ON pod_containers (cluster)",
)


def upgrade() -> None:
    """Create the table."""
    for statement in _STATEMENTS:
        op.execute(statement)
