"""Role changes: promote the first administrator, and always keep one."""

from reldash.auth.base import AccountsBase
from reldash.auth.input_validation import Email
from reldash.auth.outcomes import AccountError
from reldash.domain.accounts import Actor, Role, User
from reldash.store.accounts import AccountsTransaction

_BY_SETTING = Actor("RELDASH_ADMIN_EMAIL")


class RoleChanges(AccountsBase):
    """Role changes within a transaction."""

    def _check_domain(self, email: Email) -> None:
        """Raise AccountError for an address whose domain may not sign up."""
        domains = self.rules.sign_up_domains
        if domains and email.domain not in domains:
            raise AccountError(
                "Email domain not allowed",
                f"accounts are for addresses at {', '.join(sorted(domains))}",
            )

    def _promote_first_admin(self, tx: AccountsTransaction, user: User, *, verified: bool) -> User:
        """Make the address from RELDASH_ADMIN_EMAIL administrator once verified, or while none is.

        Args:
            tx: the transaction.
            user: who signs in.
            verified: whether the address has been verified just now.
        """
        if user.email != self.rules.admin_email.lower() or user.role is Role.ADMIN:
            return user
        if not verified and tx.users.is_there_an_admin(other_than=user.id):
            return user
        return self._set_role(tx, user, Role.ADMIN, _BY_SETTING)

    def _follow_role(self, tx: AccountsTransaction, user: User, role: Role, actor: Actor) -> User:
        """Set the role that a provider names, but never demote the last administrator."""
        if user.role is role:
            return user
        last = role is Role.VIEWER and not tx.users.is_there_an_admin(other_than=user.id)
        return user if last else self._set_role(tx, user, role, actor)

    def _set_role(self, tx: AccountsTransaction, user: User, role: Role, actor: Actor) -> User:
        """Change a role and end all sessions of the user."""
        tx.users.set_role(user.id, role)
        tx.sessions.end_all(user.id, "role changed")
        tx.audit.write(
            actor, "changed role", user.email_shown, user.id, {"from": user.role, "to": role}
        )
        return tx.users.lock(user.id) or user

    def _require_another_admin(self, tx: AccountsTransaction, user: User) -> None:
        """Raise AccountError for the last administrator; holds for concurrent changes, too."""
        if user.role is Role.ADMIN and not tx.users.is_there_an_admin(other_than=user.id):
            raise AccountError("Last administrator", "make somebody else an administrator first")
