"""Rollouts that were started and not finished lie beside the interval of what runs."""

from alembic import op

revision = "0009"
down_revision = "0007"

_STATEMENTS = (
    "ALTER TABLE rollouts ADD COLUMN unfinished boolean NOT NULL DEFAULT false",
    "ALTER TABLE rollouts DROP CONSTRAINT rollouts_do_not_overlap",
    """
    ALTER TABLE rollouts ADD CONSTRAINT rollouts_do_not_overlap EXCLUDE USING gist (
        container_id WITH =,
        tstzrange(started_at, ended_at) WITH &&
    ) WHERE (NOT unfinished)
    """,
    # How recording finds those to go on with: one of each.
    "DROP INDEX rollouts_open",
    """
    CREATE UNIQUE INDEX rollouts_open ON rollouts (container_id, unfinished)
    WHERE ended_at IS NULL
    """,
)


def upgrade() -> None:
    """Add the column, and let unfinished rollouts overlap."""
    for statement in _STATEMENTS:
        op.execute(statement)
