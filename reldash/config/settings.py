"""Settings from the environment and `.env`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from reldash.config import account_fields
from reldash.config.account_fields import Network, OfferedAccount
from reldash.config.addresses import base_address
from reldash.config.environment import PROJECT_FOLDER, expanded
from reldash.config.mail_server import MailServer, mail_address, mail_sender, parse_mail_server

PREFIX = "RELDASH_"
# Field -> its variable, in the order of .env.example.
VARIABLES = {
    "database_url": "DATABASE_URL",
    "data_folder": "RELDASH_DATA",
    "fleet": "RELDASH_FLEET",
    "collect": "RELDASH_COLLECT",
    "base_url": "RELDASH_BASE_URL",
    "secret_key": "RELDASH_SECRET_KEY",
    "smtp_url": "RELDASH_SMTP_URL",
    "mail_from": "RELDASH_MAIL_FROM",
    "signup_domains": "RELDASH_SIGNUP_DOMAINS",
    "admin_email": "RELDASH_ADMIN_EMAIL",
    "trusted_proxies": "RELDASH_TRUSTED_PROXIES",
    "session_idle": "RELDASH_SESSION_IDLE",
    "session_lifetime": "RELDASH_SESSION_LIFETIME",
    "password_sign_in": "RELDASH_PASSWORD_SIGN_IN",
    "oidc_issuer": "RELDASH_OIDC_ISSUER",
    "oidc_client_id": "RELDASH_OIDC_CLIENT_ID",
    "oidc_client_secret": "RELDASH_OIDC_CLIENT_SECRET",
    "oidc_roles_claim": "RELDASH_OIDC_ROLES_CLAIM",
    "oidc_admin_roles": "RELDASH_OIDC_ADMIN_ROLES",
    "inbox": "RELDASH_INBOX",
    "offered_account": "RELDASH_OFFERED_ACCOUNT",
}
POSTGRES = ("postgres://", "postgresql://", "postgresql+psycopg2://")

FolderOrFile = Annotated[Path, AfterValidator(expanded)]
Lasting = Annotated[timedelta, BeforeValidator(account_fields.lasting)]
# NoDecode: pydantic-settings would parse the text as JSON.
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(account_fields.words)]


def _postgres(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(POSTGRES):
        raise ValueError("postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return value


class Settings(BaseSettings):
    """Settings from the environment; `VARIABLES` has the variable of each field.

    Attributes:
        database_url: a Postgres; None for the embedded one.
        data_folder: where the embedded Postgres keeps its data.
        fleet: the fleet file.
        collect: `inline` collects inside the server; `off` leaves it to `reldash collect`.
        base_url: the public address of the dashboard, without a trailing slash.
        secret_key: as text; `key` has its bytes. None: the server refuses to start.
        smtp_url: the mail server (parsed: `mail_server`); None: no email can be sent.
        mail_from: the From address, with or without a name; required with smtp_url.
        signup_domains: email domains, in lower case, that may sign up; () for any.
        admin_email: becomes admin when the address is verified.
        trusted_proxies: peers whose X-Forwarded-For is trusted.
        session_idle, session_lifetime: a session ends this long after the last activity, and this
            long after sign-in in any case.
        password_sign_in: False allows sign-in only by OpenID Connect.
        oidc_issuer, oidc_client_id, oidc_client_secret: the provider; all set, or none.
        oidc_roles_claim: the claim that lists roles; one of `oidc_admin_roles` in it makes an
            admin. None: administrators assign roles here.
        inbox: a Maildir that a page shows to everybody; only for the demo.
        offered_account: shown on the sign-in page; only for the demo.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # compose files and .env often leave a variable empty
        extra="ignore",  # .env also has cluster tokens and AWS variables
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None, validation_alias="DATABASE_URL"
    )
    data_folder: FolderOrFile = Field(
        default=PROJECT_FOLDER / ".data", validation_alias="RELDASH_DATA"
    )
    fleet: FolderOrFile = Path("fleet.yaml")
    collect: Literal["inline", "off"] = "inline"
    base_url: Annotated[str, AfterValidator(base_address)] = "http://localhost:8501"
    secret_key: Annotated[SecretStr, AfterValidator(account_fields.secret_key)] | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(account_fields.smtp_url)] | None = None
    mail_from: Annotated[str, AfterValidator(mail_sender)] | None = None
    signup_domains: Annotated[Words, AfterValidator(account_fields.domains)] = ()
    admin_email: Annotated[str, AfterValidator(mail_address)] | None = None
    trusted_proxies: Annotated[
        tuple[Network, ...], NoDecode, BeforeValidator(account_fields.networks)
    ] = ()
    session_idle: Lasting = timedelta(hours=12)
    session_lifetime: Lasting = timedelta(days=7)
    password_sign_in: Annotated[bool, BeforeValidator(account_fields.on_off)] = True
    oidc_issuer: Annotated[str, AfterValidator(account_fields.issuer)] | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_roles_claim: str | None = None
    oidc_admin_roles: Words = ()
    inbox: FolderOrFile | None = None
    offered_account: (
        Annotated[OfferedAccount, NoDecode, BeforeValidator(account_fields.offered_account)] | None
    ) = None

    @property
    def key(self) -> bytes | None:
        """The bytes of `secret_key`, from which every key that signs is derived."""
        return (
            account_fields.decode_key(self.secret_key.get_secret_value())
            if self.secret_key
            else None
        )

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server, or None if no email can be sent."""
        return parse_mail_server(self.smtp_url.get_secret_value()) if self.smtp_url else None
