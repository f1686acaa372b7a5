"""What answers which intervals were open at a moment, and which builds are of one name."""

from alembic import op

revision = "0007"
down_revision = "0006"

_STATEMENTS = (
    # The exclusion constraint's index begins with the container: it would be read as a whole.
    "CREATE INDEX rollouts_by_time ON rollouts USING gist (tstzrange(started_at, ended_at))",
    # How retention finds descriptions that no interval has any more.
    "CREATE INDEX rollouts_by_description ON rollouts (description_id)",
    "ALTER INDEX IF EXISTS rollouts_pkey1 RENAME TO rollouts_pkey",
    # Without registry, tag and digest.
    """
    ALTER TABLE builds ADD COLUMN short_name text GENERATED ALWAYS AS (
        substring(split_part(image, '@', 1) from '([^/:]*)(:[^/]*)?$')
    ) STORED
    """,
    # With the tag; with the digest where there is none.
    """
    ALTER TABLE builds ADD COLUMN tagged text GENERATED ALWAYS AS (
        CASE WHEN split_part(image, '@', 1) ~ ':[^/]*$'
            THEN substring(split_part(image, '@', 1) from '[^/]*$')
            ELSE substring(image from '[^/]*$')
        END
    ) STORED
    """,
)


def upgrade() -> None:
    """Make the index and the columns."""
    for statement in _STATEMENTS:
        op.execute(statement)
