"""reldash users: accounts from the command line, also before anybody can sign in."""

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
    """Add people, list them, change what they may do."""


@users.command()
@click.argument("email")
@click.option("--admin", is_flag=True, help="May manage users, too.")
@click.option("--name", default="", help="How to call them; else what stands before the @.")
@click.option("--invite", is_flag=True, help="Mail an invitation; they choose the password.")
def add(email: str, name: str, *, admin: bool, invite: bool) -> None:
    """Add an account that may be used at once, with a password, or invite somebody.

    The password is asked for; where standard input is no terminal, its first line is taken.
    """
    role = Role.ADMIN if admin else Role.VIEWER
    with opened_accounts() as (settings, accounts):
        if invite:
            user = _invite(settings, accounts, email, role, name)
            click.echo(f"{user.email_shown} is invited as {role}", err=True)
        else:
            user = accounts.add_user(COMMAND_LINE, email, role, ask_password(), name)
            click.echo(f"{user.email_shown} may sign in as {role}", err=True)


@users.command("list")
@format_option
def list_(output: str) -> None:
    """List accounts: state is active, invited (not yet taken up) or disabled; times in UTC."""
    with opened_accounts() as (_, accounts):
        sessions = accounts.count_sessions()
        rows = [
            (
                user.email_shown,
                user.name,
                user.role.value,
                _state_of(user),
                sessions.get(user.id, 0),
                _told(user.last_sign_in_at),
                _told(user.created_at),
            )
            for user in accounts.list_users()
        ]
    print_frame(pd.DataFrame(rows, columns=COLUMNS), output)


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let nobody use an account; whoever is signed in with it is out at once."""
    with opened_accounts() as (_, accounts):
        accounts.disable(COMMAND_LINE, _find(accounts, email).id)
    click.echo(f"{email} is disabled", err=True)


@users.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let an account be used again; also ends a lockout of its password."""
    with opened_accounts() as (_, accounts):
        accounts.enable(COMMAND_LINE, _find(accounts, email).id)
    click.echo(f"{email} is enabled", err=True)


@users.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def change_role(email: str, role: str) -> None:
    """Change what an account may do, which ends its sessions."""
    with opened_accounts() as (_, accounts):
        accounts.set_role(COMMAND_LINE, _find(accounts, email).id, Role(role))
    click.echo(f"{email} is {role}", err=True)


@users.command()
@click.argument("email")
def password(email: str) -> None:
    """Set a password, for who cannot get a mail; ends the account's sessions and any lockout.

    The password is asked for as with `add`.
    """
    with opened_accounts() as (_, accounts):
        accounts.set_password(_find(accounts, email), ask_password())
    click.echo(f"{email} has a new password", err=True)


@contextmanager
def opened_accounts() -> Iterator[tuple[Settings, Accounts]]:
    """The settings and the accounts that they name; no fleet is needed for them.

    Raises:
        ConfigurationError: the settings are wrong, or there is no secret key.
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
    """A new password, typed twice, or the first line of standard input if that is no terminal."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _invite(settings: Settings, accounts: Accounts, email: str, role: Role, name: str) -> User:
    if settings.mail_server is None:
        raise ConfigurationError(
            "Mail server not configured",
            "--invite: RELDASH_SMTP_URL is not set; expected it, or no --invite and a password",
        )
    user = accounts.invite(COMMAND_LINE, email, role, name)
    MailSender(accounts, settings).send_due()  # so that no server need be running
    if accounts.is_mail_failing():
        click.echo("the mail waits until the mail server takes it and a server runs", err=True)
    return user


def _find(accounts: Accounts, email: str) -> User:
    user = accounts.find_user(email)
    if user is None:
        raise AccountError("No such user", f"{email}: expected one that `users list` lists")
    return user


def _state_of(user: User) -> str:
    if user.disabled_at is not None:
        return "disabled"
    return "active" if user.verified_at is not None else "invited"


def _told(time: datetime | None) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time is not None else ""
