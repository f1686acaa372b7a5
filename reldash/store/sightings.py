"""Sightings: what is to be known of the past to judge a moment, and no more.

A year of history is millions of intervals; a moment is judged by few of them. These are:

- what ran at the moment;
- every interval of a build that ran somewhere at the moment, or of one of its kin: the same tag
  of the same image's name, or a digest in common (did it run in an earlier environment, and since
  when?);
- what ran since the first of those began, of images of the same name (what has been waiting, how
  many releases lie between, what ran before);
- the last of containers that are gone (a service is absent from where it once ran).

What ended before says nothing about the moment. A sighting of a build that is no kin of any that
ran at the moment may thus begin later than the build's very first interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from reldash.domain.model import ContainerKey, RolloutSource, Sighting
from reldash.store.encoding import encode_cleaned
from reldash.store.named import Build, load_builds

# Container, build, first start, start of the open one, last end, ready at, whether from revisions
# alone.
_Row = Sequence[Any]

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
    r.container_id::text, r.build_id::text, r.started_at, NULL, r.ended_at, r.ready_at,
    r.source = 'revision'
"""
_ENDED_OF_KIN = text(f"""
    SELECT {_ENDED}
    FROM rollouts r JOIN containers c ON c.id = r.container_id
    WHERE r.build_id = ANY(CAST(:kin AS uuid[])) AND c.cluster = ANY(:clusters)
      AND r.ended_at <= CAST(:at AS timestamptz)
""")  # noqa: S608 - nothing but the text above
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
      AND c.cluster = ANY(:clusters)
      AND r.build_id <> ALL(CAST(:kin AS uuid[]))
""")  # noqa: S608 - likewise
_LAST_OF_GONE = text(f"""
    SELECT {_ENDED}
    FROM unnest(CAST(:gone AS uuid[])) AS gone (id)
    CROSS JOIN LATERAL (
        SELECT * FROM rollouts r
        WHERE r.container_id = gone.id AND r.ended_at <= CAST(:at AS timestamptz)
        ORDER BY r.ended_at DESC, r.id DESC LIMIT 1
    ) r
""")  # noqa: S608 - likewise


def load(
    connection: Connection,
    open_rows: Iterable[Sequence[Any]],
    keys: Mapping[str, ContainerKey],
    at: datetime | None,
) -> tuple[Sighting, ...]:
    """The sightings of clusters as known at a moment, or now (None).

    Args:
        connection: whose transaction sees one instant.
        open_rows: the intervals of these clusters open at the moment (past.RECORD_COLUMNS).
        keys: those of all containers of the clusters, by id.
        at: the moment (aware).
    """
    open_ = [_open_row(row, at) for row in open_rows]
    clusters = list({key.cluster for key in keys.values()})
    values: dict[str, Any] = {"at": at or "infinity", "clusters": clusters}
    live = {row[1] for row in open_}
    kin = connection.execute(_KIN, {"live": list(live)}).all()
    values["kin"] = [row[0] for row in kin]
    ended = [*connection.execute(_ENDED_OF_KIN, values).all()]
    horizons = _horizons((*open_, *ended), dict(map(tuple, kin)))
    if horizons:
        values["horizons"] = encode_cleaned([{"name": n, "at": h} for n, h in horizons.items()])
        # What ended at that moment is what ran before.
        values["since"] = min(horizons.values()) - timedelta(microseconds=1)
        ended += connection.execute(_ENDED_SINCE, values).all()
    gone = keys.keys() - {row[0] for row in open_}
    if gone:
        ended += connection.execute(_LAST_OF_GONE, {**values, "gone": list(gone)}).all()
    rows = [*open_, *ended]
    return _sightings(rows, keys, load_builds(connection, (row[1] for row in rows)))


def _open_row(row: Sequence[Any], at: datetime | None) -> _Row:
    container, build, _, started_at, _, ready_at, source = row
    if ready_at is not None and at is not None and ready_at > at:
        ready_at = None
    from_revisions = source == RolloutSource.REVISION.value
    return container, build, started_at, started_at, None, ready_at, from_revisions


def _horizons(rows: Iterable[_Row], names: Mapping[str, str]) -> dict[str, datetime]:
    """When the first interval of what ran at the moment, or of its kin, began, by name."""
    found: dict[str, datetime] = {}
    for row in rows:
        name = names[row[1]]
        known = found.get(name)
        if known is None or row[2] < known:
            found[name] = row[2]
    return found


def _sightings(
    rows: Iterable[_Row],
    keys: Mapping[str, ContainerKey],
    builds: Mapping[str, Build],
) -> tuple[Sighting, ...]:
    """A sighting for each container and build; rows of the same are folded."""
    folded: dict[tuple[str, str], _Row] = {}
    for row in rows:
        place = row[0], row[1]
        known = folded.setdefault(place, row)
        if known is not row:
            folded[place] = _fold(known, row)
    observed, revision = RolloutSource.OBSERVED, RolloutSource.REVISION
    return tuple(
        [
            Sighting(
                keys[container], *builds[build], first, current,
                last if current is None else None, ready_at,
                revision if from_revisions else observed,
            )
            for container, build, first, current, last, ready_at, from_revisions in folded.values()
        ]
    )  # fmt: skip


def _fold(a: _Row, b: _Row) -> _Row:
    """Two rows of one container and build as one; the first is the open one, if one is."""
    readied = [at for at in (a[5], b[5]) if at is not None]
    ended = [at for at in (a[4], b[4]) if at is not None]
    return (
        *(a[0], a[1], min(a[2], b[2]), a[3]),
        *(max(ended, default=None), min(readied, default=None), a[6] and b[6]),
    )
