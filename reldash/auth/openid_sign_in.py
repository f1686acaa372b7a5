"""Sign-in by OpenID Connect, once the provider's response has been verified."""

from collections.abc import Collection
from datetime import timedelta

from reldash.auth.input_validation import (
    Email,
    clean_address,
    is_invisible,
    parse_email,
    parse_name,
)
from reldash.auth.outcomes import AccountError, Outcome
from reldash.auth.rate_limits import RateLimit
from reldash.auth.sign_in_base import SignInBase
from reldash.domain.accounts import Actor, Role, User
from reldash.store.accounts import AccountsTransaction

_ANSWERS = RateLimit("OpenID Connect", (24 * 3600.0,), timedelta(days=1))
_LONGEST = 255  # characters of an issuer or a subject


class OpenIdSignIn(SignInBase):
    """Sign-in by OpenID Connect."""

    def is_first_use(self, answer: str) -> bool:
        """Record a provider's response by its digest; False if it was used before (a replay).

        Digests are kept for a day, far longer than a response stays valid.
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
        """Sign in a user whom an OpenID Connect provider has authenticated; create the account.

        The provider's subject is bound to the account at the first sign-in and alone identifies it
        from then on. The caller has verified the provider's signature.

        Args:
            issuer: the provider.
            subject: the provider's permanent id of the user.
            email: the user's address at the provider.
            verified: the provider's claim `email_verified`.
            roles: the user's roles at the provider; None if it sends none.
            name: the user's name at the provider.
            address: the client's IP address.

        Returns step DONE with a ticket.

        Raises:
            AccountError: why the user may not sign in.
        """
        typed, address = parse_email(email), clean_address(address)
        if not verified:
            raise AccountError(
                "Address not verified", "the provider does not vouch for your email address"
            )
        if not _is_identifier(issuer) or not _is_identifier(subject):
            raise AccountError("Sign-in failed", "the provider's response does not identify you")
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
        """Find or create the account of a verified address, and bind the subject to it."""
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
                "Account bound to another identity",
                "the provider sent a different id than before; ask an administrator to unbind it",
            )
        return self._promote_first_admin(tx, tx.users.lock(user.id) or user, verified=True)


def _is_identifier(text: str) -> bool:
    """Whether the text can be an issuer or subject: 255 characters (OpenID Connect Core, 2)."""
    return 0 < len(text) <= _LONGEST and not any(is_invisible(each) for each in text)


def _usable_name(name: str, email: Email) -> str:
    try:
        return parse_name(name)
    except AccountError:
        return email.shown.partition("@")[0]
