"""Discovered EKS clusters, and the status of discovery in each region."""

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
from reldash.store.engine import Transaction
from reldash.store.leases import Lease
from reldash.store.tables import discoveries, found_clusters

_KEY = (found_clusters.c.region, found_clusters.c.role_arn, found_clusters.c.arn)


class Discoveries:
    """Discovered clusters; every method is one transaction, and raises StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, reads: Sequence[RegionRead], lease: Lease) -> None:
        """Write reads of regions; the revision moves where they differ from what is stored.

        Raises:
            LeaseLostError: another holder has the lease; nothing was written.
        """
        with self._transaction() as connection:
            leases.lock(connection, lease)
            for read in reads:
                changed = _save_clusters(connection, read)
                _save_status(connection, read, changed=changed)

    def load(self) -> DiscoveryState:
        """All clusters ever discovered, and the status of each region.

        Changes made since its revision may already be included.
        """
        with self._transaction() as connection:
            revision = _load_revision(connection)
            regions = tuple(map(_region_of, connection.execute(select(discoveries))))
            clusters = tuple(map(_cluster_of, connection.execute(select(found_clusters))))
            return DiscoveryState(regions, clusters, revision)

    def load_revision(self) -> int:
        """A number that grows when `load` would return something else, apart from times."""
        with self._transaction() as connection:
            return _load_revision(connection)


def _load_revision(connection: Connection) -> int:
    total = select(func.coalesce(func.sum(discoveries.c.data_revision), 0))
    return int(connection.scalar(total) or 0)


def _save_clusters(connection: Connection, read: RegionRead) -> bool:
    """Write the changed clusters; returns whether there are any."""
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


def _save_status(connection: Connection, read: RegionRead, *, changed: bool) -> None:
    region = discoveries.c
    key = {"region": read.region, "role_arn": read.role_arn or ""}
    here = region.region == key["region"], region.role_arn == key["role_arn"]
    errors = {
        "error_title": clean_text(read.error_title),
        "error_message": clean_text(read.error_message),
        "error_mend": clean_text(read.error_remedy),
    }
    row = connection.execute(select(discoveries).where(*here)).mappings().one_or_none()
    is_change = changed or row is None or any(row[key] != value for key, value in errors.items())
    values: dict[str, Any] = {**errors, "attempted_at": read.started_at}
    if read.found is not None:
        values["reached_at"] = read.started_at
    new = insert(discoveries).values(**key, **values, data_revision=1)
    more = {"data_revision": region.data_revision + int(is_change)}
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[region.region, region.role_arn], set_={**values, **more}
        )
    )


def _region_of(row: Row[Any]) -> RegionStatus:
    return RegionStatus(
        row.region,
        row.role_arn or None,
        row.attempted_at,
        row.reached_at,
        row.error_title,
        row.error_message,
        row.error_mend,
    )


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
        "error_mend": clean_text(cluster.error_remedy),
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
        error_remedy=row.error_mend,
    )
