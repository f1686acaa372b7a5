"""Rows that rollouts refer to (containers, builds, descriptions), each loaded once per process."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, Text, cast, select

from reldash.domain.rollouts.records import WorkloadDescription
from reldash.domain.workloads.observations import ContainerKey
from reldash.store import bulk, column_arrays
from reldash.store.column_arrays import NO_ID
from reldash.store.history.bounded_cache import BoundedCache
from reldash.store.history.builds import STRINGS
from reldash.store.observation_rows import KEY_COLUMNS, id_bytes, keys_of
from reldash.store.tables import builds, containers, descriptions

Build = tuple[str, tuple[str, ...]]  # image, digests
# More than the largest fleets have at once; some hundred bytes each, shared by all snapshots.
_CACHE_SIZE = 250_000
_KEYS: BoundedCache[ContainerKey] = BoundedCache(_CACHE_SIZE)
_BUILDS: BoundedCache[Build] = BoundedCache(_CACHE_SIZE)
_DESCRIPTIONS: BoundedCache[WorkloadDescription | None] = BoundedCache(_CACHE_SIZE)


def load_keys(connection: Connection, ids: Sequence[bytes]) -> list[ContainerKey]:
    """The key of each of these containers."""
    query = select(*KEY_COLUMNS)

    def load(new: list[bytes]) -> dict[bytes, ContainerKey]:
        keys = keys_of(_load_rows(connection, query, containers, new))
        return {id_bytes(i): key for i, key in keys.items()}

    return _KEYS.get_all(ids, load)


def load_builds(connection: Connection, ids: Sequence[bytes]) -> list[Build]:
    """Image and digests of each of these builds."""
    query = select(cast(builds.c.id, Text), builds.c.image, builds.c.digests)

    def load(new: list[bytes]) -> dict[bytes, Build]:
        return {
            id_bytes(i): (image, tuple(digests))
            for i, image, digests in _load_rows(connection, query, builds, new)
        }

    return _BUILDS.get_all(ids, load)


_SELECTED = select(
    cast(descriptions.c.id, Text),
    cast(descriptions.c.labels, Text),
    cast(descriptions.c.annotations, Text),
    descriptions.c.default_container,
    descriptions.c.position,
    descriptions.c.created_at,
)


def load_descriptions(
    connection: Connection, ids: Sequence[bytes]
) -> list[WorkloadDescription | None]:
    """Each of these descriptions, None for NO_ID. Equal labels share one dictionary."""
    strings: dict[str, dict[str, str]] = {}

    def mapping(text: str) -> dict[str, str]:
        known = strings.get(text)
        if known is None:
            known = strings[text] = STRINGS.decode(text)
        return known

    def load(new: list[bytes]) -> dict[bytes, WorkloadDescription | None]:
        found: dict[bytes, WorkloadDescription | None] = {
            id_bytes(row[0]): WorkloadDescription(mapping(row[1]), mapping(row[2]), *row[3:])
            for row in _load_rows(connection, _SELECTED, descriptions, new)
        }
        return {NO_ID: None, **found}

    return _DESCRIPTIONS.get_all(ids, load)


def _load_rows(
    connection: Connection, query: Select[Any], table: Table, ids: Iterable[bytes]
) -> Sequence[Sequence[Any]]:
    """The rows of a table with these ids."""
    return connection.execute(
        query.where(bulk.is_one_of(table.c.id, column_arrays.texts_of_ids(ids)))
    ).all()
