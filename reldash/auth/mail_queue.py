"""Queue of emails to send; one-time codes are created when an email is claimed."""

from dataclasses import replace
from datetime import timedelta

from reldash.auth.base import AccountsBase
from reldash.auth.one_time_codes import CODE_LIFETIME
from reldash.auth.secrets import code_digest, new_code, new_long_code
from reldash.domain.accounts import CodePurpose, Mail, MailKind

CLAIM = timedelta(minutes=2)  # longer than any attempt takes
# Pauses after the first, second ... failed attempt.
_PAUSES = tuple(timedelta(seconds=each) for each in (5, 15, 60, 300, 900))
_GIVE_UP_AFTER = timedelta(days=1)


class MailQueue(AccountsBase):
    """Emails to send. Any number of processes may send at once; each email is claimed by one."""

    def claim_mail(self) -> Mail | None:
        """Claim the next due email for two minutes; None if none is due.

        Its code is created now and replaces earlier ones, so send it at once. Then call
        `mail_sent` or `mail_failed`; without either it is sent again after the claim expires.
        """
        while True:
            with self._transaction() as tx:
                claimed = tx.outbox.claim(CLAIM)
                if claimed is None:
                    return None
                mail, email, user_id = claimed
                if mail.kind is MailKind.NOTHING:
                    tx.outbox.remove(mail.id)
                    continue
                purpose = mail.kind.purpose
                if purpose is None:
                    return mail
                bound = user_id if purpose is CodePurpose.EMAIL else None
                mail = replace(mail, code=new_code(), long_code=new_long_code())
                short, long = (
                    code_digest(self.rules.secret_key, purpose, email, bound, code)
                    for code in (mail.code, mail.long_code)
                )
                tx.codes.add(purpose, email, bound, short, long, CODE_LIFETIME)
                return mail

    def mail_sent(self, mail: Mail) -> None:
        """Mark an email as accepted by the mail server."""
        with self._transaction() as tx:
            tx.outbox.mark_sent(mail.id)

    def mail_failed(self, mail: Mail, error: str, *, give_up: bool = False) -> None:
        """Record a failed attempt; retries follow after growing pauses, for a day at most.

        Args:
            mail: the email.
            error: one line, without secrets; cut to 500 characters.
            give_up: the server refuses this email for good (an address that does not exist).
        """
        pause = _PAUSES[min(mail.attempts, len(_PAUSES)) - 1]
        with self._transaction() as tx:
            tx.outbox.mark_failed(mail.id, error, pause, _GIVE_UP_AFTER, give_up=give_up)

    def is_mail_failing(self) -> bool:
        """Whether the last attempt to send any email failed; pages then say that email is late.

        About no particular email, so it may be shown to anyone. Emails refused for their own
        address or content do not count.
        """
        with self._transaction() as tx:
            return tx.outbox.is_failing(_GIVE_UP_AFTER)

    def tidy(self) -> None:
        """Delete expired rows; call it about once an hour.

        Unverified sign-ups, codes and tickets go after one day, counters after two, sent emails
        and ended sessions after 30. The audit log is kept.
        """
        with self._transaction() as tx:
            tx.tidy()
