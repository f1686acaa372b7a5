"""Helpers for tests of accounts: create users, sign in, read emails, let time pass."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from reldash.auth import Accounts, Outcome
from reldash.domain.accounts import COMMAND_LINE, Mail, MailKind, Role, SessionUser, User

T = TypeVar("T")
ANN, BOB, ADA = "ann@example.com", "bob@example.com", "ada@example.com"
PASSWORD = "seven red lanterns"
OTHER_PASSWORD = "eleven blue ladders"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# All time columns, so that tests can let time pass without waiting.
_TIMES = {
    "users": ("created_at", "verified_at", "disabled_at", "last_sign_in_at"),
    "sign_ups": ("created_at",),
    "codes": ("created_at", "expires_at", "used_at"),
    "sessions": ("created_at", "last_seen_at", "expires_at", "ended_at"),
    "tickets": ("expires_at",),
    "attempts": ("last_at", "free_at"),
    "api_tokens": ("created_at", "expires_at", "last_used_at", "revoked_at"),
    "outbox": ("created_at", "next_at", "attempted_at", "sent_at", "gave_up_at"),
    "audit": ("at",),
}


def pass_time(connection: Any, time: timedelta) -> None:
    """Shift all times in the database back by `time`."""
    with connection.cursor() as cursor:
        for table, columns in _TIMES.items():
            changes = ", ".join(f"{column} = {column} - %(time)s" for column in columns)
            cursor.execute(f"UPDATE {table} SET {changes}", {"time": time})  # noqa: S608 - constants


def add_user(
    accounts: Accounts, email: str = ANN, role: Role = Role.VIEWER, password: str = PASSWORD
) -> User:
    """Create a user who can sign in."""
    return accounts.add_user(COMMAND_LINE, email, role, password)


def open_session(accounts: Accounts, outcome: Outcome, device: str = BROWSER) -> str:
    """Exchange a successful outcome's ticket for a session token."""
    token = accounts.open_session(outcome.ticket, device, HERE)
    assert token is not None, outcome
    return token


def sign_in(accounts: Accounts, email: str = ANN, password: str = PASSWORD) -> str:
    """Sign in by password; returns the session token."""
    return open_session(accounts, accounts.sign_in(email, password, HERE))


def session_user(accounts: Accounts, token: str) -> SessionUser:
    """Return the user of a live session."""
    found = accounts.check_session(token)
    assert found is not None
    return found


def send_mails(accounts: Accounts) -> list[Mail]:
    """Claim all due emails and mark them as sent."""
    mails = []
    while (mail := accounts.claim_mail()) is not None:
        accounts.mail_sent(mail)
        mails.append(mail)
    return mails


def take_mail(accounts: Accounts, kind: MailKind, address: str = ANN) -> Mail:
    """Send all due emails; returns the only one of this kind."""
    (mail,) = [each for each in send_mails(accounts) if each.kind is kind]
    assert mail.address == address
    return mail


def other_code(code: str) -> str:
    """Return another code than this one."""
    return f"{(int(code) + 1) % 10**6:06}"


def run_concurrently(calls: list[Callable[[], T]], threads: int = 8) -> list[T]:
    """Run calls concurrently; returns their results."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda call: call(), calls))
