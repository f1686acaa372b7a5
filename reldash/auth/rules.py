"""Settings of accounts: secret key, allowed domains, session lifetimes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class AccountRules:
    """The settings of accounts.

    Attributes:
        secret_key: at least 32 random bytes, shared by all replicas.
        sign_up_domains: mail domains (lower case, ASCII) that may sign up; empty: any.
        admin_email: this address becomes administrator once it is verified; "" for none.
        idle: a session ends after this long without use.
        lifetime: a session ends after this long, used or not.
        password_sign_in: False where people sign in by OpenID Connect only.
        admin_roles: OpenID Connect roles that make an administrator here; empty: roles are
            managed here only.

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
