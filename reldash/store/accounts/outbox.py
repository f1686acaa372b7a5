"""The outbox: mails to be sent. No row holds a secret: codes are made when a mail is sent."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from sqlalchemy import text

from reldash.domain.accounts import Mail, MailKind
from reldash.store.accounts.statements import AccountStatements
from reldash.store.encoding import clean_text, encode_cleaned

_ERROR_LENGTH = 500
_WAITING = "o.sent_at IS NULL AND o.gave_up_at IS NULL"
_ADD = text(
    "INSERT INTO outbox (kind, email, address, user_id, data)"
    " VALUES (:kind, :email, :address, :user, CAST(:data AS jsonb))"
)
_CLAIM = text(
    f"""
    UPDATE outbox SET attempts = attempts + 1, attempted_at = clock_timestamp(),
        next_at = clock_timestamp() + :claim
    WHERE id = (
        SELECT o.id FROM outbox o
        WHERE {_WAITING} AND (o.next_at <= clock_timestamp() OR o.created_at > clock_timestamp())
        ORDER BY o.next_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id::text AS id, kind, email, address, user_id::text AS user_id, data, attempts,
        coalesce((SELECT name FROM users u WHERE u.id = outbox.user_id), '') AS name
    """  # noqa: S608 - constants
)
_SENT = text(
    "UPDATE outbox SET sent_at = clock_timestamp(), error = '' WHERE id = CAST(:id AS uuid)"
)
_REMOVE = text("DELETE FROM outbox WHERE id = CAST(:id AS uuid)")
_FAILED = text(
    """
    UPDATE outbox SET error = :error, next_at = clock_timestamp() + :pause,
        gave_up_at = CASE
            WHEN :give_up OR created_at + :longest < clock_timestamp() THEN clock_timestamp() END
    WHERE id = CAST(:id AS uuid) AND sent_at IS NULL
    """
)
# An attempt under way has no result yet: the last finished attempt counts.
_FAILING = text(
    """
    SELECT error <> '' AND (gave_up_at IS NULL OR gave_up_at > created_at + :longest) AS failing
    FROM outbox
    WHERE attempted_at IS NOT NULL AND (sent_at IS NOT NULL OR error <> '')
    ORDER BY attempted_at DESC LIMIT 1
    """
)


class OutboxTable(AccountStatements):
    """The queue of mails."""

    def add(
        self, kind: MailKind, email: str, address: str, user_id: str | None, data: Mapping[str, str]
    ) -> None:
        """Queue a mail to `address`; `email` is its normalised form."""
        self._do(
            _ADD,
            kind=kind.value,
            email=email,
            address=address,
            user=user_id,
            data=encode_cleaned(dict(data)),
        )

    def claim(self, claim: timedelta) -> tuple[Mail, str, str | None] | None:
        """Claim the next due mail for `claim`: (mail, normalised address, user id)."""
        row = self._first(_CLAIM, claim=claim)
        if row is None:
            return None
        mail = Mail(
            id=row["id"],
            kind=MailKind(row["kind"]),
            address=row["address"],
            name=row["name"],
            data=msgspec.convert(row["data"], dict[str, str]),
            attempts=row["attempts"],
        )
        return mail, row["email"], row["user_id"]

    def mark_sent(self, mail_id: str) -> None:
        """Mark a mail as sent."""
        self._do(_SENT, id=mail_id)

    def remove(self, mail_id: str) -> None:
        """Delete a mail."""
        self._do(_REMOVE, id=mail_id)

    def mark_failed(
        self, mail_id: str, error: str, pause: timedelta, longest: timedelta, *, give_up: bool
    ) -> None:
        """Record a failed attempt: retry after `pause`, unless it has waited for `longest`."""
        self._do(
            _FAILED,
            id=mail_id,
            error=clean_text(error)[:_ERROR_LENGTH] or "failed",
            pause=pause,
            longest=longest,
            give_up=give_up,
        )

    def is_failing(self, longest: timedelta) -> bool:
        """Whether the last attempt at any mail failed for a reason other than the mail itself.

        Mails given up after `longest` count as failures of the server.
        """
        row = self._first(_FAILING, longest=longest)
        return row is not None and bool(row["failing"])
