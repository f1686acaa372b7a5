"""What people do with their own account."""

from datetime import timedelta

from reldash.auth import rate_limits
from reldash.auth.base import actor_of, issue_ticket, queue_mail
from reldash.auth.input_validation import clean_address, parse_email, parse_name
from reldash.auth.one_time_codes import OneTimeCodes
from reldash.auth.passwords import check_new_password, hash_password, verify_password
from reldash.auth.replies import RESEND_PAUSE, code_refused, too_many_attempts
from reldash.auth.rules import AccountError, NextStep, Outcome
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import CodePurpose, MailKind, SessionUser, User


class OwnAccount(OneTimeCodes, SignInBase):
    """The account page."""

    def load_own(self, who: SessionUser) -> User:
        """The account of who is signed in, as it is now; AccountError if they are not any more."""
        with self._transaction() as tx:
            return self._lock_own_user(tx, who)

    def set_name(self, who: SessionUser, name: str, address: str) -> None:
        """Change how somebody is called; AccountError if the name cannot be."""
        name = parse_name(name)
        with self._transaction() as tx:
            self._lock_own_user(tx, who)
            tx.users.set_name(who.user_id, name)
            tx.audit.write(actor_of(who, clean_address(address)), "changed name")

    def change_password(
        self, who: SessionUser, present: str, password: str, address: str
    ) -> Outcome:
        """Change the password, given the present one. Ends all sessions, this one included.

        Returns step DONE with a ticket for this browser's new session; or AGAIN if the present
        password is wrong, or was asked too often.

        Raises:
            AccountError: the new password cannot be; or there is none to change: use a reset.
        """
        user, address = self.load_own(who), clean_address(address)
        if not user.has_password:
            raise AccountError("No password yet", "sign out and use “Forgot password” to set one")
        check_new_password(password, email=user.email, name=user.name)
        failed = self._check_present(user, present)
        if failed is not None:
            return failed
        hashed = hash_password(password)
        with self._transaction() as tx:
            locked = self._lock_own_user(tx, who)
            self._set_password(tx, locked, hashed, "password changed", address)
            queue_mail(tx, MailKind.PASSWORD_CHANGED, locked)
            return Outcome(
                NextStep.DONE,
                "Password changed",
                ticket=issue_ticket(tx, locked, "password change"),
            )

    def change_email(self, who: SessionUser, email: str, present: str, address: str) -> Outcome:
        """Begin to change the address: a code goes to the new one. Nothing changes before proof.

        Args:
            who: whose.
            email: the new address.
            present: the present password; not looked at if there is none.
            address: the client's.

        Returns step CODE, also if the address belongs to somebody else; AGAIN if the present
        password is wrong, or this was asked too often.

        Raises:
            AccountError: no e-mail address, of a domain not allowed, or the present one.
        """
        typed, user = parse_email(email), self.load_own(who)
        self._check_domain(typed)
        if typed.key == user.email:
            raise AccountError("Address unchanged", "this is your present address")
        failed = self._check_present(user, present) if user.has_password else None
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
            "Look into your mail",
            f"A code is on its way to {typed.shown}.",
            left or RESEND_PAUSE,
        )

    def confirm_email(self, who: SessionUser, email: str, code: str, address: str) -> Outcome:
        """Prove the new address by the code sent there, which makes it the account's.

        The old address is told. Sessions stay. Returns step DONE, or AGAIN.

        Raises:
            AccountError: no e-mail address.
        """
        typed, user, address = parse_email(email), self.load_own(who), clean_address(address)
        proof = self._prove(CodePurpose.EMAIL, typed, code, address, user.id)
        if proof is None:
            return code_refused()
        with self._transaction() as tx:
            locked = self._lock_own_user(tx, who)
            if not self._proved(tx, proof, address):
                return code_refused()
            if not tx.users.set_email(user.id, typed.key, typed.shown):
                return code_refused()  # somebody has signed up with it since
            queue_mail(tx, MailKind.EMAIL_CHANGED, locked, email=typed.shown)
            tx.audit.write(actor_of(locked, address), "changed e-mail", detail={"to": typed.shown})
        return Outcome(NextStep.DONE, "Address changed")

    def _check_present(self, user: User, present: str) -> Outcome | None:
        """None if the present password is right; what to say if it is not."""
        if left := self._count_attempt(rate_limits.PRESENT_PASSWORD, user.id):
            return too_many_attempts(left)
        with self._transaction() as tx:
            _, stored = tx.users.credentials(user.email)
        if not verify_password(present, stored):
            return Outcome(
                NextStep.AGAIN,
                "Present password wrong",
                "Type the password you signed in with.",
                timedelta(0),
            )
        with self._transaction() as tx:
            tx.attempts.forget(rate_limits.PRESENT_PASSWORD.scope, user.id)
        return None
