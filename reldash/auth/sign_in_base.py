"""Letting somebody in, however they have shown who they are."""

from reldash.auth import rate_limits
from reldash.auth.base import actor_of, issue_ticket
from reldash.auth.input_validation import client_network
from reldash.auth.roles import RoleChanges
from reldash.auth.rules import NextStep, Outcome
from reldash.domain.accounts import User
from reldash.store.accounts import AccountsTransaction


class SignInBase(RoleChanges):
    """The last step of every way in."""

    def _signed_in(self, work: AccountsTransaction, user: User, how: str, address: str) -> Outcome:
        """A ticket for the user; their counters and this try of the client are forgotten."""
        work.attempts.give_back(rate_limits.PASSWORD_OF_CLIENT.scope, client_network(address))
        work.attempts.forget(rate_limits.PASSWORD_OF_ACCOUNT.scope, user.email)
        user = self._promote_first_admin(work, user, verified=False)
        ticket = issue_ticket(work, user, how)
        work.audit.write(actor_of(user, address), "signed in", detail={"how": how})
        return Outcome(NextStep.DONE, "Signed in", ticket=ticket)

    def _set_password(
        self, work: AccountsTransaction, user: User, password_hash: str, action: str, address: str
    ) -> None:
        """Change a locked user's password; all sessions and tickets of theirs end."""
        work.users.set_password(user.id, password_hash)
        work.sessions.end_all(user.id, action)
        work.audit.write(actor_of(user, address), action)
