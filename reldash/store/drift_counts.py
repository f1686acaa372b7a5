"""Drift over time: one small row per hour for each environment of each dashboard."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.types import Interval

from reldash.domain.drift.counts import DriftCount
from reldash.domain.drift.states import State
from reldash.store.encoding import clean_text, encode_cleaned
from reldash.store.engine import Transaction

HOURLY_FOR = timedelta(days=14)  # after that one row per day is kept
DAILY_FOR = timedelta(days=730)

_SAVE = text(
    """
    INSERT INTO drift_counts AS c (dashboard, environment, at, drifting, states)
    VALUES (:dashboard, :environment, :at, :drifting, CAST(:states AS jsonb))
    ON CONFLICT (dashboard, environment, at) DO UPDATE
        SET drifting = excluded.drifting, states = excluded.states
        WHERE (c.drifting, c.states) IS DISTINCT FROM (excluded.drifting, excluded.states)
    RETURNING xmax = 0 AS is_new
    """
)
_FORGET = text(
    """
    DELETE FROM drift_counts c WHERE c.at < CAST(:now AS timestamptz) - :daily
    OR (c.at < CAST(:now AS timestamptz) - :hourly AND EXISTS (
        SELECT 1 FROM drift_counts later
        WHERE (later.dashboard, later.environment) = (c.dashboard, c.environment)
        AND later.at > c.at
        AND date_trunc('day', later.at, 'UTC') = date_trunc('day', c.at, 'UTC')
    ))
    """
).bindparams(bindparam("daily", type_=Interval), bindparam("hourly", type_=Interval))
_LOAD = text(
    "SELECT dashboard, environment, at, drifting, states FROM drift_counts"
    " WHERE dashboard = :dashboard AND at >= :since ORDER BY at, environment"
)
_STATES = {str(state): state for state in State}


class DriftCounts:
    """Counts of cells; every method is one transaction, and raises StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, counts: Iterable[DriftCount]) -> None:
        """Write counts; the last write of an hour wins.

        Any number of processes may write the same. The first row of an hour triggers retention:
        of days older than `HOURLY_FOR` only the last row is kept, after `DAILY_FOR` none.
        """
        with self._transaction() as connection:
            newest: datetime | None = None
            for count in counts:
                row = connection.execute(_SAVE, _values(count)).first()
                if row is not None and row.is_new:
                    newest = max(newest or count.at, count.at)
            if newest is not None:
                connection.execute(
                    _FORGET, {"now": newest, "daily": DAILY_FOR, "hourly": HOURLY_FOR}
                )

    def load(self, dashboard: str, since: datetime) -> list[DriftCount]:
        """Counts of a dashboard from `since` (aware) on, oldest first."""
        values = {"dashboard": clean_text(dashboard), "since": since}
        with self._transaction() as connection:
            return [
                DriftCount(
                    dashboard=dashboard,
                    environment=row.environment,
                    at=row.at,
                    drifting=row.drifting,
                    states={_STATES[k]: n for k, n in row.states.items() if k in _STATES},
                )
                for row in connection.execute(_LOAD, values)
            ]


def _values(count: DriftCount) -> dict[str, object]:
    return {
        "dashboard": clean_text(count.dashboard),
        "environment": clean_text(count.environment),
        "at": count.at,
        "drifting": count.drifting,
        "states": encode_cleaned({str(state): n for state, n in count.states.items() if n}),
    }
