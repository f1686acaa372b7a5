"""Password sign-in."""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import count_attempt
from reldash.auth.input_validation import Email, clean_address, client_network, parse_email
from reldash.auth.outcomes import AccountError, NextStep, Outcome
from reldash.auth.passwords import hash_password, is_outdated, verify_password
from reldash.auth.replies import sign_in_refused
from reldash.auth.secrets import new_token, token_hash
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import Actor, User
from reldash.store.accounts import PendingSignUp


class PasswordSignIn(SignInBase):
    """Password sign-in: same replies, and same cost, for known and unknown addresses."""

    def sign_in(self, email: str, password: str, address: str) -> Outcome:
        """Sign in by password; `address` is the client's IP address.

        Returns step DONE with a ticket; CODE with `sign_up` where somebody has signed up with
        this password and not yet verified the address; else AGAIN, with one message for all
        reasons.

        Raises:
            AccountError: password sign-in is switched off.
        """
        self._require_password_sign_in()
        address = clean_address(address)
        try:
            typed = parse_email(email)
        except AccountError:
            typed = Email("", "")  # counts for the client, then handled as an unknown address
        if left := self._count_password(typed, address):
            return sign_in_refused(left)
        with self._transaction() as tx:
            user, stored = tx.users.credentials(typed.key)
            pending = tx.sign_ups.newest(typed.key)
        is_right = verify_password(password, stored)
        if is_right and user is not None and stored is not None and user.is_active:
            return self._enter(user, password, stored, address)
        # Checked whether or not there is an account: else somebody could start a sign-up for an
        # address and learn from its password whether the address has an account.
        if verify_password(password, pending.password_hash if pending else None) and pending:
            return self._resume(pending)
        with self._transaction() as tx:
            actor = Actor(typed.shown, None, address)
            tx.audit.write(actor, "sign-in failed", typed.shown, user.id if user else None)
        return sign_in_refused()

    def _enter(self, user: User, password: str, stored: str, address: str) -> Outcome:
        """Sign in a user whose password matched `stored`, unless that has changed since."""
        renewed = hash_password(password) if is_outdated(stored) else None
        with self._transaction() as tx:
            locked = tx.users.lock(user.id)
            if locked is None or not locked.is_active:
                return sign_in_refused()
            if tx.users.credentials(locked.email)[1] != stored:
                return sign_in_refused()
            if renewed:
                tx.users.set_password(locked.id, renewed)
            return self._signed_in(tx, locked, "password", address)

    def _resume(self, pending: PendingSignUp) -> Outcome:
        """Resume a sign-up that was left before the address was verified."""
        token = new_token()
        with self._transaction() as tx:
            tx.sign_ups.rename(pending.token_hash, token_hash(token))
        return Outcome(
            NextStep.CODE,
            "Verify your address",
            "Enter the code from the email.",
            sign_up=token,
        )

    def _count_password(self, email: Email, address: str) -> timedelta:
        """Count a password attempt; returns how long to wait if it is not allowed."""
        with self._transaction() as tx:
            left = count_attempt(tx, rate_limits.PASSWORD_OF_CLIENT, client_network(address))
            if left or not email.key:
                return left
            return count_attempt(tx, rate_limits.PASSWORD_OF_ACCOUNT, email.key)
