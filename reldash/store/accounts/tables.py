"""The tables of accounts for SQLAlchemy; `migrations` creates them.

Every text in an index is short: addresses and names are validated before they are stored.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from reldash.store.tables import metadata

_Time = DateTime(timezone=True)
_Id = Uuid(as_uuid=False)

# `email` is the normalised form, `email_shown` the spelling of its owner.
users = Table(
    "users",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("email_shown", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),  # null: invited, or by OpenID Connect alone
    Column("verified_at", _Time),
    Column("disabled_at", _Time),
    Column("created_at", _Time, nullable=False),
    Column("last_sign_in_at", _Time),
)

# Subjects of OpenID Connect providers, with their users.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("created_at", _Time, nullable=False),
)

# A sign-up becomes a user when its address is verified, by whoever started it.
sign_ups = Table(
    "sign_ups",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_shown", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", _Time, nullable=False),
)

# Both digests are bound to purpose, address and user by a key that is not in the database.
codes = Table(
    "codes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE")),
    Column("digest", LargeBinary, nullable=False),
    Column("long_digest", LargeBinary, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("expires_at", _Time, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", _Time),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("device", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("last_seen_at", _Time, nullable=False),
    Column("expires_at", _Time, nullable=False),
    Column("ended_at", _Time),
    Column("ended_why", Text, nullable=False),
)

# Exchanged once, within a minute, for a session.
tickets = Table(
    "tickets",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("how", Text, nullable=False),
    Column("expires_at", _Time, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("last_at", _Time, nullable=False),
    Column("free_at", _Time, nullable=False),  # no attempt is allowed before
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", _Time, nullable=False),
    Column("expires_at", _Time, nullable=False),
    Column("last_used_at", _Time),
    Column("revoked_at", _Time),
)

# Mails to be sent; no row holds a secret.
outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("address", Text, nullable=False),  # where it goes
    Column("user_id", _Id, ForeignKey(users.c.id, ondelete="CASCADE")),
    Column("data", JSONB, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("next_at", _Time, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", _Time),
    Column("sent_at", _Time),
    Column("gave_up_at", _Time),
    Column("error", Text, nullable=False),
)

# No foreign key to users: the log outlives them.
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", _Time, nullable=False),
    Column("actor_id", _Id),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target_id", _Id),
    Column("target", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
)
