"""The outbox: email is sent in the background, so response times do not reveal accounts."""

import logging
import threading
import time
from typing import Protocol

from reldash.config import Settings
from reldash.domain.accounts import Mail
from reldash.errors import StoreError
from reldash.mail import MailError, send_mail
from reldash.services.mail.letters import write_letter

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # how soon a queued email is noticed
RETRY_SECONDS = 5.0  # pause before retrying an unreachable database
TIDY_SECONDS = 3600.0
STOP_SECONDS = 5.0  # how long an email being sent may delay the end of the process


class Outbox(Protocol):
    """The queue of emails, implemented by `auth.mailing.Mailing`."""

    def claim_mail(self) -> Mail | None:
        """Claim the next due email for a while and create its code; None if none is due."""

    def mail_sent(self, mail: Mail) -> None:
        """Record that the mail server accepted it."""

    def mail_failed(self, mail: Mail, error: str, *, give_up: bool = False) -> None:
        """Record a failure; retried after a growing pause, or never with `give_up`."""

    def tidy(self) -> None:
        """Delete expired entries."""


class MailSender:
    """Sends due email, on demand or in the background. Any number may share one database.

    No transaction is open while talking to the mail server. An email is claimed for some time; if
    its sender dies, another one sends it later: it may arrive twice but is never lost.
    """

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        self._outbox = outbox
        self._settings = settings
        self._server = settings.mail_server
        self._failing = ""  # the failure logged last, while it lasts
        self._tidy_at = 0.0
        self._stopping = threading.Event()
        self._loop: threading.Thread | None = None

    def send_due(self) -> int:
        """Try to send every due email; returns how many the server accepted.

        Raises:
            StoreError: the database cannot be reached.
        """
        sent = 0
        while not self._stopping.is_set() and (mail := self._outbox.claim_mail()) is not None:
            sent += self._send(mail)
        return sent

    def start(self) -> None:
        """Send in a background thread until `stop`."""
        if self._server is None:
            log.warning("no email can be sent: RELDASH_SMTP_URL is not set")
        self._loop = threading.Thread(target=self._run, name="mails", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """End the loop; an email being sent gets a moment to finish."""
        self._stopping.set()
        if self._loop is not None:
            self._loop.join(timeout=STOP_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = POLL_SECONDS
            try:
                self.send_due()
                if time.monotonic() >= self._tidy_at:
                    self._outbox.tidy()
                    self._tidy_at = time.monotonic() + TIDY_SECONDS
            except StoreError as error:
                log.warning("email: database unavailable, retrying: %s", error)
                pause = RETRY_SECONDS
            except Exception:  # only `stop` ends the loop
                log.exception("email: unexpected error")
                pause = RETRY_SECONDS

    def _send(self, mail: Mail) -> bool:
        """Try once; returns whether the server accepted it."""
        try:
            self._hand_over(mail)
        except MailError as error:
            self._record_failure(mail, str(error), give_up=error.is_final)
            return False
        except Exception as error:
            log.exception("email %s (%s): unexpected error", mail.id, mail.kind)
            self._record_failure(mail, f"Unexpected error: {type(error).__name__}", give_up=False)
            return False
        self._outbox.mail_sent(mail)
        if self._failing:
            log.info("email is sent again after: %s", self._failing)
            self._failing = ""
        return True

    def _hand_over(self, mail: Mail) -> None:
        if self._server is None or self._settings.mail_from is None:
            raise MailError("Mail server not configured", "RELDASH_SMTP_URL is not set")
        letter = write_letter(
            mail, self._settings.base_url, password_sign_in=self._settings.password_sign_in
        )
        send_mail(letter, self._server, self._settings.mail_from)

    def _record_failure(self, mail: Mail, error: str, *, give_up: bool) -> None:
        self._outbox.mail_failed(mail, error, give_up=give_up)
        if give_up:
            log.warning("email %s (%s) failed for good: %s", mail.id, mail.kind, error)
        elif error != self._failing:  # once, not at every attempt
            log.warning("email not sent, will retry: %s", error)
            self._failing = error
