"""Base class: transaction, audit and rate-limit helpers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from reldash.auth.outcomes import AccountError
from reldash.auth.rate_limits import RateLimit
from reldash.auth.rules import AccountRules
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import Actor, MailKind, SessionUser, User
from reldash.store import Store
from reldash.store.accounts import AccountsTransaction

TICKET_LIFETIME = timedelta(seconds=60)


class AccountsBase:
    """Use cases over one store. Stateless, so instances may be shared between threads.

    Every public method raises StoreError when the database cannot be reached.
    """

    def __init__(self, store: Store, rules: AccountRules) -> None:
        self._store = store
        self.rules = rules

    @contextmanager
    def _transaction(self) -> Iterator[AccountsTransaction]:
        """Open one transaction. Never hash passwords inside it: hashing is slow by design."""
        with self._store.accounts() as tx:
            yield tx

    def _count_attempt(self, limit: RateLimit, key: str) -> timedelta:
        """Count an attempt in a transaction of its own, so that a later rollback keeps it.

        Returns how long to wait if the attempt is not allowed, else zero.
        """
        with self._transaction() as tx:
            return count_attempt(tx, limit, key)

    def _lock_own_user(self, tx: AccountsTransaction, session_user: SessionUser) -> User:
        """Lock and return the row of the signed-in user.

        Raises:
            AccountError: the session has ended since it was checked, or there is none.
        """
        user = tx.users.lock(session_user.user_id)
        live = bool(session_user.session_id) and tx.sessions.is_live(
            session_user.user_id, session_user.session_id, self.rules.idle
        )
        if user is None or not user.is_active or not live:
            raise AccountError("Signed out", "this session has ended: sign in again")
        return user

    def _require_password_sign_in(self) -> None:
        """Raise AccountError where password sign-in is switched off."""
        if not self.rules.password_sign_in:
            raise AccountError(
                "Password sign-in is off", "sign in with your organisation's identity provider"
            )


def count_attempt(tx: AccountsTransaction, limit: RateLimit, key: str) -> timedelta:
    """Count an attempt; returns how long to wait if it is not allowed, else zero."""
    return tx.attempts.take(limit.scope, key, limit.pauses, limit.window)


def issue_ticket(tx: AccountsTransaction, user: User, how: str) -> str:
    """Issue a ticket that can be exchanged once, within a minute, for a session of the user."""
    ticket = new_token()
    tx.tickets.add(token_hash(ticket), user.id, how, TICKET_LIFETIME)
    return ticket


def queue_mail(tx: AccountsTransaction, kind: MailKind, user: User, **data: str) -> None:
    """Queue an email to a user."""
    tx.outbox.add(kind, user.email, user.email_shown, user.id, data)


def actor_of(user: SessionUser | User, address: str) -> Actor:
    """The audit log's name for a user; `address` is the client's IP address, cleaned."""
    user_id = user.user_id if isinstance(user, SessionUser) else user.id
    shown = user.email if isinstance(user, SessionUser) else user.email_shown
    return Actor(shown, user_id, address)
