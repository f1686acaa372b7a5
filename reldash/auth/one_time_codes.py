"""One-time codes that verify an email address.

Each email carries two equivalent codes: six digits, which allow five attempts, and a long code
that is too long to guess, so that other people's attempts cannot use it up. Codes are created when
the email is sent, so that no secret waits in the queue.
"""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import AccountsBase, count_attempt
from reldash.auth.input_validation import Email, clean_address, client_network
from reldash.auth.secrets import code_digest, is_short, normalize_code, same_digest
from reldash.domain.accounts import CodePurpose, MailKind, User
from reldash.store.accounts import AccountsTransaction

CODE_LIFETIME = timedelta(minutes=10)
MAX_CODE_ATTEMPTS = 5


class OneTimeCodes(AccountsBase):
    """Request and check one-time codes."""

    def _count_request(self, address: str) -> timedelta:
        """Count a client's request for an email; returns how long to wait if it is not allowed."""
        return self._count_attempt(rate_limits.CODE_MAILS_OF_CLIENT, client_network(address))

    def _queue_code(
        self,
        tx: AccountsTransaction,
        purpose: CodePurpose,
        email: Email,
        kind: MailKind,
        user: User | None,
    ) -> timedelta:
        """Queue an email unless one was just queued; returns how long to wait in that case.

        `kind` may differ from the purpose's own kind, where the address gets another text or
        nothing. All kinds, `NOTHING` included, count and write a row alike, so that timing reveals
        nothing.
        """
        user_id = user.id if user else None
        bound = user_id if purpose is CodePurpose.EMAIL else None
        left = count_attempt(tx, rate_limits.CODE_MAILS, _key(purpose, bound, email))
        if not left:
            tx.outbox.add(kind, email.key, email.shown, user_id, {})
        return left

    def _check_code(
        self,
        purpose: CodePurpose,
        email: Email,
        typed: str,
        address: str,
        user_id: str | None = None,
    ) -> int | None:
        """Return the id of a matching code, for `_use_code` in a later transaction; else None.

        Every attempt is counted before anything is compared.
        """
        client = client_network(clean_address(address))
        if self._count_attempt(rate_limits.CODE_GUESSES_OF_CLIENT, client):
            return None
        bare = normalize_code(typed)
        digest = code_digest(self.rules.secret_key, purpose, email.key, user_id, bare)
        if not bare:
            return None
        if not is_short(bare):
            with self._transaction() as tx:
                return tx.codes.find_long(purpose, email.key, user_id, digest)
        if self._count_attempt(rate_limits.CODE_GUESSES, _key(purpose, user_id, email)):
            return None
        with self._transaction() as tx:
            counted = tx.codes.count_try(purpose, email.key, user_id, MAX_CODE_ATTEMPTS)
        if counted is None:
            return None
        code_id, expected = counted
        return code_id if same_digest(expected, digest) else None

    def _use_code(self, tx: AccountsTransaction, code_id: int, address: str) -> bool:
        """Mark a code as used; False if already used, or replaced by a newer email's code."""
        if not tx.codes.use(code_id):
            return False
        tx.attempts.give_back(rate_limits.CODE_GUESSES_OF_CLIENT.scope, client_network(address))
        return True


def _key(purpose: CodePurpose, user_id: str | None, email: Email) -> str:
    """Return the counter key: an address can be verified for several purposes and users."""
    return f"{purpose}:{user_id or ''}:{email.key}"
