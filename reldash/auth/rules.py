"""What is configured of accounts, and what an action came to."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from reldash.errors import ReldashError

SECRET_BYTES = 32


class AccountError(ReldashError):
    """Something typed or asked for cannot be; the message says why and may be shown to anyone.

    Never raised for what would tell who has an account: see `Outcome`.
    """


@dataclass(frozen=True, slots=True)
class AccountRules:
    """The settings of accounts.

    Attributes:
        secret_key: at least 32 random bytes, shared by all replicas.
        sign_up_domains: mail domains (lower case, ASCII) that may sign up; empty: any.
        admin_email: this address becomes admin as soon as it is proved; "" for none.
        idle: a session ends when it is not used for so long.
        lifetime: a session ends after so long, however much it is used.
        password_sign_in: False where people sign in by OpenID Connect only.
        admin_roles: the roles of OpenID Connect that make an admin here; empty: roles are
            managed here alone.

    Raises:
        ValueError: the key is too short.
    """

    secret_key: bytes = field(repr=False)
    sign_up_domains: Collection[str] = ()
    admin_email: str = ""
    idle: timedelta = timedelta(hours=12)
    lifetime: timedelta = timedelta(days=7)
    password_sign_in: bool = True
    admin_roles: Collection[str] = ()

    def __post_init__(self) -> None:
        if len(self.secret_key) < SECRET_BYTES:
            raise ValueError(f"the secret key has fewer than {SECRET_BYTES} bytes")


class NextStep(StrEnum):
    """What the person does next."""

    DONE = "done"  # nothing; if there is a ticket, the browser exchanges it
    CODE = "code"  # type the code from the mail
    AGAIN = "again"  # it failed: try again, after `wait`


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action came to. It is the same for known and unknown addresses.

    Attributes:
        title: a few words to be shown.
        message: one line to be shown; may be empty.
        wait: until when it is of no use to try again (after a failure), or to ask for another
            mail (after a code was sent).
        ticket: after signing in: exchanged once, within a minute, by `Accounts.open_session`.
        sign_up: names a sign-up under way; keep it in the browser's session for `verify`.
    """

    step: NextStep
    title: str
    message: str = ""
    wait: timedelta = timedelta(0)
    ticket: str = field(default="", repr=False)
    sign_up: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether it did not fail."""
        return self.step is not NextStep.AGAIN
