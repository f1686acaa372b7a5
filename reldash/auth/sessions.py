"""Sessions: an opaque token in a cookie, checked in Postgres each time it is shown."""

from uuid import UUID

from reldash.auth.base import AccountsBase, actor_of, queue_mail
from reldash.auth.input_validation import clean_address, clean_device
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import MailKind, Session, SessionUser


class SessionManagement(AccountsBase):
    """Sessions of the rules' lifetimes."""

    def open_session(self, ticket: str, device: str, address: str) -> str | None:
        """Exchange a ticket for a session's token, to be set as a cookie; None if it is over.

        A ticket is good once, within a minute of its sign-in, and as long as nothing ended the
        user's sessions since. A device not seen before is told to the user by mail.

        Args:
            ticket: the outcome's.
            device: what the browser says of itself (User-Agent).
            address: the client's.
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
        """Who the token's session is of, as they are at this moment; None if it is over.

        Args:
            token: the cookie's value, whatever it holds.
            activity: whether this is use by a person, which keeps an idle session alive; noted
                at most once a minute. False for what a page does by itself.
        """
        if not token:
            return None
        with self._transaction() as tx:
            return tx.sessions.check(token_hash(token), self.rules.idle, activity=activity)

    def list_sessions(self, who: SessionUser) -> list[Session]:
        """The live sessions of a user, the last used first; `who.session_id` is the present one."""
        with self._transaction() as tx:
            return tx.sessions.list_live(who.user_id, self.rules.idle)

    def sign_out(self, who: SessionUser, address: str) -> None:
        """End the session that `who` was checked with."""
        with self._transaction() as tx:
            tx.sessions.end(who.user_id, who.session_id, "signed out")
            tx.audit.write(actor_of(who, clean_address(address)), "signed out")

    def end_session(self, who: SessionUser, session_id: str, address: str) -> bool:
        """End one of the user's own sessions; False if it is none of theirs or over."""
        try:
            session_id = str(UUID(session_id))
        except ValueError:
            return False
        with self._transaction() as tx:
            self._lock_own_user(tx, who)
            ended = tx.sessions.end(who.user_id, session_id, "ended by its owner")
            if ended:
                tx.audit.write(actor_of(who, clean_address(address)), "ended a session")
        return ended

    def end_all(self, who: SessionUser, address: str) -> int:
        """Sign the user out everywhere, here too; returns how many sessions that ended."""
        with self._transaction() as tx:
            self._lock_own_user(tx, who)
            ended = tx.sessions.end_all(who.user_id, "signed out everywhere")
            tx.audit.write(actor_of(who, clean_address(address)), "signed out everywhere")
        return ended
