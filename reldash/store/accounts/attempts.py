"""Counters of attempts, for rate limits; safe to use concurrently."""

from datetime import timedelta

from sqlalchemy import text

from reldash.store.accounts.statements import AccountStatements

_TRIES = (
    "CASE WHEN a.last_at + :window < clock_timestamp() OR a.last_at > clock_timestamp()"
    " THEN 1 ELSE a.tries + 1 END"
)
_PAUSE = (
    "make_interval(secs => (CAST(:pauses AS float8[]))"
    "[least(cardinality(CAST(:pauses AS float8[])), {tries})])"
)
# An attempt counted in the future no longer pauses: the clock was set back.
_TAKE = text(
    f"""
    INSERT INTO attempts AS a (scope, key, tries, last_at, free_at)
    VALUES (:scope, :key, 1, clock_timestamp(), clock_timestamp() + {_PAUSE.format(tries="1")})
    ON CONFLICT (scope, key) DO UPDATE SET
        tries = {_TRIES},
        last_at = clock_timestamp(),
        free_at = clock_timestamp() + {_PAUSE.format(tries=_TRIES)}
    WHERE a.free_at <= clock_timestamp() OR a.last_at > clock_timestamp()
    RETURNING tries
    """  # noqa: S608 - constants
)
_LEFT = text(
    "SELECT greatest(1, ceil(extract(epoch FROM free_at - clock_timestamp())))::int AS seconds"
    " FROM attempts WHERE scope = :scope AND key = :key"
)
_GIVE_BACK = text(
    "UPDATE attempts SET tries = greatest(tries - 1, 0), free_at = clock_timestamp()"
    " WHERE scope = :scope AND key = :key"
)
_FORGET = text("DELETE FROM attempts WHERE scope = :scope AND key = :key")


class AttemptTable(AccountStatements):
    """Counters of attempts: each is counted, or refused, in one statement."""

    def take(self, scope: str, key: str, pauses: tuple[float, ...], window: timedelta) -> timedelta:
        """Count an attempt and start its pause, unless an earlier one's pause is still running.

        Args:
            scope: the kind of attempt.
            key: whose attempt.
            pauses: seconds after the first, second ... attempt; the last one for all further.
            window: counting starts again after so long without a counted attempt.

        Returns zero if the attempt is allowed, else the remaining pause in whole seconds, rounded
        up.
        """
        given = {"scope": scope, "key": key}
        if self._first(_TAKE, **given, pauses=list(pauses), window=window) is not None:
            return timedelta(0)
        row = self._first(_LEFT, **given)
        return timedelta(seconds=1 if row is None else row["seconds"])

    def give_back(self, scope: str, key: str) -> None:
        """Uncount a successful attempt, and end its pause."""
        self._do(_GIVE_BACK, scope=scope, key=key)

    def forget(self, scope: str, key: str) -> None:
        """Reset the counter."""
        self._do(_FORGET, scope=scope, key=key)
