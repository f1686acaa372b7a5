"""The tables, as SQLAlchemy sees them; `migrations` makes them.

Text that comes from clusters is never part of an index: it may be of any length.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

_Time = DateTime(timezone=True)
_Id = Uuid(as_uuid=False)

# A container of a workload by name, for ever: history outlives the workload. The id is computed
# from the names (`observation_rows.container_id`), so that writing needs no look-up.
containers = Table(
    "containers",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("cluster", Text, nullable=False, index=True),
    Column("namespace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("workload", Text, nullable=False),
    Column("container", Text, nullable=False),
    Column("role", Text, nullable=False),
)

# What each cluster's last good read brought. A row is written only when it changed.
observations = Table(
    "observations",
    metadata,
    Column("container_id", _Id, ForeignKey(containers.c.id), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),  # of what was read, without times of it
    Column("observed_at", _Time),  # null: the cluster's `read_at`
    Column("uid", Text, nullable=False),
    Column("image", Text, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("annotations", JSONB, nullable=False),
    Column("default_container", Text),
    Column("position", BigInteger, nullable=False),
    Column("wanted", BigInteger),
    Column("ready", BigInteger, nullable=False),
    Column("updated", BigInteger),
    Column("progress", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("revision", Text),
    Column("running", JSONB(none_as_null=True)),  # null: pods could not be read
    Column("candidate", JSONB(none_as_null=True)),
    Column("rolling_since", _Time),
    Column("degraded_since", _Time),
    Column("differs_since", _Time),
    Column("differs_reads", Integer, nullable=False),
)

# An image with the image ids seen running of it. The id is computed from them
# (`history.builds.build_id`).
builds = Table(
    "builds",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("image", Text, nullable=False),
    Column("digests", ARRAY(Text), nullable=False),  # sorted
    # Written by the database: see migration 0007.
    Column("short_name", Text),
    Column("tagged", Text),
)

# How workloads described containers (domain.records.Description), under ids computed from it.
descriptions = Table(
    "descriptions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("labels", JSONB, nullable=False),
    Column("annotations", JSONB, nullable=False),
    Column("default_container", Text),
    Column("position", BigInteger, nullable=False),
    Column("created_at", _Time, nullable=False),
)

# Intervals; an exclusion constraint keeps those of one container from overlapping. Rows are
# narrow, for there are millions of them.
rollouts = Table(
    "rollouts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("started_at", _Time, nullable=False),
    Column("ended_at", _Time),
    Column("ready_at", _Time),
    Column("container_id", _Id, ForeignKey(containers.c.id), nullable=False),
    Column("build_id", _Id, ForeignKey(builds.c.id), nullable=False),
    Column("description_id", _Id, ForeignKey(descriptions.c.id)),  # null: never kept
    Column("source", Text, nullable=False),
)

# Times in which good reads of a cluster followed each other (domain.records.Coverage). Rows of
# one cluster do not overlap, which an exclusion constraint holds.
coverage = Table(
    "coverage",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("cluster", Text, nullable=False),
    Column("from_at", _Time, nullable=False),
    Column("until_at", _Time, nullable=False),
    Column("unread", JSONB, nullable=False),
)

# What is known of reading a cluster. Times ending in `_at` without a note are the reader's.
clusters = Table(
    "clusters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("read_at", _Time),
    Column("attempted_at", _Time),
    Column("duration", Double),
    Column("workloads", Integer, nullable=False, default=0),
    Column("containers", Integer, nullable=False, default=0),
    Column("pods", Integer, nullable=False, default=0),
    Column("error_title", Text, nullable=False, default=""),
    Column("error_message", Text, nullable=False, default=""),
    Column("error_mend", Text, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Column("kubernetes_version", Text, nullable=False, default=""),
    Column("unread", JSONB, nullable=False),
    Column("bad", JSONB, nullable=False),
    Column("fingerprint", LargeBinary),  # of all that the last good read brought
    Column("data_revision", BigInteger, nullable=False, default=0),  # moves when data moved
    Column("revisions_read_at", _Time),  # by the database's clock, like the next one
    Column("revisions_due_at", _Time),  # null: at once
)

# Who may record a cluster. All times are by the database's clock.
leases = Table(
    "leases",
    metadata,
    Column("cluster", Text, primary_key=True),
    Column("holder", Text),  # null: released, or never taken
    Column("number", BigInteger, nullable=False),
    Column("acquired_at", _Time),
    Column("expires_at", _Time),
    Column("requested_at", _Time),  # when somebody asked for a read that has not begun
)

collectors = Table(
    "collectors",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("beat_at", _Time, nullable=False),
)

# How looking for EKS clusters went, by where and as whom ("": the standard chain). External ids
# are configuration, not data.
discoveries = Table(
    "discoveries",
    metadata,
    Column("region", Text, primary_key=True),
    Column("role_arn", Text, primary_key=True),
    Column("attempted_at", _Time, nullable=False),
    Column("reached_at", _Time),
    Column("error_title", Text, nullable=False),  # "": reached
    Column("error_message", Text, nullable=False),
    Column("error_mend", Text, nullable=False),
    Column("data_revision", BigInteger, nullable=False),  # moves when what was found moved
)

# What was found there. Rows stay when their cluster is gone: its name stays its own.
found_clusters = Table(
    "found_clusters",
    metadata,
    Column("region", Text, primary_key=True),
    Column("role_arn", Text, primary_key=True),
    Column("arn", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("tags", JSONB(none_as_null=True)),  # null: never told
    Column("error_title", Text, nullable=False),  # why the tags were not told the last time
    Column("error_message", Text, nullable=False),
    Column("error_mend", Text, nullable=False),
    Column("found_at", _Time, nullable=False),  # first, by whichever role
    Column("gone_at", _Time),
)

# Filters that users gave a name, as pairs of a URL's query; their dashboard is null for the
# inventory.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("dashboard", Text),
    Column("query", JSONB, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("created_at", _Time, nullable=False),
)

# When each user last looked at the overview. Times of data, but for the last one, which is by
# the database's clock.
overview_looks = Table(
    "overview_looks",
    metadata,
    Column("user_id", _Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("since_at", _Time),
    Column("shown_at", _Time, nullable=False),
    Column("looked_at", _Time, nullable=False),
)

# How many cells drifted, and stood in each state, at a time.
drift_counts = Table(
    "drift_counts",
    metadata,
    Column("dashboard", Text, primary_key=True),
    Column("environment", Text, primary_key=True),
    Column("at", _Time, primary_key=True),
    Column("drifting", Integer, nullable=False),
    Column("states", JSONB, nullable=False),
)

# One row: the part of every cache's key that "clear cache" moves.
cache = Table(
    "cache",
    metadata,
    Column("only_row", Boolean, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)
