"""Users, and their identities at OpenID Connect providers."""

from typing import Any

from sqlalchemy import RowMapping, delete, func, text, update
from sqlalchemy.exc import IntegrityError

from reldash.domain.accounts import Role, User
from reldash.store.accounts.statements import AccountStatements
from reldash.store.accounts.tables import identities, users

COLUMNS = """
    u.id::text AS id, u.email, u.email_shown, u.name, u.role,
    u.password_hash IS NOT NULL AS has_password,
    u.verified_at, u.disabled_at, u.created_at, u.last_sign_in_at
"""
_ADMINS = 7_235_812  # advisory lock of changes of the admin role; used for nothing else
_FIND = f"SELECT {COLUMNS} FROM users u WHERE u.email = :email"  # noqa: S608 - constants
_GET = f"SELECT {COLUMNS} FROM users u WHERE u.id = :id"  # noqa: S608 - likewise
_FIND_ONLY, _FIND_LOCKED = text(_FIND), text(f"{_FIND} FOR NO KEY UPDATE")
_GET_ONLY, _GET_LOCKED = text(_GET), text(f"{_GET} FOR NO KEY UPDATE")
_LIST = text(f"SELECT {COLUMNS} FROM users u ORDER BY u.email")  # noqa: S608 - likewise
_CREDENTIALS = text(
    f"SELECT {COLUMNS}, u.password_hash FROM users u WHERE u.email = :email"  # noqa: S608 - likewise
)
_CREATE = text(
    """
    INSERT INTO users (email, email_shown, name, role, password_hash, verified_at)
    VALUES (:email, :shown, :name, :role, :hash,
            CASE WHEN :verified THEN clock_timestamp() END)
    ON CONFLICT (email) DO NOTHING
    RETURNING id::text AS id
    """
)
_SIGNED_IN = text(
    "UPDATE users SET last_sign_in_at = clock_timestamp() WHERE id = :id"
    " RETURNING to_char(last_sign_in_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS at"
)
_LOCK_ADMINS = text("SELECT pg_advisory_xact_lock(:number)")
_OTHER_ADMIN = text(
    """
    SELECT 1 FROM users
    WHERE role = 'admin' AND disabled_at IS NULL AND verified_at IS NOT NULL AND id <> :id
    LIMIT 1
    """
)
_FIND_IDENTITY = text(
    f"""
    SELECT {COLUMNS} FROM users u JOIN identities i ON i.user_id = u.id
    WHERE i.issuer = :issuer AND i.subject = :subject
    FOR NO KEY UPDATE OF u
    """  # noqa: S608 - likewise
)
_ADD_IDENTITY = text(
    "INSERT INTO identities (issuer, subject, user_id) VALUES (:issuer, :subject, :id)"
    " ON CONFLICT DO NOTHING"
)


def user_of(row: RowMapping) -> User:
    """A user from a row with `COLUMNS`."""
    return User(
        id=row["id"],
        email=row["email"],
        email_shown=row["email_shown"],
        name=row["name"],
        role=Role(row["role"]),
        has_password=row["has_password"],
        verified_at=row["verified_at"],
        disabled_at=row["disabled_at"],
        created_at=row["created_at"],
        last_sign_in_at=row["last_sign_in_at"],
    )


class UserTable(AccountStatements):
    """Users. Ids are UUIDs as text; `email` is the normalised form."""

    def find(self, email: str, *, lock: bool = False) -> User | None:
        """The user with an address; `lock` blocks changes by others during this transaction."""
        row = self._first(_FIND_LOCKED if lock else _FIND_ONLY, email=email)
        return None if row is None else user_of(row)

    def get(self, user_id: str) -> User | None:
        """The user with an id."""
        row = self._first(_GET_ONLY, id=user_id)
        return None if row is None else user_of(row)

    def lock(self, user_id: str) -> User | None:
        """The user with an id, locked against changes by others during this transaction."""
        row = self._first(_GET_LOCKED, id=user_id)
        return None if row is None else user_of(row)

    def list_all(self) -> list[User]:
        """All users, ordered by address."""
        return [user_of(row) for row in self._all(_LIST)]

    def credentials(self, email: str) -> tuple[User | None, str | None]:
        """(user, password hash) for an address; None for what does not exist."""
        row = self._first(_CREDENTIALS, email=email)
        return (None, None) if row is None else (user_of(row), row["password_hash"])

    def create(
        self,
        email: str,
        shown: str,
        name: str,
        role: Role,
        password_hash: str | None,
        *,
        verified: bool = True,
    ) -> User | None:
        """Create a user; None if the address is taken."""
        row = self._first(
            _CREATE,
            email=email,
            shown=shown,
            name=name,
            role=role.value,
            hash=password_hash,
            verified=verified,
        )
        return None if row is None else self.lock(row["id"])

    def set_name(self, user_id: str, name: str) -> None:
        """Change a user's name."""
        self._change(user_id, name=name)

    def set_role(self, user_id: str, role: Role) -> None:
        """Change a user's role."""
        self._change(user_id, role=role.value)

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Change the hash of a user's password."""
        self._change(user_id, password_hash=password_hash)

    def set_email(self, user_id: str, email: str, shown: str) -> bool:
        """Change a user's address; False if it is taken."""
        try:
            with self._connection.begin_nested():
                self._change(user_id, email=email, email_shown=shown)
        except IntegrityError:
            return False
        return True

    def set_disabled(self, user_id: str, *, disabled: bool) -> None:
        """Disable or enable a user."""
        since = func.coalesce(users.c.disabled_at, func.clock_timestamp()) if disabled else None
        self._change(user_id, disabled_at=since)

    def mark_verified(self, user_id: str) -> None:
        """Mark the address as verified."""
        since = func.coalesce(users.c.verified_at, func.clock_timestamp())
        self._change(user_id, verified_at=since)

    def mark_signed_in(self, user_id: str) -> str:
        """Record a sign-in; returns its time (ISO 8601, UTC)."""
        row = self._first(_SIGNED_IN, id=user_id)
        return "" if row is None else str(row["at"])

    def lock_admins(self) -> None:
        """Block other changes of the admin role in this transaction; call before locking users."""
        self._first(_LOCK_ADMINS, number=_ADMINS)

    def is_there_an_admin(self, *, other_than: str) -> bool:
        """Whether another user is admin and may sign in; `lock_admins` first to rely on it."""
        return self._first(_OTHER_ADMIN, id=other_than) is not None

    def find_identity(self, issuer: str, subject: str) -> User | None:
        """The user bound to a provider's subject, locked."""
        row = self._first(_FIND_IDENTITY, issuer=issuer, subject=subject)
        return None if row is None else user_of(row)

    def add_identity(self, issuer: str, subject: str, user_id: str) -> bool:
        """Bind a user to a subject; False if either is bound to another at this provider."""
        return bool(self._do(_ADD_IDENTITY, issuer=issuer, subject=subject, id=user_id))

    def remove_identities(self, user_id: str) -> None:
        """Remove all identities of a user."""
        self._connection.execute(delete(identities).where(identities.c.user_id == user_id))

    def _change(self, user_id: str, **values: Any) -> None:
        self._connection.execute(update(users).where(users.c.id == user_id).values(**values))
