"""The outbox, for whoever sends mails: what is due, with the codes made at that moment."""

from dataclasses import replace
from datetime import timedelta

from reldash.auth.base import AccountsBase
from reldash.auth.one_time_codes import CODE_LIFETIME
from reldash.auth.secrets import code_digest, new_code, new_long_code
from reldash.domain.accounts import CodePurpose, Mail, MailKind

CLAIM = timedelta(minutes=2)  # longer than any attempt takes
# How long to wait after the first, second ... attempt that failed.
_PAUSES = tuple(timedelta(seconds=each) for each in (5, 15, 60, 300, 900))
_GIVE_UP_AFTER = timedelta(days=1)


class MailQueue(AccountsBase):
    """Mails to be sent. Any number of processes may send at once; each mail is one's."""

    def claim_mail(self) -> Mail | None:
        """The next mail that is due, claimed for two minutes; None if none is.

        Its code is made now and replaces earlier ones, so it must be sent at once. Then say
        `mail_sent` or `mail_failed`; of what is neither, another attempt is made.
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
        """The server has taken the mail."""
        with self._transaction() as tx:
            tx.outbox.mark_sent(mail.id)

    def mail_failed(self, mail: Mail, error: str, *, give_up: bool = False) -> None:
        """The attempt failed; the next is made after a growing pause, for a day at most.

        Args:
            mail: which.
            error: one line, without secrets; cut to 500 characters.
            give_up: the server refuses this mail for good (an address that does not exist).
        """
        pause = _PAUSES[min(mail.attempts, len(_PAUSES)) - 1]
        with self._transaction() as tx:
            tx.outbox.mark_failed(mail.id, error, pause, _GIVE_UP_AFTER, give_up=give_up)

    def is_mail_failing(self) -> bool:
        """Whether the last attempt at any mail failed: then new ones wait, and people are told.

        It says nothing of a certain mail, so it may be shown to anyone. A mail that was refused
        for its own sake does not count.
        """
        with self._transaction() as tx:
            return tx.outbox.is_failing(_GIVE_UP_AFTER)

    def tidy(self) -> None:
        """Delete what is over: call it every hour or so.

        Sign-ups not proved after a day, codes and tickets after a day, counters after two, mails
        that were sent and sessions that ended after 30 days. The audit log is kept.
        """
        with self._transaction() as tx:
            tx.tidy()
