"""Signing in by OpenID Connect, once the provider's answer has been checked."""

from collections.abc import Collection
from datetime import timedelta

from reldash.auth.input_validation import (
    Email,
    clean_address,
    is_invisible,
    parse_email,
    parse_name,
)
from reldash.auth.rate_limits import RateLimit
from reldash.auth.rules import AccountError, Outcome
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import Actor, Role, User
from reldash.store.accounts import AccountsTransaction

_ANSWERS = RateLimit("OpenID Connect", (24 * 3600.0,), timedelta(days=1))
_LONGEST = 255  # characters of an issuer or a subject


class OpenIdSignIn(SignInBase):
    """Signing in by OpenID Connect."""

    def is_first_use(self, answer: str) -> bool:
        """Whether a provider's answer, known by a digest, was not taken before; it is now.

        Remembered for a day, far longer than an answer may be old.
        """
        return not self._count_attempt(_ANSWERS, answer)

    def sign_in_with_email(
        self,
        issuer: str,
        subject: str,
        email: str,
        verified: bool,
        roles: Collection[str] | None,
        *,
        name: str = "",
        address: str = "",
    ) -> Outcome:
        """Sign in whom a provider of OpenID Connect vouches for, making the account if need be.

        The provider's subject is bound to the account at its first sign-in, and later decides
        alone. The caller has checked the provider's signature.

        Args:
            issuer: the provider.
            subject: who it is there, for ever.
            email: their address there.
            verified: whether the provider says that it is proved.
            roles: the roles that the provider says they have; None if it says nothing of roles.
            name: how they are called there.
            address: the client's.

        Returns step DONE with a ticket.

        Raises:
            AccountError: why they may not sign in.
        """
        typed, address = parse_email(email), clean_address(address)
        if not verified:
            raise AccountError("Address not proved", "the provider has not verified it")
        if not _is_identifier(issuer) or not _is_identifier(subject):
            raise AccountError("Sign-in not understood", "the provider does not say who this is")
        with self._transaction() as tx:
            tx.users.lock_admins()  # a role may change below
            user = tx.users.find_identity(issuer, subject)
            if user is None:
                user = self._adopt(tx, issuer, subject, typed, name)
            if user.disabled_at is not None:
                raise AccountError("Account disabled", "ask an administrator to enable it")
            if roles is not None and self.rules.admin_roles:
                wanted = Role.ADMIN if set(roles) & set(self.rules.admin_roles) else Role.VIEWER
                user = self._follow_role(tx, user, wanted, Actor(issuer, None, address))
            return self._signed_in(tx, user, "OpenID Connect", address)

    def _adopt(
        self, tx: AccountsTransaction, issuer: str, subject: str, email: Email, name: str
    ) -> User:
        """The account of an address that a provider vouches for, bound to it from now on."""
        user = tx.users.find(email.key)
        if user is None:
            self._check_domain(email)
            shown = _usable_name(name, email)
            tx.users.create(email.key, email.shown, shown, Role.VIEWER, None, verified=True)
            user = tx.users.find(email.key)
        elif user.verified_at is None:
            tx.users.mark_verified(user.id)
        if user is None or not tx.users.add_identity(issuer, subject, user.id):
            raise AccountError(
                "Account belongs to another",
                "the provider knows its owner by another name; ask an administrator",
            )
        return self._promote_first_admin(tx, tx.users.lock(user.id) or user, verified=True)


def _is_identifier(text: str) -> bool:
    """Whether it can name somebody: OpenID Connect Core, section 2, allows 255 characters."""
    return 0 < len(text) <= _LONGEST and not any(is_invisible(each) for each in text)


def _usable_name(name: str, email: Email) -> str:
    try:
        return parse_name(name)
    except AccountError:
        return email.shown.partition("@")[0]
