"""Sign-up: the account is created once the address is verified in the same browser."""

from reldash.auth.base import actor_of, issue_ticket
from reldash.auth.input_validation import Email, clean_address, parse_email, parse_name
from reldash.auth.one_time_codes import OneTimeCodes
from reldash.auth.outcomes import NextStep, Outcome
from reldash.auth.passwords import check_new_password, hash_password
from reldash.auth.replies import RESEND_PAUSE, code_refused, sign_up_expired, too_many_attempts
from reldash.auth.roles import RoleChanges
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import CodePurpose, MailKind, Role, User
from reldash.store.accounts import AccountsTransaction, PendingSignUp


class SignUp(OneTimeCodes, RoleChanges):
    """Sign-up. Never reveals that an address already has an account."""

    def sign_up(self, email: str, name: str, password: str, address: str) -> Outcome:
        """Start a sign-up and send a code; `address` is the client's IP address.

        The password takes effect only if the address is verified in the same browser (`verify`),
        so nobody can sign up for somebody else and wait for them to confirm. An address that has
        an account gets an email that says so.

        Returns step CODE with `sign_up`; AGAIN if this client exceeds the rate limit.

        Raises:
            AccountError: address, name or password is not acceptable; the email domain is not
                allowed; password sign-in is switched off.
        """
        self._require_password_sign_in()
        typed, name = parse_email(email), parse_name(name)
        self._check_domain(typed)
        check_new_password(password, email=typed.key, name=name)
        if left := self._count_request(clean_address(address)):
            return too_many_attempts(left)
        hashed, token = hash_password(password), new_token()
        with self._transaction() as tx:
            tx.sign_ups.add(token_hash(token), typed.key, typed.shown, name, hashed)
        return self._send(typed, token)

    def resend(self, sign_up: str, address: str) -> Outcome:
        """Send another code for a sign-up in progress, at most once a minute; as `sign_up`."""
        self._require_password_sign_in()
        if left := self._count_request(clean_address(address)):
            return too_many_attempts(left)
        with self._transaction() as tx:
            pending = tx.sign_ups.find(token_hash(sign_up))
        if pending is None:
            return sign_up_expired()
        return self._send(Email(pending.email, pending.email_shown), sign_up)

    def verify(self, sign_up: str, code: str, address: str) -> Outcome:
        """Verify the address of a sign-up by the code from the email, and create the account.

        Args:
            sign_up: `Outcome.sign_up` of `sign_up` or `sign_in`.
            code: as typed.
            address: the client's IP address.

        Returns step DONE with a ticket, or AGAIN, with one message for all reasons.
        """
        self._require_password_sign_in()
        address = clean_address(address)
        with self._transaction() as tx:
            pending = tx.sign_ups.find(token_hash(sign_up))
        if pending is None:
            return sign_up_expired()
        email = Email(pending.email, pending.email_shown)
        proof = self._check_code(CodePurpose.SIGN_UP, email, code, address)
        if proof is None:
            return code_refused()
        with self._transaction() as tx:
            if not self._use_code(tx, proof, address):
                return code_refused()
            user = _take_up(tx, pending)
            if user is None:
                return code_refused()
            tx.sign_ups.remove(email.key)
            user = self._promote_first_admin(tx, user, verified=True)
            tx.audit.write(actor_of(user, address), "signed up")
            ticket = issue_ticket(tx, user, "sign-up")
        return Outcome(NextStep.DONE, "Welcome", ticket=ticket)

    def _send(self, email: Email, token: str) -> Outcome:
        with self._transaction() as tx:
            known = tx.users.find(email.key)
            kind = MailKind.SIGN_UP
            if known is not None and known.verified_at is not None:
                kind = MailKind.SIGN_UP_KNOWN
                email = Email(known.email, known.email_shown)  # the stored spelling, not the typed
            left = self._queue_code(tx, CodePurpose.SIGN_UP, email, kind, known)
        return Outcome(
            NextStep.CODE,
            "Check your email",
            "We have sent you an email with a code. Enter it here.",
            left or RESEND_PAUSE,
            sign_up=token,
        )


def _take_up(tx: AccountsTransaction, pending: PendingSignUp) -> User | None:
    """Create the account of a verified sign-up, or complete its invitation.

    Returns None if the address has an account already.
    """
    known = tx.users.find(pending.email)
    if known is None:
        return tx.users.create(
            pending.email, pending.email_shown, pending.name, Role.VIEWER, pending.password_hash
        )
    if known.verified_at is not None or known.disabled_at is not None:
        return None
    tx.users.set_name(known.id, pending.name)
    tx.users.set_password(known.id, pending.password_hash)
    tx.users.mark_verified(known.id)
    return tx.users.lock(known.id)
