"""The words of accounts: users, roles, sessions, API tokens, mails, and what was done by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user may do: viewers read; admins also manage users."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """An account. All times are aware UTC by the database's clock.

    Attributes:
        email: the address in the one form that is compared: lower case, domain in ASCII.
        email_shown: the same address as its owner writes it; mails go there.
        has_password: False for those who were invited or sign in by OpenID Connect alone.
        verified_at: when the address was proved; None for an invitation not yet taken up.
        disabled_at: since when nobody can use it; None while it may be used.
    """

    id: str
    email: str
    email_shown: str
    name: str
    role: Role
    has_password: bool
    verified_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    last_sign_in_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether the address is proved and the account not disabled."""
        return self.verified_at is not None and self.disabled_at is None


@dataclass(frozen=True, slots=True)
class SessionUser:
    """Who is signed in, as of the moment the session (or API token) was checked.

    Attributes:
        email: the address as its owner writes it.
        session_id: of the session, or "" for an API token.
    """

    user_id: str
    email: str
    name: str
    role: Role
    session_id: str

    @property
    def is_admin(self) -> bool:
        """Whether the user manages users."""
        return self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class Session:
    """One live session of a user, to be shown to its owner.

    Attributes:
        device: what the browser said of itself.
        address: the client address at sign-in.
        expires_at: when it ends at the latest, however much it is used.
    """

    id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token without its secret, which is shown once and kept nowhere."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, for the audit log.

    Attributes:
        shown: an e-mail address, or words for what is no user.
        user_id: None for what is no user.
        address: the client address, or "".
    """

    shown: str
    user_id: str | None = None
    address: str = ""


COMMAND_LINE = Actor("command line")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log: who did what to whom, when, from where.

    Attributes:
        actor: the address of who did it at that time, or words for what is no user.
        action: words such as "signed in".
        target: the address of the user it was done to; "" if there is none.
        address: the client address it came from, or "".
        detail: more, by name: plain texts; never a secret.
    """

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    address: str
    detail: Mapping[str, str]


class CodePurpose(StrEnum):
    """What a one-time code proves an address for."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    SIGN_IN = "sign_in"
    EMAIL = "email"


class MailKind(StrEnum):
    """Which mail: the first four carry a code and are named as its purpose."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    SIGN_IN = "sign_in"
    EMAIL = "email"
    SIGN_UP_KNOWN = "sign_up_known"  # somebody signed up with the address of an account
    INVITATION = "invitation"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a mail
    EMAIL_CHANGED = "email_changed"  # goes to the old address
    NEW_DEVICE = "new_device"
    NOTHING = "nothing"  # asked for an address without account: queued like others, never sent

    @property
    def purpose(self) -> CodePurpose | None:
        """What the code of such a mail is for; None where it carries none."""
        return CodePurpose(self.value) if self.value in set(CodePurpose) else None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent now.

    Attributes:
        address: where to.
        name: of the user, or "" where there is no account yet.
        code: six digits, or "" for a kind without.
        long_code: what proves the same and cannot be used up by wrong guesses; "" likewise.
        data: by kind. INVITATION: "by" (who invites), "role". NEW_DEVICE: "device", "address",
            "at" (ISO 8601). EMAIL_CHANGED: "email" (the new address). Others: empty.
        attempts: how often it was tried, this time included.
    """

    id: str
    kind: MailKind
    address: str
    name: str
    data: Mapping[str, str]
    attempts: int
    code: str = field(default="", repr=False)
    long_code: str = field(default="", repr=False)
