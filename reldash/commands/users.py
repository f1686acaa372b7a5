"""`reldash users`: manage accounts from the command line, also before anyone can sign in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
import pandas as pd

from reldash.auth import AccountError, Accounts
from reldash.auth.factory import open_accounts
from reldash.commands.output import format_option, print_frame
from reldash.config import Settings, load_settings, require_key
from reldash.domain.accounts import COMMAND_LINE, Role, User
from reldash.errors import ConfigurationError
from reldash.services.context import open_store
from reldash.services.mail.outbox import MailSender

COLUMNS = ["email", "name", "role", "state", "sessions", "last_sign_in_at", "created_at"]


@click.group()
def users() -> None:
    """Manage accounts."""


@users.command()
@click.argument("email")
@click.option("--admin", is_flag=True, help="Make the user an administrator.")
@click.option("--name", default="", help="Display name; default: the part before the @.")
@click.option("--invite", is_flag=True, help="Email an invitation; the user chooses a password.")
def add(email: str, name: str, *, admin: bool, invite: bool) -> None:
    """Add an account with a password, or invite a user.

    Prompts for the password; if standard input is not a terminal, reads its first line.
    """
    role = Role.ADMIN if admin else Role.VIEWER
    with opened_accounts() as (settings, accounts):
        if invite:
            user = _invite(settings, accounts, email, role, name)
            click.echo(f"Invited {user.email_shown} as {role}", err=True)
        else:
            user = accounts.add_user(COMMAND_LINE, email, role, ask_password(), name)
            click.echo(f"Added {user.email_shown} as {role}", err=True)


@users.command("list")
@format_option
def list_(output: str) -> None:
    """List accounts: active, invited (not accepted yet) or disabled; times in UTC."""
    with opened_accounts() as (_, accounts):
        sessions = accounts.count_sessions()
        rows = [
            (
                user.email_shown,
                user.name,
                user.role.value,
                _state_of(user),
                sessions.get(user.id, 0),
                _format_time(user.last_sign_in_at),
                _format_time(user.created_at),
            )
            for user in accounts.list_users()
        ]
    print_frame(pd.DataFrame(rows, columns=COLUMNS), output)


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account and end its sessions at once."""
    with opened_accounts() as (_, accounts):
        accounts.disable(COMMAND_LINE, _find(accounts, email).id)
    click.echo(f"Disabled {email}", err=True)


@users.command()
@click.argument("email")
def enable(email: str) -> None:
    """Enable an account again; also ends a password lockout."""
    with opened_accounts() as (_, accounts):
        accounts.enable(COMMAND_LINE, _find(accounts, email).id)
    click.echo(f"Enabled {email}", err=True)


@users.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def change_role(email: str, role: str) -> None:
    """Change the role of an account, and end its sessions."""
    with opened_accounts() as (_, accounts):
        accounts.set_role(COMMAND_LINE, _find(accounts, email).id, Role(role))
    click.echo(f"{email} is now {role}", err=True)


@users.command()
@click.argument("email")
def password(email: str) -> None:
    """Set a password for a user who cannot get email; ends sessions and any lockout.

    Prompts for the password, as `add` does.
    """
    with opened_accounts() as (_, accounts):
        accounts.set_password(_find(accounts, email), ask_password())
    click.echo(f"Changed the password of {email}", err=True)


@contextmanager
def opened_accounts() -> Iterator[tuple[Settings, Accounts]]:
    """The settings and their accounts, without a fleet file.

    Raises:
        ConfigurationError: the settings are invalid, or no secret key is set.
        StoreError: the database cannot be reached, started or migrated.
    """
    settings = load_settings()
    require_key(settings)
    store, embedded = open_store(settings)
    try:
        yield settings, open_accounts(store, settings)
    finally:
        store.close()
        if embedded is not None:
            embedded.release()


def ask_password() -> str:
    """A new password, typed twice; or the first line of standard input if not a terminal."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _invite(settings: Settings, accounts: Accounts, email: str, role: Role, name: str) -> User:
    if settings.mail_server is None:
        raise ConfigurationError(
            "Mail server not configured",
            "--invite needs RELDASH_SMTP_URL; set it, or leave out --invite and enter a password",
        )
    user = accounts.invite(COMMAND_LINE, email, role, name)
    MailSender(accounts, settings).send_due()  # works without a running server
    if accounts.is_mail_failing():
        click.echo("The mail server did not accept the email; a running server retries", err=True)
    return user


def _find(accounts: Accounts, email: str) -> User:
    user = accounts.find_user(email)
    if user is None:
        raise AccountError("No such user", f"{email}: `reldash users list` shows all accounts")
    return user


def _state_of(user: User) -> str:
    if user.disabled_at is not None:
        return "disabled"
    return "active" if user.verified_at is not None else "invited"


def _format_time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time is not None else ""
