"""Sessions; of their tokens only hashes are stored."""

from datetime import timedelta

from sqlalchemy import RowMapping, text

from reldash.domain.accounts import Role, Session, SessionUser
from reldash.store.accounts.statements import AccountStatements

_LIVE = (
    "s.ended_at IS NULL AND s.expires_at > clock_timestamp()"
    " AND s.last_seen_at + :idle > clock_timestamp()"
)
# Whether the user `u` may sign in and use the application.
IS_ALLOWED = "u.disabled_at IS NULL AND u.verified_at IS NOT NULL"
_ADD = text(
    """
    INSERT INTO sessions
        (token_hash, user_id, device, address, created_at, last_seen_at, expires_at)
    SELECT :token, CAST(:user AS uuid), :device, :address, now, now, now + :lifetime
    FROM clock_timestamp() AS now
    """
)
_CHECK = text(
    f"""
    SELECT s.id::text AS session_id, u.id::text AS user_id, u.email_shown AS email, u.name, u.role,
           s.last_seen_at < clock_timestamp() - interval '1 minute' AS unseen
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = :token AND {_LIVE} AND {IS_ALLOWED}
    """  # noqa: S608 - constants
)
_IS_LIVE = text(
    f"SELECT 1 FROM sessions s WHERE s.id = CAST(:id AS uuid) AND s.user_id = :user AND {_LIVE}"  # noqa: S608 - likewise
)
_SEEN = text("UPDATE sessions SET last_seen_at = clock_timestamp() WHERE id = :id")
_LIST = text(
    f"""
    SELECT s.id::text AS id, s.device, s.address, s.created_at, s.last_seen_at, s.expires_at
    FROM sessions s WHERE s.user_id = :user AND {_LIVE}
    ORDER BY s.last_seen_at DESC, s.id
    """  # noqa: S608 - likewise
)
_COUNT = text(
    f"SELECT s.user_id::text AS user_id, count(*) AS n FROM sessions s"  # noqa: S608 - likewise
    f" WHERE {_LIVE} GROUP BY s.user_id"
)
_END = text(
    "UPDATE sessions SET ended_at = clock_timestamp(), ended_why = :why"
    " WHERE user_id = :user AND id = CAST(:id AS uuid) AND ended_at IS NULL"
)
_END_ALL = text(
    "UPDATE sessions SET ended_at = clock_timestamp(), ended_why = :why"
    " WHERE user_id = :user AND ended_at IS NULL"
)
_NO_TICKETS = text("DELETE FROM tickets WHERE user_id = :user")
_IS_NEW = text(
    """
    SELECT count(*) > 0 AND NOT bool_or(device = :device) AS is_new
    FROM sessions WHERE user_id = :user
    """
)


class SessionTable(AccountStatements):
    """Sessions. `idle` is the time after which an unused session ends."""

    def add(
        self, token_hash: bytes, user_id: str, device: str, address: str, lifetime: timedelta
    ) -> None:
        """Open a session."""
        self._do(
            _ADD,
            token=token_hash,
            user=user_id,
            device=device,
            address=address,
            lifetime=lifetime,
        )

    def check(self, token_hash: bytes, idle: timedelta, *, activity: bool) -> SessionUser | None:
        """The user of a live session; `activity` records its use, at most once a minute."""
        row = self._first(_CHECK, token=token_hash, idle=idle)
        if row is None:
            return None
        if activity and row["unseen"]:
            self._do(_SEEN, id=row["session_id"])
        return session_user_of(row)

    def is_live(self, user_id: str, session_id: str, idle: timedelta) -> bool:
        """Whether a session is live and belongs to the user."""
        return self._first(_IS_LIVE, id=session_id, user=user_id, idle=idle) is not None

    def list_live(self, user_id: str, idle: timedelta) -> list[Session]:
        """A user's live sessions, most recently used first."""
        return [Session(**row) for row in self._all(_LIST, user=user_id, idle=idle)]

    def count(self, idle: timedelta) -> dict[str, int]:
        """Number of live sessions by user id; only users who have one."""
        return {row["user_id"]: row["n"] for row in self._all(_COUNT, idle=idle)}

    def end(self, user_id: str, session_id: str, why: str) -> bool:
        """End one session of a user; False if it is not theirs or has ended."""
        return bool(self._do(_END, user=user_id, id=session_id, why=why))

    def end_all(self, user_id: str, why: str) -> int:
        """End all sessions of a user and delete their tickets; returns the number of sessions."""
        self._do(_NO_TICKETS, user=user_id)
        return self._do(_END_ALL, user=user_id, why=why)

    def is_new_device(self, user_id: str, device: str) -> bool:
        """Whether the user has had sessions, but none on such a device."""
        row = self._first(_IS_NEW, user=user_id, device=device)
        return row is not None and bool(row["is_new"])


def session_user_of(row: RowMapping) -> SessionUser:
    """The user of a row with session_id, user_id, email, name and role."""
    return SessionUser(
        user_id=row["user_id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        session_id=row["session_id"],
    )
