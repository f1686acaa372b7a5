"""What is pending until an address is proved: sign-ups, codes; and counters of tries."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import RowMapping, text

from reldash.store.accounts.rows import Rows


@dataclass(frozen=True, slots=True)
class PendingSignUp:
    """A sign-up whose address is not proved yet."""

    token_hash: bytes = field(repr=False)
    email: str
    email_shown: str
    name: str
    password_hash: str = field(repr=False)


_ADD_SIGN_UP = text(
    "INSERT INTO sign_ups (token_hash, email, email_shown, name, password_hash)"
    " VALUES (:token, :email, :shown, :name, :hash)"
)
_RECENT = "created_at > clock_timestamp() - interval '1 day'"
_SIGN_UP = (
    f"SELECT token_hash, email, email_shown, name, password_hash FROM sign_ups WHERE {_RECENT}"  # noqa: S608 - constants
)
_FIND_SIGN_UP = text(f"{_SIGN_UP} AND token_hash = :token")
_NEWEST_SIGN_UP = text(f"{_SIGN_UP} AND email = :email ORDER BY created_at DESC LIMIT 1")
_RENAME_SIGN_UP = text("UPDATE sign_ups SET token_hash = :new WHERE token_hash = :old")
_REMOVE_SIGN_UPS = text("DELETE FROM sign_ups WHERE email = :email")


class SignUps(Rows):
    """Sign-ups under way; those older than a day are over."""

    def add(self, token_hash: bytes, email: str, shown: str, name: str, password_hash: str) -> None:
        """Begin one more, whatever else is under way for the address."""
        self._do(
            _ADD_SIGN_UP, token=token_hash, email=email, shown=shown, name=name, hash=password_hash
        )

    def find(self, token_hash: bytes) -> PendingSignUp | None:
        """The sign-up that a token names."""
        return _sign_up_of(self._first(_FIND_SIGN_UP, token=token_hash))

    def newest(self, email: str) -> PendingSignUp | None:
        """The last sign-up of an address."""
        return _sign_up_of(self._first(_NEWEST_SIGN_UP, email=email))

    def rename(self, old: bytes, new: bytes) -> None:
        """Let another token name a sign-up."""
        self._do(_RENAME_SIGN_UP, old=old, new=new)

    def remove(self, email: str) -> None:
        """Forget all sign-ups of an address."""
        self._do(_REMOVE_SIGN_UPS, email=email)


def _sign_up_of(row: RowMapping | None) -> PendingSignUp | None:
    if row is None:
        return None
    return PendingSignUp(
        token_hash=bytes(row["token_hash"]),
        email=row["email"],
        email_shown=row["email_shown"],
        name=row["name"],
        password_hash=row["password_hash"],
    )


_ADD_CODE = text(
    """
    INSERT INTO codes (purpose, email, user_id, digest, long_digest, expires_at)
    VALUES (:purpose, :email, :user, :digest, :long, clock_timestamp() + :lifetime)
    """
)
_SAME = "purpose = :purpose AND email = :email AND user_id IS NOT DISTINCT FROM CAST(:user AS uuid)"
_LIVE = "used_at IS NULL AND created_at <= clock_timestamp() AND expires_at > clock_timestamp()"
# The newest one only, and only if nothing of its mail was used: the row lock makes each try wait
# for the one before, so that exactly as many are compared as are allowed.
_COUNT_TRY = text(
    f"""
    UPDATE codes SET tries = tries + 1
    WHERE id = (SELECT max(id) FROM codes WHERE {_SAME}) AND {_LIVE} AND tries < :most
    RETURNING id, digest
    """  # noqa: S608 - constants
)
_FIND_LONG = text(
    f"SELECT id FROM codes WHERE {_SAME} AND {_LIVE} AND long_digest = :digest"  # noqa: S608 - likewise
)
# All codes for the same in one order, so that two who use one at once wait for each other.
_LOCK_CODES = text(
    """
    SELECT 1 FROM codes c JOIN codes mine ON mine.id = :id
    WHERE c.purpose = mine.purpose AND c.email = mine.email
        AND c.user_id IS NOT DISTINCT FROM mine.user_id AND c.used_at IS NULL
    ORDER BY c.id FOR NO KEY UPDATE OF c
    """
)
_USE_CODE = text(
    f"""
    UPDATE codes SET used_at = clock_timestamp()
    WHERE id = :id AND {_LIVE}
    RETURNING purpose, email, user_id::text AS "user"
    """  # noqa: S608 - likewise
)
_USE_OTHERS = text(
    f"UPDATE codes SET used_at = clock_timestamp() WHERE {_SAME} AND used_at IS NULL"  # noqa: S608 - likewise
)


class Codes(Rows):
    """One-time codes, of which only digests are kept."""

    def add(
        self,
        purpose: str,
        email: str,
        user_id: str | None,
        digest: bytes,
        long_digest: bytes,
        lifetime: timedelta,
    ) -> None:
        """Keep what a mail carries; its short code takes the place of earlier ones."""
        self._do(
            _ADD_CODE,
            purpose=purpose,
            email=email,
            user=user_id,
            digest=digest,
            long=long_digest,
            lifetime=lifetime,
        )

    def count_try(
        self, purpose: str, email: str, user_id: str | None, most: int
    ) -> tuple[int, bytes] | None:
        """Count a try of the newest code: its id and digest, or None if none may be compared."""
        row = self._first(_COUNT_TRY, purpose=purpose, email=email, user=user_id, most=most)
        return None if row is None else (row["id"], bytes(row["digest"]))

    def find_long(self, purpose: str, email: str, user_id: str | None, digest: bytes) -> int | None:
        """The id of a live code by the digest of its long form."""
        row = self._first(_FIND_LONG, purpose=purpose, email=email, user=user_id, digest=digest)
        return None if row is None else row["id"]

    def use(self, code_id: int) -> bool:
        """Use a code up, and all others for the same; False if it is not live any more."""
        self._all(_LOCK_CODES, id=code_id)
        row = self._first(_USE_CODE, id=code_id)
        if row is None:
            return False
        self._do(_USE_OTHERS, **row)
        return True


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


class Attempts(Rows):
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
