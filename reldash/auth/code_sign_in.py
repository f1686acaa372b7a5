"""Sign-in and password reset by a one-time code sent by email."""

from reldash.auth.base import queue_mail
from reldash.auth.input_validation import Email, clean_address, parse_email
from reldash.auth.one_time_codes import OneTimeCodes
from reldash.auth.outcomes import Outcome
from reldash.auth.passwords import check_new_password, hash_password
from reldash.auth.replies import code_refused, code_sent, too_many_attempts
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import CodePurpose, MailKind


class CodeSignIn(OneTimeCodes, SignInBase):
    """Sign-in and password reset by code; wrong passwords never lock either."""

    def request_sign_in_code(self, email: str, address: str) -> Outcome:
        """Send a code that signs in without a password, also while the password is locked.

        Returns step CODE for any address, with `wait` until another email may be requested;
        AGAIN if this client exceeds the rate limit.

        Raises:
            AccountError: not an email address; or password sign-in is switched off.
        """
        return self._request(CodePurpose.SIGN_IN, email, address)

    def sign_in_with_code(self, email: str, code: str, address: str) -> Outcome:
        """Sign in by a code from an email; this also unlocks the account's password.

        Returns step DONE with a ticket, or AGAIN, with one message for all reasons.

        Raises:
            AccountError: not an email address; or password sign-in is switched off.
        """
        self._require_password_sign_in()
        typed, address = parse_email(email), clean_address(address)
        proof = self._check_code(CodePurpose.SIGN_IN, typed, code, address)
        if proof is None:
            return code_refused()
        with self._transaction() as tx:
            user = tx.users.find(typed.key, lock=True)
            if user is None or not user.is_active or not self._use_code(tx, proof, address):
                return code_refused()
            return self._signed_in(tx, user, "code", address)

    def request_reset(self, email: str, address: str) -> Outcome:
        """Send a code to set a new password; as `request_sign_in_code`.

        Invitations are accepted this way, too. Nothing changes until the code is entered.
        """
        return self._request(CodePurpose.RESET, email, address)

    def reset(self, email: str, code: str, password: str, address: str) -> Outcome:
        """Set a new password by a code from an email; ends all sessions and lockouts.

        Returns step DONE with a ticket, or AGAIN, with one message for all reasons.

        Raises:
            AccountError: not an email address, the new password is not acceptable, or password
                sign-in is switched off. The code stays valid then.
        """
        self._require_password_sign_in()
        typed, address = parse_email(email), clean_address(address)
        check_new_password(password, email=typed.key)
        proof = self._check_code(CodePurpose.RESET, typed, code, address)
        if proof is None:
            return code_refused()
        hashed = hash_password(password)
        with self._transaction() as tx:
            user = tx.users.find(typed.key, lock=True)
            if user is None or user.disabled_at is not None:
                return code_refused()
            if not self._use_code(tx, proof, address):
                return code_refused()
            is_new = user.verified_at is None
            self._set_password(tx, user, hashed, "password reset", address)
            tx.users.mark_verified(user.id)
            if not is_new:
                queue_mail(tx, MailKind.PASSWORD_CHANGED, user)
            user = self._promote_first_admin(tx, user, verified=is_new)
            return self._signed_in(tx, user, "reset", address)

    def _request(self, purpose: CodePurpose, email: str, address: str) -> Outcome:
        """Send a code to an account's address; the reply is the same where there is no account."""
        self._require_password_sign_in()
        typed = parse_email(email)
        if left := self._count_request(clean_address(address)):
            return too_many_attempts(left)
        with self._transaction() as tx:
            user = tx.users.find(typed.key)
            # An invitation is accepted by setting a password, that is, by a reset.
            invited = purpose is CodePurpose.RESET and user is not None and not user.disabled_at
            wanted = user is not None and (user.is_active or invited)
            if user is not None and wanted:
                typed = Email(user.email, user.email_shown)  # the stored spelling, not the typed
            kind = MailKind(purpose.value) if wanted else MailKind.NOTHING
            left = self._queue_code(tx, purpose, typed, kind, user)
        return code_sent(left)
