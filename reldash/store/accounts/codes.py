"""One-time codes: each attempt is counted before a code is compared."""

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
# Only the newest code, and only if neither form of it was used: the row lock serialises attempts,
# so that no more are compared than allowed.
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
# All codes of one purpose and address in one order, so that concurrent uses do not deadlock.
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
    """One-time codes, stored as digests."""

    def add(
        self,
        purpose: str,
        email: str,
        user_id: str | None,
        digest: bytes,
        long_digest: bytes,
        lifetime: timedelta,
    ) -> None:
        """Store the codes of a mail; the short one replaces earlier ones."""
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
        """Count an attempt at the newest code; its id and digest, or None if none is allowed."""
        row = self._first(_COUNT_TRY, purpose=purpose, email=email, user=user_id, most=most)
        return None if row is None else (row["id"], bytes(row["digest"]))

    def find_long(self, purpose: str, email: str, user_id: str | None, digest: bytes) -> int | None:
        """The id of a live code by the digest of its long form."""
        row = self._first(_FIND_LONG, purpose=purpose, email=email, user=user_id, digest=digest)
        return None if row is None else row["id"]

    def use(self, code_id: int) -> bool:
        """Use a code up, with all others of its purpose and address; False if no longer live."""
        self._all(_LOCK_CODES, id=code_id)
        row = self._first(_USE_CODE, id=code_id)
        if row is None:
            return False
        self._do(_USE_OTHERS, **row)
        return True
