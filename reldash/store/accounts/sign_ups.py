"""Sign-ups whose address is not verified yet."""

from dataclasses import dataclass, field

from sqlalchemy import RowMapping, text

from reldash.store.accounts.statements import AccountStatements


@dataclass(frozen=True, slots=True)
class PendingSignUp:
    """A sign-up whose address is not verified yet."""

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


class SignUpTable(AccountStatements):
    """Pending sign-ups; they expire after a day."""

    def add(self, token_hash: bytes, email: str, shown: str, name: str, password_hash: str) -> None:
        """Add a sign-up; others may be pending for the same address."""
        self._do(
            _ADD_SIGN_UP, token=token_hash, email=email, shown=shown, name=name, hash=password_hash
        )

    def find(self, token_hash: bytes) -> PendingSignUp | None:
        """The sign-up with a token."""
        return _sign_up_of(self._first(_FIND_SIGN_UP, token=token_hash))

    def newest(self, email: str) -> PendingSignUp | None:
        """The newest sign-up of an address."""
        return _sign_up_of(self._first(_NEWEST_SIGN_UP, email=email))

    def rename(self, old: bytes, new: bytes) -> None:
        """Replace the token of a sign-up."""
        self._do(_RENAME_SIGN_UP, old=old, new=new)

    def remove(self, email: str) -> None:
        """Delete all sign-ups of an address."""
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
