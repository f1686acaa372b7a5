"""One transaction over the accounts."""

from datetime import timedelta

from sqlalchemy import Connection, delete, func

from reldash.store.accounts.attempts import AttemptTable
from reldash.store.accounts.audit import AuditTable
from reldash.store.accounts.codes import CodeTable
from reldash.store.accounts.outbox import OutboxTable
from reldash.store.accounts.sessions import SessionTable
from reldash.store.accounts.sign_ups import SignUpTable
from reldash.store.accounts.tables import (
    api_tokens,
    attempts,
    codes,
    outbox,
    sessions,
    sign_ups,
    tickets,
)
from reldash.store.accounts.tickets import TicketTable
from reldash.store.accounts.tokens import ApiTokenTable
from reldash.store.accounts.users import UserTable

_now = func.clock_timestamp()
_MONTH, _DAY = timedelta(days=30), timedelta(days=1)
_TIDY = (
    delete(sign_ups).where(sign_ups.c.created_at < _now - _DAY),
    delete(codes).where(codes.c.expires_at < _now - _DAY),
    delete(tickets).where(tickets.c.expires_at < _now - _DAY),
    delete(attempts).where(func.greatest(attempts.c.last_at, attempts.c.free_at) < _now - 2 * _DAY),
    delete(outbox).where(func.coalesce(outbox.c.sent_at, outbox.c.gave_up_at) < _now - _MONTH),
    delete(sessions).where(func.least(sessions.c.ended_at, sessions.c.expires_at) < _now - _MONTH),
    delete(api_tokens).where(
        func.least(api_tokens.c.revoked_at, api_tokens.c.expires_at) < _now - _MONTH
    ),
)


class AccountsTransaction:
    """The tables of accounts within one transaction: all changes are committed together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.users = UserTable(connection)
        self.sign_ups = SignUpTable(connection)
        self.codes = CodeTable(connection)
        self.attempts = AttemptTable(connection)
        self.tickets = TicketTable(connection)
        self.sessions = SessionTable(connection)
        self.tokens = ApiTokenTable(connection)
        self.outbox = OutboxTable(connection)
        self.audit = AuditTable(connection)

    def tidy(self) -> None:
        """Delete expired rows; the audit log is kept."""
        for statement in _TIDY:
            self._connection.execute(statement)
