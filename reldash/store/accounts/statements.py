"""Base class of the tables of accounts: statements within one transaction.

All times are by the database's clock; `clock_timestamp()` advances within a transaction, so that
waiting for a row does not make anything look fresher than it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, TextClause


class AccountStatements:
    """Executes statements within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _all(self, statement: TextClause, **values: Any) -> Sequence[RowMapping]:
        return self._connection.execute(statement, values).mappings().all()

    def _first(self, statement: TextClause, **values: Any) -> RowMapping | None:
        return self._connection.execute(statement, values).mappings().first()

    def _do(self, statement: TextClause, **values: Any) -> int:
        """Execute a statement; returns the number of changed rows."""
        return int(self._connection.execute(statement, values).rowcount)
