"""The overview: saved views, when users last looked, and how drift went."""

from alembic import op

revision = "0006"
down_revision = "0005"

_STATEMENTS = (
    """
    CREATE TABLE saved_views (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
        dashboard text,
        query jsonb NOT NULL,
        is_shared boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (user_id, name)
    )
    """,
    "CREATE INDEX saved_views_shared ON saved_views (user_id) WHERE is_shared",
    # Times of data, but for the last one, which is by the database's clock.
    """
    CREATE TABLE overview_looks (
        user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        since_at timestamptz,
        shown_at timestamptz NOT NULL,
        looked_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE drift_counts (
        dashboard text NOT NULL,
        environment text NOT NULL,
        at timestamptz NOT NULL,
        drifting integer NOT NULL,
        states jsonb NOT NULL,
        PRIMARY KEY (dashboard, environment, at)
    )
    """,
)


def upgrade() -> None:
    """Make the tables of the overview."""
    for statement in _STATEMENTS:
        op.execute(statement)
