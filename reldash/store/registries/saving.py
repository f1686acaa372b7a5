"""Writes registry data: failures delete nothing, and details no longer reported stay."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Table,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.on_demand import ImageFindings
from reldash.domain.registries.scans import ScanStatus
from reldash.store import bulk, leases
from reldash.store.encoding import clean_json, clean_text
from reldash.store.leases import Lease
from reldash.store.registries.rows import IMAGE_COLUMNS, TAG_COLUMNS, image_row, scan_json, tag_row
from reldash.store.registries.tables import registry_images, registry_reads, registry_tags

_IMAGE = ("registry", "repository", "digest")
_TAG = ("registry", "repository", "tag")


def save_registry(
    connection: Connection,
    images: Iterable[ImageFacts],
    tags: Iterable[TagFact],
    reads: Iterable[RegistryRead],
    lease: Lease,
) -> None:
    """Write what was read; the revision grows if anything changed.

    Raises:
        LeaseLostError: another holder has the lease; nothing was written.
    """
    leases.lock(connection, lease)
    changes = [
        _save_images(connection, [image_row(image) for image in images]),
        _save_tags(connection, [tag_row(fact) for fact in tags]),
        *[_save_read(connection, read) for read in reads],
    ]
    if any(changes):
        _increment_revision(connection)


def _save_images(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> bool:
    has_changes = _is_any_new(
        connection, registry_images, IMAGE_COLUMNS, _IMAGE, "fingerprint", rows
    )
    new = bulk.insert_rows(registry_images, IMAGE_COLUMNS)
    reported, known = new.excluded, registry_images.c
    # Values that a registry does not report (any more) stay: those of a deleted image, and counts
    # read with the findings, which DescribeImages does not return for native basic scanning.
    lacks_counts = and_(
        reported.scan["status"].astext == ScanStatus.UNCOUNTED.value,
        known.scan["status"].astext == ScanStatus.COUNTED.value,
    )
    statement = new.on_conflict_do_update(
        index_elements=list(_IMAGE),
        set_={
            "fingerprint": reported.fingerprint,
            "missing": reported.missing,
            "kind": func.coalesce(reported.kind, known.kind),
            "pushed_at": func.coalesce(reported.pushed_at, known.pushed_at),
            "size": func.coalesce(reported.size, known.size),
            "tags": reported.tags,
            "scan": case(
                (lacks_counts, known.scan), else_=func.coalesce(reported.scan, known.scan)
            ),
            "fetched_at": reported.fetched_at,
            "seen_at": func.now(),
        },
    )
    bulk.execute(connection, statement, rows)
    return has_changes


def _save_tags(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> bool:
    has_changes = _is_any_new(connection, registry_tags, TAG_COLUMNS, _TAG, "digest", rows)
    new = bulk.insert_rows(registry_tags, TAG_COLUMNS)
    statement = new.on_conflict_do_update(
        index_elements=list(_TAG),
        set_={
            "digest": new.excluded.digest,
            "fetched_at": new.excluded.fetched_at,
            "seen_at": func.now(),
        },
    )
    bulk.execute(connection, statement, rows)
    return has_changes


def _is_any_new(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    key: Sequence[str],
    content: str,
    rows: Sequence[Mapping[str, Any]],
) -> bool:
    """Whether any row is new, or differs in `content` from the stored row with its key."""
    given = bulk.given_rows(table, columns)
    same = and_(*(table.c[name] == given.c[name] for name in key))
    differs = or_(table.c[key[0]].is_(None), table.c[content].is_distinct_from(given.c[content]))
    query = select(func.count()).select_from(given.outerjoin(table, same)).where(differs)
    return bulk.count(connection, query, rows) > 0


def _save_read(connection: Connection, read: RegistryRead) -> bool:
    """Write the outcome of a read; returns whether it changed: another error, its end, a first."""
    r = registry_reads.c
    values: dict[str, Any] = {
        "attempted_at": read.attempted_at,
        "error_title": clean_text(read.title),
        "error_message": clean_text(read.message),
        "error_mend": clean_text(read.remedy),
    }
    if read.reached_at is not None:
        values["reached_at"] = read.reached_at
    here = r.registry == read.registry, r.repository == read.repository
    known = connection.execute(select(registry_reads).where(*here)).mappings().one_or_none()
    new = insert(registry_reads).values(
        registry=read.registry, repository=read.repository, **values
    )
    connection.execute(
        new.on_conflict_do_update(index_elements=[r.registry, r.repository], set_=values)
    )
    if known is None:
        return True
    errors = ("error_title", "error_message", "error_mend")
    first = known["reached_at"] is None and read.reached_at is not None
    return first or any(known[name] != values[name] for name in errors)


def forget_reads(connection: Connection, places: Collection[tuple[str, str]], lease: Lease) -> None:
    """Delete the outcome of reads of these (registry, repository)."""
    leases.lock(connection, lease)
    r = registry_reads.c
    here = tuple_(r.registry, r.repository).in_(sorted(places))
    connection.execute(delete(registry_reads).where(here))
    _increment_revision(connection)


def save_children(
    connection: Connection, children: Mapping[str, tuple[Child, ...]], lease: Lease
) -> None:
    """Write the manifests of indexes; a digest determines them, in any repository."""
    leases.lock(connection, lease)
    i = registry_images.c
    for digest, listed in sorted(children.items()):
        connection.execute(
            update(registry_images)
            .where(i.digest == digest)
            .values(children=clean_json(msgspec.to_builtins(listed)))
        )
    if children:
        _increment_revision(connection)


def save_findings(connection: Connection, found: Iterable[ImageFindings], lease: Lease) -> None:
    """Write scans with their findings."""
    leases.lock(connection, lease)
    i = registry_images.c
    moved = False
    for each in found:
        here = (
            i.registry == each.registry,
            i.repository == each.repository,
            i.digest == each.digest,
        )
        values: dict[str, Any] = {"scan": scan_json(each.scan)}
        if each.findings is not None:
            values["findings"] = clean_json(msgspec.to_builtins(each.findings))
        connection.execute(update(registry_images).where(*here).values(**values))
        moved = True
    if moved:
        _increment_revision(connection)


_INCREMENT_REVISION = text("UPDATE registry_revision SET revision = revision + 1")


def _increment_revision(connection: Connection) -> None:
    connection.execute(_INCREMENT_REVISION)
