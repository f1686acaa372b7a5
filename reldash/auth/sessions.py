"""Sessions: an opaque token in a cookie, checked in Postgres at every use."""

from uuid import UUID

from reldash.auth.base import AccountsBase, actor_of, queue_mail
from reldash.auth.input_validation import clean_address, clean_device
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import MailKind, Session, SessionUser


class SessionManagement(AccountsBase):
    """Open, check, list and end sessions."""

    def open_session(self, ticket: str, device: str, address: str) -> str | None:
        """Exchange a ticket for a session token, to be set as a cookie; None if it is invalid.

        A ticket works once, within a minute of its sign-in, and only if nothing has ended the
        user's sessions since. A new device is reported to the user by email.

        Args:
            ticket: `Outcome.ticket`.
            device: a short description of the browser (from User-Agent).
            address: the client's IP address.
        """
        device, address, token = clean_device(device), clean_address(address), new_token()
        with self._transaction() as tx:
            user = tx.tickets.use(token_hash(ticket))
            if user is None:
                return None
            is_new = tx.sessions.is_new_device(user.id, device)
            tx.sessions.add(token_hash(token), user.id, device, address, self.rules.lifetime)
            at = tx.users.mark_signed_in(user.id)
            if is_new:
                queue_mail(tx, MailKind.NEW_DEVICE, user, device=device, address=address, at=at)
        return token

    def check_session(self, token: str, *, activity: bool = True) -> SessionUser | None:
        """Return the user of a session token, with their current role; None if it has ended.

        Args:
            token: the cookie's value; any text.
            activity: True for use by a person, which keeps an idle session alive (written at most
                once a minute). False for requests that a page makes by itself.
        """
        if not token:
            return None
        with self._transaction() as tx:
            return tx.sessions.check(token_hash(token), self.rules.idle, activity=activity)

    def list_sessions(self, session_user: SessionUser) -> list[Session]:
        """List a user's live sessions, last used first, the current one included."""
        with self._transaction() as tx:
            return tx.sessions.list_live(session_user.user_id, self.rules.idle)

    def sign_out(self, session_user: SessionUser, address: str) -> None:
        """End the current session."""
        with self._transaction() as tx:
            tx.sessions.end(session_user.user_id, session_user.session_id, "signed out")
            tx.audit.write(actor_of(session_user, clean_address(address)), "signed out")

    def end_session(self, session_user: SessionUser, session_id: str, address: str) -> bool:
        """End one of the user's own sessions; False if it is not theirs or has ended."""
        try:
            session_id = str(UUID(session_id))
        except ValueError:
            return False
        with self._transaction() as tx:
            self._lock_own_user(tx, session_user)
            ended = tx.sessions.end(session_user.user_id, session_id, "ended by its owner")
            if ended:
                tx.audit.write(actor_of(session_user, clean_address(address)), "ended a session")
        return ended

    def end_all(self, session_user: SessionUser, address: str) -> int:
        """End all sessions of the user, this one included; returns how many."""
        with self._transaction() as tx:
            self._lock_own_user(tx, session_user)
            ended = tx.sessions.end_all(session_user.user_id, "signed out everywhere")
            tx.audit.write(actor_of(session_user, clean_address(address)), "signed out everywhere")
        return ended
