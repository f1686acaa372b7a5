"""Sightings: the part of history that is needed to judge a moment.

A year of history is millions of rollouts; a moment is judged by few of them:

- those open at the moment;
- every rollout of a build that ran somewhere at the moment, or of a related build: the same tag
  of the same image name, or a digest in common (did it run in an earlier environment, and since
  when?);
- rollouts of images of the same name since the first of those started (what has been waiting,
  how many releases lie between, what ran before);
- the last rollout of containers that are gone (a service is absent from where it once ran).

Rollouts that ended earlier do not affect the verdict. A sighting of an unrelated build may
therefore start later than the build's very first rollout.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from numpy.lib.recfunctions import repack_fields
from sqlalchemy import Connection, TextualSelect, text

from reldash.domain.workloads.observations import ContainerKey, Sighting
from reldash.store import column_arrays
from reldash.store.column_arrays import Columns
from reldash.store.encoding import encode_cleaned
from reldash.store.history import references
from reldash.store.history.records import FROM_REVISIONS, SOURCES
from reldash.store.observation_rows import id_bytes
from reldash.store.tables import rollouts

_r = rollouts.c
# The columns that sightings are computed from; rollouts open at the moment have no end.
_COLUMNS: Final = (
    _r.container_id, _r.build_id, _r.started_at, _r.ended_at, _r.ready_at, FROM_REVISIONS
)  # fmt: skip
_NAMES: Final = [column.name for column in _COLUMNS]
_NONE: Final = np.timedelta64("NaT")
_Numbers = npt.NDArray[np.intp]
_Value = TypeVar("_Value", bytes, str)

_KIN = text("""
    WITH live AS MATERIALIZED (
        SELECT tagged, digests FROM builds WHERE id = ANY(CAST(:live AS uuid[]))
    )
    SELECT id::text, short_name FROM builds
    WHERE tagged IN (SELECT tagged FROM live) OR id IN (
        SELECT b.id FROM (SELECT id, unnest(digests) AS digest FROM builds) b
        WHERE b.digest IN (SELECT unnest(digests) FROM live)
    )
""")
_ENDED = """
    r.container_id, r.build_id, r.started_at, r.ended_at, r.ready_at,
    r.source = 'revision' AS from_revisions
"""
_ENDED_OF_KIN = text(f"""
    SELECT {_ENDED}
    FROM rollouts r JOIN containers c ON c.id = r.container_id
    WHERE r.build_id = ANY(CAST(:kin AS uuid[])) AND c.cluster = ANY(:clusters)
      AND r.ended_at <= CAST(:at AS timestamptz) AND NOT r.unfinished
""").columns(*_COLUMNS)  # noqa: S608 - nothing but the text above
# Bounded by the moment on both sides, however much came after it.
_ENDED_SINCE = text(f"""
    WITH horizons AS MATERIALIZED (
        SELECT b.id, h.at
        FROM jsonb_to_recordset(CAST(:horizons AS jsonb)) AS h (name text, at timestamptz)
        JOIN builds b ON b.short_name = h.name
    )
    SELECT {_ENDED}
    FROM rollouts r
    JOIN horizons h ON h.id = r.build_id
    JOIN containers c ON c.id = r.container_id
    WHERE tstzrange(r.started_at, r.ended_at)
          && tstzrange(CAST(:since AS timestamptz), CAST(:at AS timestamptz), '[]')
      AND r.ended_at >= h.at AND r.ended_at <= CAST(:at AS timestamptz)
      AND c.cluster = ANY(:clusters) AND NOT r.unfinished
      AND r.build_id <> ALL(CAST(:kin AS uuid[]))
""").columns(*_COLUMNS)  # noqa: S608 - likewise
_LAST_OF_GONE = text(f"""
    SELECT {_ENDED}
    FROM unnest(CAST(:gone AS uuid[])) AS gone (id)
    CROSS JOIN LATERAL (
        SELECT * FROM rollouts r
        WHERE r.container_id = gone.id AND r.ended_at <= CAST(:at AS timestamptz)
          AND NOT r.unfinished
        ORDER BY r.ended_at DESC, r.id DESC LIMIT 1
    ) r
""").columns(*_COLUMNS)  # noqa: S608 - likewise


def load(
    connection: Connection,
    open_: Columns,
    keys: Mapping[bytes, ContainerKey],
    at: datetime | None,
) -> tuple[Sighting, ...]:
    """The sightings of clusters as known at a moment, or now (None).

    Args:
        connection: its transaction sees one instant.
        open_: the rollouts of these clusters open at the moment (`records.RECORD_COLUMNS`).
        keys: the keys of all containers of the clusters, by id.
        at: the moment (aware).
    """
    values: dict[str, Any] = {
        "at": at or "infinity",
        "clusters": list({key.cluster for key in keys.values()}),
    }

    def ended(query: TextualSelect) -> Columns:
        return column_arrays.load(connection, query, values)

    live = column_arrays.texts_of_ids(set(open_["build_id"].tolist()))
    kin = connection.execute(_KIN, {"live": live}).all()
    values["kin"] = [row[0] for row in kin]
    found = [_open_at(open_, at), ended(_ENDED_OF_KIN)]
    horizons = _horizons(np.concatenate(found), {id_bytes(i): name for i, name in kin})
    if horizons:
        values["horizons"] = encode_cleaned([{"name": n, "at": h} for n, h in horizons.items()])
        # A rollout that ended at that moment is what ran before.
        values["since"] = min(horizons.values()) - timedelta(microseconds=1)
        found.append(ended(_ENDED_SINCE))
    gone = keys.keys() - set(open_["container_id"].tolist())
    if gone:
        values["gone"] = column_arrays.texts_of_ids(gone)
        found.append(ended(_LAST_OF_GONE))
    return _sightings(connection, np.concatenate(found), keys)


def _open_at(open_: Columns, at: datetime | None) -> Columns:
    """The open rollouts as known at the moment: without an end, ready only if ready by then."""
    rows: Columns = repack_fields(open_[_NAMES])
    rows["ended_at"] = _NONE
    if at is not None:
        rows["ready_at"][rows["ready_at"] > column_arrays.duration_of(at)] = _NONE
    return rows


def _horizons(rows: Columns, names: Mapping[bytes, str]) -> dict[str, datetime]:
    """The start of the first rollout of any build in `rows`, by image name."""
    of_name, found = _numbered([names[build] for build in rows["build_id"].tolist()])
    order, group_starts = _grouped(of_name)
    firsts = column_arrays.datetimes_of(
        np.minimum.reduceat(rows["started_at"][order], group_starts)
    )
    return {name: first for name, first in zip(found, firsts, strict=True) if first is not None}


def _sightings(
    connection: Connection, rows: Columns, keys: Mapping[bytes, ContainerKey]
) -> tuple[Sighting, ...]:
    """A sighting for each container and build, combined from all its rows."""
    of_container, containers = _numbered(rows["container_id"].tolist())
    of_build, builds = _numbered(rows["build_id"].tolist())
    order, group_starts = _grouped(of_container * len(builds) + of_build)
    rows = rows[order]
    starts, ends = rows["started_at"], rows["ended_at"]
    current = np.fmin.reduceat(np.where(np.isnat(ends), starts, _NONE), group_starts)
    last = np.fmax.reduceat(ends, group_starts)
    last[~np.isnat(current)] = _NONE
    key_of = [keys[i] for i in containers]
    build_of = references.load_builds(connection, builds)
    built = [build_of[i] for i in of_build[order][group_starts].tolist()]
    return tuple(
        map(
            Sighting,
            [key_of[i] for i in of_container[order][group_starts].tolist()],
            [image for image, _ in built],
            [digests for _, digests in built],
            column_arrays.datetimes_of(np.minimum.reduceat(starts, group_starts)),
            column_arrays.datetimes_of(current),
            column_arrays.datetimes_of(last),
            column_arrays.datetimes_of(np.fmin.reduceat(rows["ready_at"], group_starts)),
            map(
                SOURCES.__getitem__,
                np.logical_and.reduceat(rows["from_revisions"], group_starts).tolist(),
            ),
        )
    )


def _numbered(values: Sequence[_Value]) -> tuple[_Numbers, list[_Value]]:
    """Each value as a number, and the values by number, in order of first appearance."""
    numbers: dict[_Value, int] = {}
    each = [numbers.setdefault(value, len(numbers)) for value in values]
    return np.array(each, np.intp), list(numbers)


def _grouped(numbers: _Numbers) -> tuple[_Numbers, _Numbers]:
    """An order that groups equal numbers, and the positions in it where each group starts."""
    order = np.argsort(numbers, kind="stable")
    return order, np.flatnonzero(np.diff(numbers[order], prepend=-1))
