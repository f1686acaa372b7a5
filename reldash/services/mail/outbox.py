"""The outbox: mails leave in the background, so that no answer's time tells who has an account."""

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

POLL_SECONDS = 1.0  # how soon a mail that was queued is seen
RETRY_SECONDS = 5.0  # how soon a database that is away is asked again
TIDY_SECONDS = 3600.0
STOP_SECONDS = 5.0  # how long a mail under way may hold up the end of the process


class Outbox(Protocol):
    """The accounts' side: what is due, and what became of it (`auth.mailing.Mailing`)."""

    def claim_mail(self) -> Mail | None:
        """The next mail that is due, claimed for a while and its code made; None if none is."""

    def mail_sent(self, mail: Mail) -> None:
        """It was taken by the mail server."""

    def mail_failed(self, mail: Mail, error: str, *, give_up: bool = False) -> None:
        """It was not; it is due again after a growing pause, or never."""

    def tidy(self) -> None:
        """Delete what is over."""


class MailSender:
    """Sends what is due, on demand or in the background. Any number may run over one database.

    No transaction is open while the mail server is spoken to. A mail is claimed for some time; if
    its sender dies, another sends it after that, so a mail may arrive twice but is never lost.
    """

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        self._outbox = outbox
        self._settings = settings
        self._server = settings.mail_server
        self._failing = ""  # what was logged last and still holds
        self._tidy_at = 0.0
        self._stopping = threading.Event()
        self._loop: threading.Thread | None = None

    def send_due(self) -> int:
        """Try every mail that is due, one after the other; returns how many were taken.

        Raises:
            StoreError: the database cannot be reached.
        """
        sent = 0
        while not self._stopping.is_set() and (mail := self._outbox.claim_mail()) is not None:
            sent += self._send(mail)
        return sent

    def start(self) -> None:
        """Begin sending in a background thread, until `stop`."""
        if self._server is None:
            log.warning("no mail can be sent: RELDASH_SMTP_URL is not set")
        self._loop = threading.Thread(target=self._run, name="mails", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """End the loop; a mail under way gets a moment, then it ends with the process."""
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
                log.warning("mails wait for the database: %s", error)
                pause = RETRY_SECONDS
            except Exception:  # nothing may end the loop but `stop`
                log.exception("mails: unexpected")
                pause = RETRY_SECONDS

    def _send(self, mail: Mail) -> bool:
        """One attempt; whether the server has taken it."""
        try:
            self._hand_over(mail)
        except MailError as error:
            self._failed(mail, str(error), give_up=error.is_final)
            return False
        except Exception as error:
            log.exception("mail %s (%s): unexpected", mail.id, mail.kind)
            self._failed(mail, f"Unexpected error: {type(error).__name__}", give_up=False)
            return False
        self._outbox.mail_sent(mail)
        if self._failing:
            log.info("mail leaves again, after: %s", self._failing)
            self._failing = ""
        return True

    def _hand_over(self, mail: Mail) -> None:
        if self._server is None or self._settings.mail_from is None:
            raise MailError("Mail server not configured", "RELDASH_SMTP_URL is not set")
        letter = write_letter(
            mail, self._settings.base_url, password_sign_in=self._settings.password_sign_in
        )
        send_mail(letter, self._server, self._settings.mail_from)

    def _failed(self, mail: Mail, error: str, *, give_up: bool) -> None:
        self._outbox.mail_failed(mail, error, give_up=give_up)
        if give_up:
            log.warning("mail %s (%s) will never go: %s", mail.id, mail.kind, error)
        elif error != self._failing:  # once, not at every attempt
            log.warning("mail waits: %s", error)
            self._failing = error
