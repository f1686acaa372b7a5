"""Values of accounts: users, roles, sessions, API tokens, mails and entries of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The rights of a user: viewers read; admins also manage users."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """An account. All times are aware UTC by the database's clock.

    Attributes:
        email: the address in normal form, by which it is compared: lower case, domain in ASCII.
        email_shown: the same address as its owner writes it; mails go there.
        has_password: False for users who were invited or sign in by OpenID Connect alone.
        verified_at: when the address was verified; None for an invitation not yet accepted.
        disabled_at: since when the account is disabled; None while it is enabled.
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
        """Whether the address is verified and the account not disabled."""
        return self.verified_at is not None and self.disabled_at is None


@dataclass(frozen=True, slots=True)
class SessionUser:
    """The signed-in user, as of the moment the session (or API token) was checked.

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
    """One live session of a user, as its owner sees it.

    Attributes:
        device: from the browser's User-Agent header.
        address: the client address at sign-in.
        expires_at: when it ends at the latest, even if it is used.
    """

    id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token without its secret, which is shown once and never stored."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of an action in the audit log.

    Attributes:
        shown: an email address, or words for an actor that is no user ("command line").
        user_id: None for an actor that is no user.
        address: the client address, or "".
    """

    shown: str
    user_id: str | None = None
    address: str = ""


COMMAND_LINE = Actor("command line")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry of the audit log: actor, action, target, time and client address.

    Attributes:
        actor: the actor's email address at that time, or words for one that is no user.
        action: words such as "signed in".
        target: the email address of the user it was done to; "" if there is none.
        address: the client address, or "".
        detail: further texts by name; never a secret.
    """

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    address: str
    detail: Mapping[str, str]


class CodePurpose(StrEnum):
    """The purpose of a one-time code."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    SIGN_IN = "sign_in"
    EMAIL = "email"


class MailKind(StrEnum):
    """The kinds of mail; the first four carry a code and are named after its purpose."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    SIGN_IN = "sign_in"
    EMAIL = "email"
    SIGN_UP_KNOWN = "sign_up_known"  # a sign-up with the address of an account
    INVITATION = "invitation"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a mail
    EMAIL_CHANGED = "email_changed"  # goes to the old address
    NEW_DEVICE = "new_device"
    NOTHING = "nothing"  # for an address without an account: queued like others, never sent

    @property
    def purpose(self) -> CodePurpose | None:
        """The purpose of the code in such a mail; None if it carries none."""
        return CodePurpose(self.value) if self.value in set(CodePurpose) else None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent now.

    Attributes:
        address: the recipient's.
        name: of the user, or "" if there is no account yet.
        code: six digits, or "" for a kind without.
        long_code: proves the same and cannot be used up by wrong guesses; "" likewise.
        data: by kind. INVITATION: "by" (the admin), "role". NEW_DEVICE: "device", "address",
            "at" (ISO 8601). EMAIL_CHANGED: "email" (the new address). Others: empty.
        attempts: how often sending was tried, this time included.
    """

    id: str
    kind: MailKind
    address: str
    name: str
    data: Mapping[str, str]
    attempts: int
    code: str = field(default="", repr=False)
    long_code: str = field(default="", repr=False)
