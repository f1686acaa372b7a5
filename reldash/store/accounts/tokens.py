"""API tokens, stored as hashes."""

from datetime import timedelta

from sqlalchemy import text

from reldash.domain.accounts import ApiToken, SessionUser
from reldash.store.accounts.sessions import IS_ALLOWED, session_user_of
from reldash.store.accounts.statements import AccountStatements

_COLUMNS = "t.id::text AS id, t.name, t.created_at, t.expires_at, t.last_used_at"
_LIVE = "t.revoked_at IS NULL AND t.expires_at > clock_timestamp()"
_ADD_TOKEN = text(
    f"""
    INSERT INTO api_tokens AS t (token_hash, user_id, name, expires_at)
    VALUES (:token, :user, :name, clock_timestamp() + :lifetime)
    RETURNING {_COLUMNS}
    """  # noqa: S608 - constants
)
_LIST_TOKENS = text(
    f"SELECT {_COLUMNS} FROM api_tokens t"  # noqa: S608 - likewise
    f" WHERE t.user_id = :user AND {_LIVE} ORDER BY t.created_at DESC, t.id"
)
_REVOKE = text(
    f"UPDATE api_tokens t SET revoked_at = clock_timestamp()"  # noqa: S608 - likewise
    f" WHERE t.user_id = :user AND t.id = CAST(:id AS uuid) AND {_LIVE}"
)
_CHECK_TOKEN = text(
    f"""
    SELECT t.id::text AS id, '' AS session_id, u.id::text AS user_id, u.email_shown AS email,
           u.name, u.role,
           coalesce(t.last_used_at < clock_timestamp() - interval '1 minute', true) AS unseen
    FROM api_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.token_hash = :token AND {_LIVE} AND {IS_ALLOWED}
    """  # noqa: S608 - likewise
)
_TOKEN_USED = text("UPDATE api_tokens SET last_used_at = clock_timestamp() WHERE id = :id")


class ApiTokenTable(AccountStatements):
    """API tokens."""

    def add(self, token_hash: bytes, user_id: str, name: str, lifetime: timedelta) -> ApiToken:
        """Store a new token."""
        (row,) = self._all(_ADD_TOKEN, token=token_hash, user=user_id, name=name, lifetime=lifetime)
        return ApiToken(**row)

    def list_live(self, user_id: str) -> list[ApiToken]:
        """A user's live tokens, newest first."""
        return [ApiToken(**row) for row in self._all(_LIST_TOKENS, user=user_id)]

    def revoke(self, user_id: str, token_id: str) -> bool:
        """Revoke one token of a user; False if it is not theirs or no longer live."""
        return bool(self._do(_REVOKE, user=user_id, id=token_id))

    def check(self, token_hash: bytes) -> SessionUser | None:
        """The user of a live token; records its use, at most once a minute."""
        row = self._first(_CHECK_TOKEN, token=token_hash)
        if row is None:
            return None
        if row["unseen"]:
            self._do(_TOKEN_USED, id=row["id"])
        return session_user_of(row)
