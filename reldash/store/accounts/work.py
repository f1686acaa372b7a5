"""One transaction over the accounts."""

from sqlalchemy import Connection, text

from reldash.store.accounts.audit import Audit
from reldash.store.accounts.outbox import Outbox
from reldash.store.accounts.proofs import Attempts, Codes, SignUps
from reldash.store.accounts.sessions import Sessions, Tickets, Tokens
from reldash.store.accounts.users import Users

_TIDY = tuple(
    text(f"DELETE FROM {table} WHERE {column} < clock_timestamp() - interval '{age}'")  # noqa: S608 - constants
    for table, column, age in (
        ("sign_ups", "created_at", "1 day"),
        ("codes", "expires_at", "1 day"),
        ("tickets", "expires_at", "1 day"),
        ("attempts", "greatest(last_at, free_at)", "2 days"),
        ("outbox", "coalesce(sent_at, gave_up_at)", "30 days"),
        ("sessions", "least(ended_at, expires_at)", "30 days"),
        ("api_tokens", "least(revoked_at, expires_at)", "30 days"),
    )
)


class Work:
    """What one transaction may do; all of it is there, or none, when it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.users = Users(connection)
        self.sign_ups = SignUps(connection)
        self.codes = Codes(connection)
        self.attempts = Attempts(connection)
        self.tickets = Tickets(connection)
        self.sessions = Sessions(connection)
        self.tokens = Tokens(connection)
        self.outbox = Outbox(connection)
        self.audit = Audit(connection)

    def tidy(self) -> None:
        """Delete what is over; the audit log is kept."""
        for statement in _TIDY:
            self._connection.execute(statement)
