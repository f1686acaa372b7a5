"""User administration, for the admin page and the command `users`."""

from datetime import datetime
from uuid import UUID

from reldash.auth import rate_limits
from reldash.auth.base import queue_mail
from reldash.auth.input_validation import parse_email, parse_name
from reldash.auth.outcomes import AccountError
from reldash.auth.passwords import check_new_password, hash_password
from reldash.auth.roles import RoleChanges
from reldash.domain.accounts import COMMAND_LINE, Actor, AuditEntry, MailKind, Role, User
from reldash.store.accounts import AccountsTransaction


class UserAdmin(RoleChanges):
    """Manage users. An actor with a user id must be an administrator at the time of the call.

    Methods raise AccountError with the reason where an action is not possible.
    """

    def list_users(self) -> list[User]:
        """List all users by address."""
        with self._transaction() as tx:
            return tx.users.list_all()

    def find_user(self, email: str) -> User | None:
        """Find the user with this address; AccountError if it is not an email address."""
        typed = parse_email(email)
        with self._transaction() as tx:
            return tx.users.find(typed.key)

    def count_sessions(self) -> dict[str, int]:
        """Count live sessions by user id; users without any are left out."""
        with self._transaction() as tx:
            return tx.sessions.count(self.rules.idle)

    def load_audit(
        self,
        *,
        text: str = "",
        action: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> list[AuditEntry]:
        """Load audit log entries, newest first.

        Args:
            text: substring of actor, target or client address.
            action: exact action (see `list_actions`).
            since: aware, inclusive.
            until: aware, exclusive.
            limit: maximum number of entries.
        """
        with self._transaction() as tx:
            return tx.audit.load(text, action, since, until, limit)

    def list_actions(self) -> list[str]:
        """List the distinct actions in the audit log, by name."""
        with self._transaction() as tx:
            return tx.audit.actions()

    def invite(self, actor: Actor, email: str, role: Role, name: str = "") -> User:
        """Create an account without a password and email an invitation; resend a pending one.

        Accepted by `request_reset` and `reset`, by signing up, or by OpenID Connect. The list of
        allowed email domains does not apply.
        """
        typed = parse_email(email)
        name = parse_name(name) if name.strip() else typed.shown.partition("@")[0]
        with self._transaction() as tx:
            self._require_admin(tx, actor)
            user = tx.users.create(typed.key, typed.shown, name, role, None, verified=False)
            user = user or tx.users.find(typed.key, lock=True)
            if user is None or user.verified_at is not None or user.disabled_at is not None:
                raise AccountError("Account exists", f"{typed.shown} has an account")
            if user.role is not role:
                tx.users.set_role(user.id, role)
            queue_mail(tx, MailKind.INVITATION, user, by=actor.shown, role=role)
            tx.audit.write(actor, "invited", typed.shown, user.id, {"role": role})
            return tx.users.lock(user.id) or user

    def add_user(self, actor: Actor, email: str, role: Role, password: str, name: str = "") -> User:
        """Create an account that is ready to use, with its address taken as verified.

        Completes a pending invitation; AccountError if the account exists.
        """
        typed = parse_email(email)
        name = parse_name(name) if name.strip() else typed.shown.partition("@")[0]
        check_new_password(password, email=typed.key, name=name)
        hashed = hash_password(password)
        with self._transaction() as tx:
            self._require_admin(tx, actor)
            user = tx.users.create(typed.key, typed.shown, name, role, hashed)
            if user is None:
                user = tx.users.find(typed.key, lock=True)
                if user is None or user.verified_at is not None or user.disabled_at is not None:
                    raise AccountError("Account exists", f"{typed.shown} has an account")
                tx.users.set_password(user.id, hashed)
                tx.users.set_role(user.id, role)
                tx.users.mark_verified(user.id)
            tx.audit.write(actor, "added user", typed.shown, user.id, {"role": role})
            return tx.users.lock(user.id) or user

    def set_password(self, user: User, password: str) -> None:
        """Set an account's password, from the command line only.

        Ends all sessions and a lockout of the password; the address counts as verified.
        """
        check_new_password(password, email=user.email, name=user.name)
        hashed = hash_password(password)
        with self._transaction() as tx:
            locked = self._find(tx, COMMAND_LINE, user.id)
            tx.users.set_password(locked.id, hashed)
            tx.users.mark_verified(locked.id)
            tx.sessions.end_all(locked.id, "password set")
            tx.attempts.forget(rate_limits.PASSWORD_OF_ACCOUNT.scope, locked.email)
            tx.audit.write(COMMAND_LINE, "set password", locked.email_shown, locked.id)

    def set_role(self, actor: Actor, user_id: str, role: Role) -> None:
        """Change a role, which ends the user's sessions; refused for the last administrator."""
        with self._transaction() as tx:
            user = self._find(tx, actor, user_id)
            if user.role is role:
                return
            if role is Role.VIEWER:
                self._require_another_admin(tx, user)
            self._set_role(tx, user, role, actor)

    def disable(self, actor: Actor, user_id: str) -> None:
        """Disable an account and end its sessions; refused for the last administrator."""
        with self._transaction() as tx:
            user = self._find(tx, actor, user_id)
            if user.disabled_at is not None:
                return
            self._require_another_admin(tx, user)
            tx.users.set_disabled(user.id, disabled=True)
            tx.sessions.end_all(user.id, "disabled")
            tx.audit.write(actor, "disabled", user.email_shown, user.id)

    def enable(self, actor: Actor, user_id: str) -> None:
        """Enable an account again, and end a lockout of its password."""
        with self._transaction() as tx:
            user = self._find(tx, actor, user_id)
            tx.users.set_disabled(user.id, disabled=False)
            tx.attempts.forget(rate_limits.PASSWORD_OF_ACCOUNT.scope, user.email)
            tx.audit.write(actor, "enabled", user.email_shown, user.id)

    def end_sessions(self, actor: Actor, user_id: str) -> int:
        """End all sessions of a user; returns how many."""
        with self._transaction() as tx:
            user = self._find(tx, actor, user_id)
            ended = tx.sessions.end_all(user.id, "ended by an administrator")
            tx.audit.write(
                actor, "ended sessions", user.email_shown, user.id, {"sessions": str(ended)}
            )
            return ended

    def forget_identity(self, actor: Actor, user_id: str) -> None:
        """Unbind the OpenID Connect identity; the next sign-in binds the account again."""
        with self._transaction() as tx:
            user = self._find(tx, actor, user_id)
            tx.users.remove_identities(user.id)
            tx.audit.write(actor, "unbound OpenID Connect", user.email_shown, user.id)

    def _find(self, tx: AccountsTransaction, actor: Actor, user_id: str) -> User:
        """Lock and return the user to change, until the end of the transaction."""
        self._require_admin(tx, actor)
        try:
            user = tx.users.lock(str(UUID(user_id)))
        except ValueError:
            user = None
        if user is None:
            raise AccountError("No such user", "the list has changed: reload the page")
        return user

    def _require_admin(self, tx: AccountsTransaction, actor: Actor) -> None:
        """Raise AccountError if the actor is a user but not, or no longer, an administrator.

        Administrators' changes are serialized, so that two of them cannot demote each other.
        """
        tx.users.lock_admins()
        if actor.user_id is None:
            return
        user = tx.users.get(actor.user_id)
        if user is None or not user.is_active or user.role is not Role.ADMIN:
            raise AccountError("Not allowed", "only administrators manage users")
