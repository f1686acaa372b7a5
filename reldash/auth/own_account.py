"""Actions on one's own account: name, password, email address."""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import actor_of, issue_ticket, queue_mail
from reldash.auth.input_validation import clean_address, parse_email, parse_name
from reldash.auth.one_time_codes import OneTimeCodes
from reldash.auth.outcomes import AccountError, NextStep, Outcome
from reldash.auth.passwords import check_new_password, hash_password, verify_password
from reldash.auth.replies import RESEND_PAUSE, code_refused, too_many_attempts
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import CodePurpose, MailKind, SessionUser, User


class OwnAccount(OneTimeCodes, SignInBase):
    """The use cases of the account page."""

    def load_own(self, session_user: SessionUser) -> User:
        """Load the signed-in user's account; AccountError if the session has ended."""
        with self._transaction() as tx:
            return self._lock_own_user(tx, session_user)

    def set_name(self, session_user: SessionUser, name: str, address: str) -> None:
        """Change the user's name; AccountError if it is not acceptable."""
        name = parse_name(name)
        with self._transaction() as tx:
            self._lock_own_user(tx, session_user)
            tx.users.set_name(session_user.user_id, name)
            tx.audit.write(actor_of(session_user, clean_address(address)), "changed name")

    def change_password(
        self, session_user: SessionUser, current: str, password: str, address: str
    ) -> Outcome:
        """Change the password, given the current one. Ends all sessions, this one included.

        Returns step DONE with a ticket for this browser's new session; AGAIN if the current
        password is wrong or was tried too often.

        Raises:
            AccountError: the new password is not acceptable, or there is none yet (use a reset).
        """
        user, address = self.load_own(session_user), clean_address(address)
        if not user.has_password:
            raise AccountError("No password yet", "sign out and use “Forgot password” to set one")
        check_new_password(password, email=user.email, name=user.name)
        failed = self._check_current_password(user, current)
        if failed is not None:
            return failed
        hashed = hash_password(password)
        with self._transaction() as tx:
            locked = self._lock_own_user(tx, session_user)
            self._set_password(tx, locked, hashed, "password changed", address)
            queue_mail(tx, MailKind.PASSWORD_CHANGED, locked)
            return Outcome(
                NextStep.DONE,
                "Password changed",
                ticket=issue_ticket(tx, locked, "password change"),
            )

    def change_email(
        self, session_user: SessionUser, email: str, current: str, address: str
    ) -> Outcome:
        """Start changing the email address: send a code to the new one.

        The address changes in `confirm_email`.

        Args:
            session_user: the signed-in user.
            email: the new address.
            current: the current password; ignored where the account has none.
            address: the client's IP address.

        Returns step CODE, also if the address belongs to another account; AGAIN if the current
        password is wrong, or after too many requests.

        Raises:
            AccountError: not an email address, its domain is not allowed, or it is the current one.
        """
        typed, user = parse_email(email), self.load_own(session_user)
        self._check_domain(typed)
        if typed.key == user.email:
            raise AccountError("Address unchanged", "this is your current address")
        failed = self._check_current_password(user, current) if user.has_password else None
        if failed is not None:
            return failed
        if left := self._count_request(clean_address(address)):
            return too_many_attempts(left)
        with self._transaction() as tx:
            taken = tx.users.find(typed.key) is not None
            kind = MailKind.NOTHING if taken else MailKind.EMAIL
            left = self._queue_code(tx, CodePurpose.EMAIL, typed, kind, user)
        return Outcome(
            NextStep.CODE,
            "Check your email",
            f"A code is on its way to {typed.shown}.",
            left or RESEND_PAUSE,
        )

    def confirm_email(
        self, session_user: SessionUser, email: str, code: str, address: str
    ) -> Outcome:
        """Verify the new address by the code sent there, and make it the account's.

        The old address gets a notice. Sessions stay open. Returns step DONE, or AGAIN.

        Raises:
            AccountError: not an email address.
        """
        typed, user, address = (
            parse_email(email),
            self.load_own(session_user),
            clean_address(address),
        )
        proof = self._check_code(CodePurpose.EMAIL, typed, code, address, user.id)
        if proof is None:
            return code_refused()
        with self._transaction() as tx:
            locked = self._lock_own_user(tx, session_user)
            if not self._use_code(tx, proof, address):
                return code_refused()
            if not tx.users.set_email(user.id, typed.key, typed.shown):
                return code_refused()  # another account has taken the address since
            queue_mail(tx, MailKind.EMAIL_CHANGED, locked, email=typed.shown)
            tx.audit.write(actor_of(locked, address), "changed e-mail", detail={"to": typed.shown})
        return Outcome(NextStep.DONE, "Address changed")

    def _check_current_password(self, user: User, current: str) -> Outcome | None:
        """Check the current password; returns None if it is right, else the reply."""
        if left := self._count_attempt(rate_limits.CURRENT_PASSWORD, user.id):
            return too_many_attempts(left)
        with self._transaction() as tx:
            _, stored = tx.users.credentials(user.email)
        if not verify_password(current, stored):
            return Outcome(
                NextStep.AGAIN,
                "Current password wrong",
                "Type the password you signed in with.",
                timedelta(0),
            )
        with self._transaction() as tx:
            tx.attempts.forget(rate_limits.CURRENT_PASSWORD.scope, user.id)
        return None
