"""When each user last visited the overview, and the time of the data shown then."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.types import Interval

from reldash.store.engine import Transaction

# A visit ends when the user has not looked at the page for this long.
PAUSE = timedelta(minutes=30)

_OVER = "looked_at < clock_timestamp() - :pause"
_LOAD = text(
    f"SELECT CASE WHEN {_OVER} THEN shown_at ELSE since_at END"  # noqa: S608 - constants
    " FROM overview_looks WHERE user_id = :user"
).bindparams(bindparam("pause", type_=Interval))
_SAVE = text(
    f"""
    INSERT INTO overview_looks AS l (user_id, since_at, shown_at, looked_at)
    VALUES (:user, NULL, :shown, clock_timestamp())
    ON CONFLICT (user_id) DO UPDATE SET
        since_at = CASE WHEN l.{_OVER} THEN l.shown_at ELSE l.since_at END,
        shown_at = greatest(l.shown_at, excluded.shown_at),
        looked_at = excluded.looked_at
    """  # noqa: S608 - likewise
).bindparams(bindparam("pause", type_=Interval))
_MARK = text(
    """
    INSERT INTO overview_looks AS l (user_id, since_at, shown_at, looked_at)
    VALUES (:user, :shown, :shown, clock_timestamp())
    ON CONFLICT (user_id) DO UPDATE SET
        since_at = greatest(l.since_at, excluded.since_at),
        shown_at = greatest(l.shown_at, excluded.shown_at),
        looked_at = excluded.looked_at
    """
)


class LastVisits:
    """The last visit of each user; every method is one transaction, StoreError as Store's.

    Visits end by the database's clock. `shown_at` is a time of the data, so that later reads are
    new to the user whenever they reach the database.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load(self, user_id: str, *, pause: timedelta = PAUSE) -> datetime | None:
        """The time after which changes are new to the user; None until the first visit has ended.

        Constant during a visit: the time of the data shown in the visit before.
        """
        with self._transaction() as connection:
            found: datetime | None = connection.scalar(_LOAD, {"user": user_id, "pause": pause})
            return found

    def save(self, user_id: str, shown_at: datetime, *, pause: timedelta = PAUSE) -> None:
        """Record that the user is looking at data of `shown_at` (aware UTC)."""
        values = {"user": user_id, "shown": shown_at, "pause": pause}
        with self._transaction() as connection:
            connection.execute(_SAVE, values)

    def mark(self, user_id: str, shown_at: datetime) -> None:
        """Record that nothing up to `shown_at` is new to the user any more."""
        with self._transaction() as connection:
            connection.execute(_MARK, {"user": user_id, "shown": shown_at})
