"""Counters of tries, which many may count at once."""

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
# One that was counted in the future is over: the clock was set back.
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
    """Counters of tries: each is counted, or refused, in one statement."""

    def take(self, scope: str, key: str, pauses: tuple[float, ...], window: timedelta) -> timedelta:
        """Count a try, which begins its pause; or say how long the pause of an earlier one is.

        Args:
            scope: what is counted.
            key: for whom.
            pauses: seconds after the first, second ... try; the last one holds for all further.
            window: counting begins anew after so long without a counted try.

        Returns zero if the try may be made, else whole seconds, rounded up.
        """
        given = {"scope": scope, "key": key}
        if self._first(_TAKE, **given, pauses=list(pauses), window=window) is not None:
            return timedelta(0)
        row = self._first(_LEFT, **given)
        return timedelta(seconds=1 if row is None else row["seconds"])

    def give_back(self, scope: str, key: str) -> None:
        """A counted try was right: count it no more, and end its pause."""
        self._do(_GIVE_BACK, scope=scope, key=key)

    def forget(self, scope: str, key: str) -> None:
        """Count anew."""
        self._do(_FORGET, scope=scope, key=key)
