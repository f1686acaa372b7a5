"""What discovery found, and how looking for it went."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from reldash.domain.fleet.discovered import (
    DiscoveredCluster,
    DiscoveryState,
    RegionRead,
    RegionStatus,
    merge_discovered,
)
from reldash.store import leases
from reldash.store.encoding import clean_json, clean_text
from reldash.store.leases import Lease
from reldash.store.tables import discoveries, found_clusters

_KEY = (found_clusters.c.region, found_clusters.c.role_arn, found_clusters.c.arn)


def save_regions(connection: Connection, reads: Sequence[RegionRead], lease: Lease) -> None:
    """Write what looks into regions brought; the revision moves where that is news.

    Raises:
        LeaseLostError: the lease is another's by now; nothing was written.
    """
    leases.lock(connection, lease)
    for read in reads:
        moved = _save_clusters(connection, read)
        _save_status(connection, read, moved=moved)


def _save_clusters(connection: Connection, read: RegionRead) -> bool:
    """Write the clusters that changed; returns whether any did."""
    found = found_clusters.c
    here = found.region == read.region, found.role_arn == (read.role_arn or "")
    known = {
        each.arn: each
        for each in map(_cluster_of, connection.execute(select(found_clusters).where(*here)))
    }
    arns = [each.arn for each in read.found or () if each.arn not in known]
    elsewhere = select(found.arn, func.min(found.found_at)).group_by(found.arn)
    rows = connection.execute(elsewhere.where(found.arn.in_(arns)))
    after = merge_discovered(known.values(), read, {row[0]: row[1] for row in rows})
    changed = [_row_of(each) for each in after if known.get(each.arn) != each]
    if changed:
        new = insert(found_clusters)
        given = {c.name: new.excluded[c.name] for c in found if c not in _KEY}
        connection.execute(new.on_conflict_do_update(index_elements=_KEY, set_=given), changed)
    return bool(changed)


def _save_status(connection: Connection, read: RegionRead, *, moved: bool) -> None:
    region = discoveries.c
    key = {"region": read.region, "role_arn": read.role_arn or ""}
    here = region.region == key["region"], region.role_arn == key["role_arn"]
    errors = {
        "error_title": clean_text(read.error_title),
        "error_message": clean_text(read.error_message),
        "error_mend": clean_text(read.error_mend),
    }
    row = connection.execute(select(discoveries).where(*here)).mappings().one_or_none()
    is_news = moved or row is None or any(row[key] != value for key, value in errors.items())
    values: dict[str, Any] = {**errors, "attempted_at": read.started_at}
    if read.found is not None:
        values["reached_at"] = read.started_at
    new = insert(discoveries).values(**key, **values, data_revision=1)
    more = {"data_revision": region.data_revision + int(is_news)}
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[region.region, region.role_arn], set_={**values, **more}
        )
    )


def load_findings(connection: Connection) -> DiscoveryState:
    """All that is known of discovery; what moved since its revision may be among it already."""
    revision = load_findings_revision(connection)
    regions = tuple(
        RegionStatus(
            row.region,
            row.role_arn or None,
            row.attempted_at,
            row.reached_at,
            row.error_title,
            row.error_message,
            row.error_mend,
        )
        for row in connection.execute(select(discoveries))
    )
    clusters = tuple(map(_cluster_of, connection.execute(select(found_clusters))))
    return DiscoveryState(regions, clusters, revision)


def load_findings_revision(connection: Connection) -> int:
    """A number that moves when what discovery found, or why it failed, moved."""
    total = select(func.coalesce(func.sum(discoveries.c.data_revision), 0))
    return int(connection.scalar(total) or 0)


def _row_of(cluster: DiscoveredCluster) -> dict[str, Any]:
    return {
        "region": cluster.region,
        "role_arn": cluster.role_arn or "",
        "arn": cluster.arn,
        "name": cluster.name,
        "account": cluster.account,
        "tags": None if cluster.tags is None else clean_json(dict(cluster.tags)),
        "error_title": clean_text(cluster.error_title),
        "error_message": clean_text(cluster.error_message),
        "error_mend": clean_text(cluster.error_mend),
        "found_at": cluster.found_at,
        "gone_at": cluster.gone_at,
    }


def _cluster_of(row: Row[Any]) -> DiscoveredCluster:
    return DiscoveredCluster(
        name=row.name,
        arn=row.arn,
        account=row.account,
        region=row.region,
        role_arn=row.role_arn or None,
        tags=row.tags,
        found_at=row.found_at,
        gone_at=row.gone_at,
        error_title=row.error_title,
        error_message=row.error_message,
        error_mend=row.error_mend,
    )
