"""The tables of registry data for SQLAlchemy; `migrations` creates them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from reldash.store.tables import metadata

_Time = DateTime(timezone=True)

# Facts of images (domain.registries.facts.ImageFacts). Names and digests may be part of keys: they
# are validated as ECR's, and so are short.
registry_images = Table(
    "registry_images",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("repository", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),  # of the facts, without their time
    Column("missing", Boolean, nullable=False),
    Column("kind", Text),
    Column("pushed_at", _Time),
    Column("size", BigInteger),
    Column("tags", ARRAY(Text), nullable=False),
    Column("scan", JSONB(none_as_null=True)),  # null: not reported
    Column("children", JSONB(none_as_null=True)),  # null: not read
    Column("findings", JSONB(none_as_null=True)),  # null: not read
    Column("fetched_at", _Time, nullable=False),
    Column("seen_at", _Time, nullable=False),  # when it was last needed, by the database's clock
)

registry_tags = Table(
    "registry_tags",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("repository", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("digest", Text),  # null: there is no such tag
    Column("fetched_at", _Time, nullable=False),
    Column("seen_at", _Time, nullable=False),
)

registry_reads = Table(
    "registry_reads",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("repository", Text, primary_key=True),  # "": the registry as a whole
    Column("attempted_at", _Time, nullable=False),
    Column("reached_at", _Time),
    Column("error_title", Text, nullable=False),  # "": reached
    Column("error_message", Text, nullable=False),
    Column("error_mend", Text, nullable=False),
)

# Details that a user requested and that are only read on demand. Times by the database's clock.
registry_looks = Table(
    "registry_looks",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("look", Text, primary_key=True),
    Column("wanted_at", _Time, nullable=False),
    Column("attempted_at", _Time),
)

# One row: grows when registry data changes.
registry_revision = Table(
    "registry_revision",
    metadata,
    Column("only_row", Boolean, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
