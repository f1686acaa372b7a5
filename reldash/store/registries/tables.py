"""The tables of what registries told, as SQLAlchemy sees them; `migrations` makes them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from reldash.store.tables import metadata

_Time = DateTime(timezone=True)

# What registries told of images (domain.registry.ImageFacts). Their names and digests are part of
# keys, for they are checked to be ECR's, and so are short.
registry_images = Table(
    "registry_images",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("repository", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),  # of what was told, without its time
    Column("missing", Boolean, nullable=False),
    Column("kind", Text),
    Column("pushed_at", _Time),
    Column("size", BigInteger),
    Column("tags", ARRAY(Text), nullable=False),
    Column("scan", JSONB(none_as_null=True)),  # null: not told
    Column("children", JSONB(none_as_null=True)),  # null: not asked
    Column("findings", JSONB(none_as_null=True)),  # null: not asked
    Column("fetched_at", _Time, nullable=False),
    Column("seen_at", _Time, nullable=False),  # when it was last wanted, by the database's clock
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

# What somebody looked at that is not read by itself. Times are by the database's clock.
registry_looks = Table(
    "registry_looks",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("look", Text, primary_key=True),
    Column("wanted_at", _Time, nullable=False),
    Column("attempted_at", _Time),
)

# One row: moves when any of what registries told moved.
registry_revision = Table(
    "registry_revision",
    metadata,
    Column("only_row", Boolean, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
