"""Outcomes of account actions: the next step, the text to show, or an AccountError."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from reldash.errors import ReldashError


class AccountError(ReldashError):
    """Input or a request is not acceptable; the message says why and may be shown to anyone.

    Never raised where it would reveal who has an account: see `Outcome`.
    """


class NextStep(StrEnum):
    """The person's next step."""

    DONE = "done"  # nothing; if there is a ticket, the browser exchanges it
    CODE = "code"  # type the code from the email
    AGAIN = "again"  # it failed: try again, after `wait`


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of an account action; identical for known and unknown addresses.

    Attributes:
        title: a few words to show.
        message: one line to show; may be empty.
        wait: how long the person has to wait before another attempt (after a failure) or another
            email (after a code was sent).
        ticket: after signing in: exchanged once, within a minute, by `Accounts.open_session`.
        sign_up: identifies a sign-up in progress; keep it in the browser's session for `verify`.
    """

    step: NextStep
    title: str
    message: str = ""
    wait: timedelta = timedelta(0)
    ticket: str = field(default="", repr=False)
    sign_up: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the action succeeded."""
        return self.step is not NextStep.AGAIN
