"""Signing in by password."""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import count_attempt
from reldash.auth.input_validation import Email, clean_address, client_network, parse_email
from reldash.auth.passwords import hash_password, is_outdated, verify_password
from reldash.auth.replies import sign_in_refused
from reldash.auth.rules import AccountError, NextStep, Outcome
from reldash.auth.secrets import new_token, token_hash
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import Actor, User
from reldash.store.accounts import PendingSignUp


class PasswordSignIn(SignInBase):
    """Signing in by password: known and unknown hear the same and cost the same work."""

    def sign_in(self, email: str, password: str, address: str) -> Outcome:
        """Sign in by password; `address` is the client's.

        Returns step DONE with a ticket; or CODE with `sign_up`, for whoever has signed up with
        this password and not yet proved the address; or AGAIN, with one message for all reasons.

        Raises:
            AccountError: password sign-in is switched off.
        """
        self._require_password_sign_in()
        address = clean_address(address)
        try:
            typed = parse_email(email)
        except AccountError:
            typed = Email("", "")  # counted for the client, then as unknown as any other
        if left := self._count_password(typed, address):
            return sign_in_refused(left)
        with self._transaction() as tx:
            user, stored = tx.users.credentials(typed.key)
            pending = tx.sign_ups.newest(typed.key)
        is_right = verify_password(password, stored)
        if is_right and user is not None and stored is not None and user.is_active:
            return self._enter(user, password, stored, address)
        # Looked at whether there is an account or not: a sign-up that somebody began for an
        # address, to see what its password then does, must not tell.
        if verify_password(password, pending.password_hash if pending else None) and pending:
            return self._resume(pending)
        with self._transaction() as tx:
            who = Actor(typed.shown, None, address)
            tx.audit.write(who, "sign-in failed", typed.shown, user.id if user else None)
        return sign_in_refused()

    def _enter(self, user: User, password: str, stored: str, address: str) -> Outcome:
        """Let in whose password was compared with `stored`, unless that changed meanwhile."""
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
        """Go on with a sign-up whose page was left before the address was proved."""
        token = new_token()
        with self._transaction() as tx:
            tx.sign_ups.rename(pending.token_hash, token_hash(token))
        return Outcome(
            NextStep.CODE,
            "Prove your address",
            "Type the code that was mailed to you.",
            sign_up=token,
        )

    def _count_password(self, email: Email, address: str) -> timedelta:
        """Count a try of a password, for good; the pause left if it must not be compared."""
        with self._transaction() as tx:
            left = count_attempt(tx, rate_limits.PASSWORD_OF_CLIENT, client_network(address))
            if left or not email.key:
                return left
            return count_attempt(tx, rate_limits.PASSWORD_OF_ACCOUNT, email.key)
