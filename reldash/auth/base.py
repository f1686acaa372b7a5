"""What all parts of the accounts have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from reldash.auth.rate_limits import RateLimit
from reldash.auth.rules import AccountError, AccountRules
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import Actor, MailKind, SessionUser, User
from reldash.store import Store
from reldash.store.accounts import AccountsTransaction

TICKET_LIFETIME = timedelta(seconds=60)


class AccountsBase:
    """Use cases over one store; a part has no state of its own, so it may be shared by threads.

    Every public method raises StoreError when the database cannot be reached.
    """

    def __init__(self, store: Store, rules: AccountRules) -> None:
        self._store = store
        self.rules = rules

    @contextmanager
    def _work(self) -> Iterator[AccountsTransaction]:
        """One transaction; passwords are never hashed within it."""
        with self._store.accounts() as work:
            yield work

    def _take(self, limit: RateLimit, key: str) -> timedelta:
        """Count a try for good; the pause left if it must not be made, else zero."""
        with self._work() as work:
            return count_attempt(work, limit, key)

    def _lock_own(self, work: AccountsTransaction, who: SessionUser) -> User:
        """The account of who is signed in, kept from being changed by others.

        Raises:
            AccountError: the session has ended since it was checked, or it is no session.
        """
        user = work.users.lock(who.user_id)
        live = bool(who.session_id) and work.sessions.is_live(
            who.user_id, who.session_id, self.rules.idle
        )
        if user is None or not user.is_active or not live:
            raise AccountError("Signed out", "sign in again: this session has ended")
        return user

    def _need_passwords(self) -> None:
        if not self.rules.password_sign_in:
            raise AccountError("Password sign-in is off", "sign in with your organisation's button")


def count_attempt(work: AccountsTransaction, limit: RateLimit, key: str) -> timedelta:
    """Count a try within a transaction; the pause left if it must not be made, else zero."""
    return work.attempts.take(limit.scope, key, limit.pauses, limit.window)


def issue_ticket(work: AccountsTransaction, user: User, how: str) -> str:
    """A ticket that its holder may exchange for a session of the user, once, within a minute."""
    ticket = new_token()
    work.tickets.add(token_hash(ticket), user.id, how, TICKET_LIFETIME)
    return ticket


def queue_mail(work: AccountsTransaction, kind: MailKind, user: User, **data: str) -> None:
    """Queue a mail to a user."""
    work.outbox.add(kind, user.email, user.email_shown, user.id, data)


def actor_of(who: SessionUser | User, address: str) -> Actor:
    """A user as the audit log names them; `address` is the client's, cleaned."""
    user_id = who.user_id if isinstance(who, SessionUser) else who.id
    shown = who.email if isinstance(who, SessionUser) else who.email_shown
    return Actor(shown, user_id, address)
