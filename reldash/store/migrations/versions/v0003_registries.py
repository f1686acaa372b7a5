"""What image registries told, how asking them went, and what somebody looked at."""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    """
    CREATE TABLE registry_images (
        registry text NOT NULL,
        repository text NOT NULL,
        digest text NOT NULL,
        fingerprint bytea NOT NULL,
        missing boolean NOT NULL,
        kind text,
        pushed_at timestamptz,
        size bigint,
        tags text[] NOT NULL,
        scan jsonb,
        children jsonb,
        findings jsonb,
        fetched_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (registry, repository, digest)
    )
    """,
    "CREATE INDEX registry_images_by_digest ON registry_images (digest)",
    """
    CREATE TABLE registry_tags (
        registry text NOT NULL,
        repository text NOT NULL,
        tag text NOT NULL,
        digest text,
        fetched_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (registry, repository, tag)
    )
    """,
    """
    CREATE TABLE registry_reads (
        registry text NOT NULL,
        repository text NOT NULL,
        attempted_at timestamptz NOT NULL,
        reached_at timestamptz,
        error_title text NOT NULL,
        error_message text NOT NULL,
        error_mend text NOT NULL,
        PRIMARY KEY (registry, repository)
    )
    """,
    """
    CREATE TABLE registry_looks (
        digest text NOT NULL,
        look text NOT NULL,
        wanted_at timestamptz NOT NULL,
        attempted_at timestamptz,
        PRIMARY KEY (digest, look)
    )
    """,
    """
    CREATE TABLE registry_revision (
        only_row boolean PRIMARY KEY CHECK (only_row),
        revision bigint NOT NULL
    )
    """,
    "INSERT INTO registry_revision VALUES (true, 0)",
)


def upgrade() -> None:
    """Make the tables of registries."""
    for statement in _STATEMENTS:
        op.execute(statement)
