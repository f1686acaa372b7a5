"""Base class of every way to sign in: issues the ticket, resets counters, changes passwords."""

from reldash.auth import rate_limits
from reldash.auth.base import actor_of, issue_ticket
from reldash.auth.input_validation import client_network
from reldash.auth.outcomes import NextStep, Outcome
from reldash.auth.roles import RoleChanges
from reldash.domain.accounts import User
from reldash.store.accounts import AccountsTransaction


class SignInBase(RoleChanges):
    """The last step of every sign-in."""

    def _signed_in(self, tx: AccountsTransaction, user: User, how: str, address: str) -> Outcome:
        """Issue a ticket; reset the account's counter and give the client's attempt back."""
        tx.attempts.give_back(rate_limits.PASSWORD_OF_CLIENT.scope, client_network(address))
        tx.attempts.forget(rate_limits.PASSWORD_OF_ACCOUNT.scope, user.email)
        user = self._promote_first_admin(tx, user, verified=False)
        ticket = issue_ticket(tx, user, how)
        tx.audit.write(actor_of(user, address), "signed in", detail={"how": how})
        return Outcome(NextStep.DONE, "Signed in", ticket=ticket)

    def _set_password(
        self, tx: AccountsTransaction, user: User, password_hash: str, action: str, address: str
    ) -> None:
        """Change a locked user's password, which ends all their sessions and tickets."""
        tx.users.set_password(user.id, password_hash)
        tx.sessions.end_all(user.id, action)
        tx.audit.write(actor_of(user, address), action)
