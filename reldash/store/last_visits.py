"""When each user last looked at the overview, and what it showed then."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.types import Interval

from reldash.store.engine import Transaction

# A look goes on until nobody looked for this long.
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
    """One look a user; every method is one transaction, and raises StoreError as Store's.

    Looks end by the database's clock. What was shown is told in the time of the data, so that
    what was read later is news whenever the database heard of it.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load(self, user_id: str, *, pause: timedelta = PAUSE) -> datetime | None:
        """What changed after this time is news for the user; None before the end of a first look.

        It stays as it is during a look; it is what the last look showed once that is over.
        """
        with self._transaction() as connection:
            found: datetime | None = connection.scalar(_LOAD, {"user": user_id, "pause": pause})
            return found

    def save(self, user_id: str, shown_at: datetime, *, pause: timedelta = PAUSE) -> None:
        """Note that the user looks, and saw the data of `shown_at` (aware UTC)."""
        values = {"user": user_id, "shown": shown_at, "pause": pause}
        with self._transaction() as connection:
            connection.execute(_SAVE, values)

    def mark(self, user_id: str, shown_at: datetime) -> None:
        """Note that nothing up to `shown_at` is news for the user any more."""
        with self._transaction() as connection:
            connection.execute(_MARK, {"user": user_id, "shown": shown_at})
