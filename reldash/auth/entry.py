"""Letting somebody in, however they have shown who they are."""

from reldash.auth import limits
from reldash.auth.part import actor_of, issue_ticket
from reldash.auth.roles import Roles
from reldash.auth.rules import NextStep, Outcome
from reldash.auth.texts import network_of
from reldash.domain.accounts import User
from reldash.store.accounts import Work


class Entry(Roles):
    """The last step of every way in."""

    def _signed_in(self, work: Work, user: User, how: str, address: str) -> Outcome:
        """A ticket for the user; their counters and this try of the client are forgotten."""
        work.attempts.give_back(limits.PASSWORD_OF_CLIENT.scope, network_of(address))
        work.attempts.forget(limits.PASSWORD_OF_ACCOUNT.scope, user.email)
        user = self._promote_first_admin(work, user, verified=False)
        ticket = issue_ticket(work, user, how)
        work.audit.write(actor_of(user, address), "signed in", detail={"how": how})
        return Outcome(NextStep.DONE, "Signed in", ticket=ticket)

    def _set_password(
        self, work: Work, user: User, password_hash: str, action: str, address: str
    ) -> None:
        """Change a locked user's password; all sessions and tickets of theirs end."""
        work.users.set_password(user.id, password_hash)
        work.sessions.end_all(user.id, action)
        work.audit.write(actor_of(user, address), action)
