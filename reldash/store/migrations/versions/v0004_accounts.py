"""Accounts: users, sign-ups, codes, sessions, tickets, counters, tokens, outbox, audit log."""

from alembic import op

revision = "0004"
down_revision = "0003"

_STATEMENTS = (
    """
    CREATE TABLE users (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        email text NOT NULL UNIQUE,
        email_shown text NOT NULL,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('viewer', 'admin')),
        password_hash text,
        verified_at timestamptz,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_sign_in_at timestamptz
    )
    """,
    # Who a provider of OpenID Connect says somebody is.
    """
    CREATE TABLE identities (
        issuer text NOT NULL,
        subject text NOT NULL,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (issuer, subject),
        UNIQUE (user_id, issuer)
    )
    """,
    # A sign-up is no user until its address is proved, and only by who began it.
    """
    CREATE TABLE sign_ups (
        token_hash bytea PRIMARY KEY,
        email text NOT NULL,
        email_shown text NOT NULL,
        name text NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    "CREATE INDEX sign_ups_by_email ON sign_ups (email, created_at DESC)",
    # Both digests are bound to purpose, address and user by a key that is not in the database.
    """
    CREATE TABLE codes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        purpose text NOT NULL,
        email text NOT NULL,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        digest bytea NOT NULL,
        long_digest bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        used_at timestamptz
    )
    """,
    "CREATE INDEX codes_by_email ON codes (email, purpose, id DESC)",
    """
    CREATE TABLE sessions (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        token_hash bytea NOT NULL UNIQUE,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        device text NOT NULL,
        address text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_why text NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX sessions_by_user ON sessions (user_id, created_at DESC)",
    # What is exchanged once, within a minute, for a session.
    """
    CREATE TABLE tickets (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        how text NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX tickets_by_user ON tickets (user_id)",
    """
    CREATE TABLE attempts (
        scope text NOT NULL,
        key text NOT NULL,
        tries integer NOT NULL,
        last_at timestamptz NOT NULL,
        free_at timestamptz NOT NULL,
        PRIMARY KEY (scope, key)
    )
    """,
    """
    CREATE TABLE api_tokens (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz
    )
    """,
    "CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at DESC)",
    """
    CREATE TABLE outbox (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        kind text NOT NULL,
        email text NOT NULL,
        address text NOT NULL,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        attempts integer NOT NULL DEFAULT 0,
        attempted_at timestamptz,
        sent_at timestamptz,
        gave_up_at timestamptz,
        error text NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX outbox_due ON outbox (next_at) WHERE sent_at IS NULL AND gave_up_at IS NULL",
    "CREATE INDEX outbox_attempted ON outbox (attempted_at DESC NULLS LAST)",
    # No reference to users: the log outlives them.
    """
    CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor_id uuid,
        actor text NOT NULL,
        action text NOT NULL,
        target_id uuid,
        target text NOT NULL,
        address text NOT NULL,
        detail jsonb NOT NULL
    )
    """,
    "CREATE INDEX audit_by_time ON audit (at DESC)",
)


def upgrade() -> None:
    """Make the tables of accounts."""
    for statement in _STATEMENTS:
        op.execute(statement)
