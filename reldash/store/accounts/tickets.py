"""Tickets: issued by a sign-in, exchanged once for a session. Only a hash is stored."""

from datetime import timedelta

from sqlalchemy import text

from reldash.domain.accounts import User
from reldash.store.accounts.statements import AccountStatements
from reldash.store.accounts.users import COLUMNS, user_of

_ADD_TICKET = text(
    "INSERT INTO tickets (token_hash, user_id, how, expires_at)"
    " VALUES (:token, :user, :how, clock_timestamp() + :lifetime)"
)
# The user is locked first, as by every change of a user: a session is opened before or after such
# a change, never during it.
_TICKET_USER = text(
    f"""
    SELECT {COLUMNS} FROM users u JOIN tickets t ON t.user_id = u.id
    WHERE t.token_hash = :token AND u.disabled_at IS NULL AND u.verified_at IS NOT NULL
    FOR NO KEY UPDATE OF u
    """  # noqa: S608 - constants
)
_USE_TICKET = text(
    "DELETE FROM tickets WHERE token_hash = :token AND expires_at > clock_timestamp()"
)


class TicketTable(AccountStatements):
    """Tickets, good for one use within their lifetime."""

    def add(self, token_hash: bytes, user_id: str, how: str, lifetime: timedelta) -> None:
        """Issue a ticket; `how` is the method of the sign-in."""
        self._do(_ADD_TICKET, token=token_hash, user=user_id, how=how, lifetime=lifetime)

    def use(self, token_hash: bytes) -> User | None:
        """Use a ticket up; its user, locked, or None if it has expired or they may not sign in."""
        row = self._first(_TICKET_USER, token=token_hash)
        if row is None or not self._do(_USE_TICKET, token=token_hash):
            return None
        return user_of(row)
