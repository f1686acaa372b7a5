"""Builds and descriptions, which many rollouts share: each is stored once, by its content.

Ids are computed from the content (`build_id`, `description_id`), so that writing a rollout needs
no look-up, and two collectors that read the same build write the same row.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC
from hashlib import sha256

import msgspec
from sqlalchemy import Connection

from reldash.domain.rollouts.records import WorkloadDescription
from reldash.domain.workloads.observations import Observation
from reldash.store import bulk
from reldash.store.bulk import RowValues
from reldash.store.encoding import encode_cleaned, fingerprint
from reldash.store.tables import builds, descriptions

# Made at import: threads must not use a msgspec type for the first time at the same moment.
STRINGS = msgspec.json.Decoder(dict[str, str])


def build_id(image: str, digests: Sequence[str]) -> str:
    """The id of an image with its sorted digests, a UUID in standard notation.

    Migration 0005 computes it in SQL.
    """
    parts = [sha256(text.encode()).digest() for text in (image, *digests)]
    return _uuid(sha256(b"".join(parts)).digest()[:16])


def description_id(description: WorkloadDescription) -> str:
    """The id of a description, a UUID in standard notation."""
    content = (
        dict(description.labels),
        dict(description.annotations),
        description.default_container,
        description.position,
        description.created_at.astimezone(UTC).isoformat(),
    )
    return _uuid(fingerprint(encode_cleaned(content).encode()))


def description_of(o: Observation) -> WorkloadDescription:
    """The description of a container: labels, annotations and position from its workload."""
    return WorkloadDescription(
        o.labels, o.annotations, o.default_container, o.position, o.created_at
    )


def build_row(image: str, digests: Sequence[str]) -> RowValues:
    """A row of table `builds`."""
    return {"id": build_id(image, digests), "image": image, "digests": digests}


def description_row(description: WorkloadDescription) -> RowValues:
    """A row of table `descriptions`."""
    return {
        "id": description_id(description),
        "labels": dict(description.labels),
        "annotations": dict(description.annotations),
        "default_container": description.default_container,
        "position": description.position,
        "created_at": description.created_at,
    }


_ADD_BUILDS = bulk.insert_missing(builds, ("id", "image", "digests"))
_ADD_DESCRIPTIONS = bulk.insert_missing(descriptions, descriptions.c.keys())


def save_builds(connection: Connection, rows: Iterable[RowValues]) -> None:
    """Insert builds that do not exist; all of them stay until the transaction ends."""
    bulk.save_missing(connection, _ADD_BUILDS, {row["id"]: row for row in rows})


def save_descriptions(connection: Connection, rows: Iterable[RowValues]) -> None:
    """Insert descriptions that do not exist; all of them stay until the transaction ends."""
    bulk.save_missing(connection, _ADD_DESCRIPTIONS, {row["id"]: row for row in rows})


def _uuid(digest: bytes) -> str:
    h = digest.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
