"""Which collectors are alive: each says so every now and then."""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.types import Interval

_BEAT = text(
    """
    INSERT INTO collectors (holder, beat_at) VALUES (:holder, clock_timestamp())
    ON CONFLICT (holder) DO UPDATE SET beat_at = excluded.beat_at
    """
)
_FORGET = text("DELETE FROM collectors WHERE beat_at < clock_timestamp() - interval '1 day'")
_ALIVE = text(
    "SELECT EXISTS (SELECT 1 FROM collectors WHERE beat_at > clock_timestamp() - :within"
    " AND beat_at <= clock_timestamp())"  # one of the future was written before a clock went back
).bindparams(bindparam("within", type_=Interval))


def beat(connection: Connection, holder: str) -> None:
    """Note that `holder` is alive now, and forget those that have not been for a day."""
    connection.execute(_BEAT, {"holder": holder})
    connection.execute(_FORGET)


def is_any_alive(connection: Connection, within: timedelta) -> bool:
    """Whether any collector said so within that time."""
    return bool(connection.scalar(_ALIVE, {"within": within}))
