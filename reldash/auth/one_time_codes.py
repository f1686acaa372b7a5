"""Proof of an address by a one-time code from a mail to it.

Each mail carries two codes that prove the same: six digits to be typed, compared five times at
most, and a long one that cannot be guessed and therefore not used up by somebody else's guesses.
A code is made when its mail is sent, so that no secret waits in a row.
"""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import AccountsBase, count_attempt
from reldash.auth.input_validation import Email, clean_address, client_network
from reldash.auth.secrets import code_digest, is_short, normalize_code, same_digest
from reldash.domain.accounts import CodePurpose, MailKind, User
from reldash.store.accounts import AccountsTransaction

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5


class OneTimeCodes(AccountsBase):
    """Asking for codes and checking them."""

    def _count_request(self, address: str) -> timedelta:
        """Count a wish for a mail from this client; the pause left if it must not be met."""
        return self._count_attempt(rate_limits.CODE_MAILS_OF_CLIENT, client_network(address))

    def _queue_code(
        self,
        tx: AccountsTransaction,
        purpose: CodePurpose,
        email: Email,
        kind: MailKind,
        user: User | None,
    ) -> timedelta:
        """Queue a mail unless one to this address was queued just now; the pause left if so.

        `kind` may be another than the purpose's own: what is told to the address instead. The
        pause is counted and the row written alike for all kinds, `NOTHING` included.
        """
        user_id = user.id if user else None
        bound = user_id if purpose is CodePurpose.EMAIL else None
        left = count_attempt(tx, rate_limits.CODE_MAILS, _key(purpose, bound, email))
        if not left:
            tx.outbox.add(kind, email.key, email.shown, user_id, {})
        return left

    def _prove(
        self,
        purpose: CodePurpose,
        email: Email,
        typed: str,
        address: str,
        user_id: str | None = None,
    ) -> int | None:
        """The id of the code that was typed, to be used up in the transaction that it allows.

        None if it is not accepted. Every try is counted, for good, before anything is compared.
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
            counted = tx.codes.count_try(purpose, email.key, user_id, CODE_TRIES)
        if counted is None:
            return None
        code_id, expected = counted
        return code_id if same_digest(expected, digest) else None

    def _proved(self, tx: AccountsTransaction, code_id: int, address: str) -> bool:
        """Use a code up; False if another was quicker, or a newer mail has been sent since."""
        if not tx.codes.use(code_id):
            return False
        tx.attempts.give_back(rate_limits.CODE_GUESSES_OF_CLIENT.scope, client_network(address))
        return True


def _key(purpose: CodePurpose, user_id: str | None, email: Email) -> str:
    """What codes are counted by: one address proves different things, for different users."""
    return f"{purpose}:{user_id or ''}:{email.key}"
