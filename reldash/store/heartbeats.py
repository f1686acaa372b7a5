"""Heartbeats: each collector reports at intervals that it is alive."""

from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.types import Interval

from reldash.store.engine import Transaction

_BEAT = text(
    """
    INSERT INTO collectors (holder, beat_at) VALUES (:holder, clock_timestamp())
    ON CONFLICT (holder) DO UPDATE SET beat_at = excluded.beat_at
    """
)
_FORGET = text("DELETE FROM collectors WHERE beat_at < clock_timestamp() - interval '1 day'")
_ALIVE = text(
    "SELECT EXISTS (SELECT 1 FROM collectors WHERE beat_at > clock_timestamp() - :within"
    " AND beat_at <= clock_timestamp())"  # a later one was written before the clock was set back
).bindparams(bindparam("within", type_=Interval))


class Heartbeats:
    """Signs of life; every method is one transaction, and raises StoreError as those of Store."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def beat(self, holder: str) -> None:
        """Record that the collector `holder` is alive; delete those silent for a day."""
        with self._transaction() as connection:
            connection.execute(_BEAT, {"holder": holder})
            connection.execute(_FORGET)

    def is_any_alive(self, within: timedelta) -> bool:
        """Whether any collector has reported within that time, by the database's clock."""
        with self._transaction() as connection:
            return bool(connection.scalar(_ALIVE, {"within": within}))
