"""One-time codes: each try is counted before anything is compared."""

from datetime import timedelta

from sqlalchemy import text

from reldash.store.accounts.statements import AccountStatements

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


class CodeTable(AccountStatements):
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
