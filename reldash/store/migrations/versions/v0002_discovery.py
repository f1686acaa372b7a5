"""Clusters that discovery found, and how looking for them went."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    """
    CREATE TABLE discoveries (
        region text NOT NULL,
        role_arn text NOT NULL,
        attempted_at timestamptz NOT NULL,
        reached_at timestamptz,
        error_title text NOT NULL,
        error_message text NOT NULL,
        error_mend text NOT NULL,
        data_revision bigint NOT NULL,
        PRIMARY KEY (region, role_arn)
    )
    """,
    """
    CREATE TABLE found_clusters (
        region text NOT NULL,
        role_arn text NOT NULL,
        arn text NOT NULL,
        name text NOT NULL,
        account text NOT NULL,
        tags jsonb,
        error_title text NOT NULL,
        error_message text NOT NULL,
        error_mend text NOT NULL,
        found_at timestamptz NOT NULL,
        gone_at timestamptz,
        PRIMARY KEY (region, role_arn, arn)
    )
    """,
)


def upgrade() -> None:
    """Make the tables of discovery."""
    for statement in _STATEMENTS:
        op.execute(statement)
