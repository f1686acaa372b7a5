"""The audit log: actor, action, target, time and address. Rows are never changed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text

from reldash.domain.accounts import Actor, AuditEntry
from reldash.store.accounts.statements import AccountStatements
from reldash.store.encoding import clean_text, encode_cleaned

_WRITE = text(
    """
    INSERT INTO audit (actor_id, actor, action, target_id, target, address, detail)
    VALUES (CAST(:actor_id AS uuid), :actor, :action, CAST(:target_id AS uuid), :target, :address,
            CAST(:detail AS jsonb))
    """
)
_LOAD = text(
    """
    SELECT id, at, actor, action, target, address, detail FROM audit
    WHERE (:text = ''
           OR position(lower(:text) IN lower(actor || ' ' || target || ' ' || address)) > 0)
      AND (:action = '' OR action = :action)
      AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
    ORDER BY id DESC LIMIT :limit
    """
)
_ACTIONS = text("SELECT DISTINCT action FROM audit ORDER BY action")


class AuditTable(AccountStatements):
    """The audit log, written in the transaction of the logged action."""

    def write(
        self,
        actor: Actor,
        action: str,
        target: str = "",
        target_id: str | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Add an entry; `detail` holds no secret."""
        self._do(
            _WRITE,
            actor_id=actor.user_id,
            actor=clean_text(actor.shown),
            action=action,
            target_id=target_id,
            target=target,
            address=actor.address,
            detail=encode_cleaned(dict(detail or {})),
        )

    def load(
        self,
        words: str,
        action: str,
        since: datetime | None,
        until: datetime | None,
        limit: int,
    ) -> list[AuditEntry]:
        """Entries, newest first, whose actor, target or address contains `words`."""
        rows = self._all(
            _LOAD,
            text=clean_text(words),
            action=clean_text(action),
            since=since,
            until=until,
            limit=limit,
        )
        return [AuditEntry(**row) for row in rows]

    def actions(self) -> list[str]:
        """All actions in the log, by name."""
        return [row["action"] for row in self._all(_ACTIONS)]
