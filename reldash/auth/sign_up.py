"""Signing up: an account begins to exist when its address is proved, by whoever began it."""

from reldash.auth.base import actor_of, issue_ticket
from reldash.auth.input_validation import Email, clean_address, parse_email, parse_name
from reldash.auth.one_time_codes import OneTimeCodes
from reldash.auth.passwords import check_new_password, hash_password
from reldash.auth.replies import RESEND_PAUSE, code_refused, sign_up_expired, too_many_attempts
from reldash.auth.roles import RoleChanges
from reldash.auth.rules import NextStep, Outcome
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import CodePurpose, MailKind, Role, User
from reldash.store.accounts import AccountsTransaction, PendingSignUp


class SignUp(OneTimeCodes, RoleChanges):
    """Signing up. Whoever signs up with the address of an account hears nothing of it."""

    def sign_up(self, email: str, name: str, password: str, address: str) -> Outcome:
        """Begin a sign-up and have a code sent; `address` is the client's.

        The password counts only for who proves the address in the same browser (`verify`), so
        nobody can sign up for somebody else and wait. An address that has an account gets a
        mail that says so.

        Returns step CODE with `sign_up`; or AGAIN if this client asked too often.

        Raises:
            AccountError: address, name or password cannot be; the mail domain is not allowed;
                password sign-in is switched off.
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
        """Have another code sent for a sign-up under way, at most once a minute; as `sign_up`."""
        self._require_password_sign_in()
        if left := self._count_request(clean_address(address)):
            return too_many_attempts(left)
        with self._transaction() as tx:
            pending = tx.sign_ups.find(token_hash(sign_up))
        if pending is None:
            return sign_up_expired()
        return self._send(Email(pending.email, pending.email_shown), sign_up)

    def verify(self, sign_up: str, code: str, address: str) -> Outcome:
        """Prove the address of a sign-up by the code from the mail, which makes the account.

        Args:
            sign_up: the outcome's of `sign_up` or `sign_in`.
            code: as it was typed.
            address: the client's.

        Returns step DONE with a ticket, or AGAIN, with one message for all reasons.
        """
        self._require_password_sign_in()
        address = clean_address(address)
        with self._transaction() as tx:
            pending = tx.sign_ups.find(token_hash(sign_up))
        if pending is None:
            return sign_up_expired()
        email = Email(pending.email, pending.email_shown)
        proof = self._prove(CodePurpose.SIGN_UP, email, code, address)
        if proof is None:
            return code_refused()
        with self._transaction() as tx:
            if not self._proved(tx, proof, address):
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
                email = Email(known.email, known.email_shown)  # never to what was typed
            left = self._queue_code(tx, CodePurpose.SIGN_UP, email, kind, known)
        return Outcome(
            NextStep.CODE,
            "Look into your mail",
            "A mail is on its way to you. Type the code that it holds.",
            left or RESEND_PAUSE,
            sign_up=token,
        )


def _take_up(tx: AccountsTransaction, pending: PendingSignUp) -> User | None:
    """The account of a sign-up whose address is proved: a new one, or the one it was invited to.

    None if there is one already.
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
