"""The account emails, as plain text and HTML.

Names are user input: they are escaped in HTML, and left out of email to unverified addresses, so
that nobody can have their own text sent to strangers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from reldash.domain.accounts import Mail, MailKind, Role
from reldash.mail import Letter

NOT_YOU = "If this was not you, ignore this email: nobody can continue without the code."
TELL_ADMIN = "If this was not you, change your password now and tell an administrator."
CHOOSE = "“Forgot your password, or invited?”"  # as the sign-in page names it
UNVERIFIED = {MailKind.SIGN_UP, MailKind.EMAIL}
ROLES = {Role.VIEWER: "a viewer", Role.ADMIN: "an administrator"}


@dataclass(frozen=True, slots=True)
class _Words:
    """The text of one kind of email: paragraphs before and after its code."""

    subject: str
    before: Sequence[str]
    after: Sequence[str] = ()


def write_letter(mail: Mail, base_url: str, *, password_sign_in: bool = True) -> Letter:
    """Compose the message for a queued email.

    Args:
        mail: the queued email with its codes.
        base_url: address of the dashboard, without a trailing slash.
        password_sign_in: whether users have passwords; otherwise an invitation mentions none.

    Raises:
        KeyError: a kind that is never sent, or data that the kind requires is missing.
    """
    if mail.kind is MailKind.INVITATION and not password_sign_in:
        words = _invitation_without_password(mail)
    else:
        words = _WORDS[mail.kind](mail)
    named = mail.name and mail.kind not in UNVERIFIED
    greeting = f"Hello {mail.name}," if named else "Hello,"
    return Letter(
        mail.address,
        words.subject,
        _text(greeting, words, mail, f"{base_url}/"),
        _html(greeting, words, mail, f"{base_url}/"),
    )


def _sign_up(_mail: Mail) -> _Words:
    return _Words(
        "Your sign-up code",
        ["Enter this code where you signed up to verify your address:"],
        [NOT_YOU],
    )


def _sign_up_known(_mail: Mail) -> _Words:
    return _Words(
        "You already have an account",
        [
            "Someone, probably you, has just signed up with this address. It already has an "
            "account, which was not changed.",
            f"Sign in with your password. If you have forgotten it, choose {CHOOSE}.",
        ],
    )


def _reset(_mail: Mail) -> _Words:
    return _Words(
        "Your password reset code",
        ["Use this code to choose a new password:"],
        [NOT_YOU],
    )


def _sign_in(_mail: Mail) -> _Words:
    return _Words(
        "Your sign-in code",
        ["Use this code to sign in without a password, even while password sign-in is locked:"],
        [NOT_YOU],
    )


def _email(_mail: Mail) -> _Words:
    return _Words(
        "Confirm your new email address",
        ["Enter this code on the account page to use this address for your account:"],
        [NOT_YOU],
    )


def _invitation(mail: Mail) -> _Words:
    return _Words(
        "You are invited",
        [
            f"{_invited(mail)}.",
            f"Open it and choose {CHOOSE}. You will get a code by email to set your password.",
        ],
    )


def _invitation_without_password(mail: Mail) -> _Words:
    sign_in = "Open it and sign in with your organisation's account."
    return _Words("You are invited", [f"{_invited(mail)}.", sign_in])


def _invited(mail: Mail) -> str:
    role = ROLES[Role(mail.data["role"])]
    return f"{mail.data['by']} has made you {role} of the release dashboard"


def _password_changed(_mail: Mail) -> _Words:
    return _Words(
        "Your password was changed",
        ["The password of your account was changed. All other sessions were signed out."],
        [TELL_ADMIN],
    )


def _email_changed(mail: Mail) -> _Words:
    return _Words(
        "Your email address was changed",
        [f"Your account now uses {mail.data['email']} and no longer this address."],
        ["If this was not you, tell an administrator at once."],
    )


def _new_device(mail: Mail) -> _Words:
    at = datetime.fromisoformat(mail.data["at"]).astimezone(UTC)
    place = f" ({mail.data['address']})" if mail.data["address"] else ""
    return _Words(
        "New sign-in to your account",
        [f"{mail.data['device']}{place} signed in to your account at {at:%Y-%m-%d %H:%M} UTC."],
        [TELL_ADMIN],
    )


_WORDS: dict[MailKind, Callable[[Mail], _Words]] = {
    MailKind.SIGN_UP: _sign_up,
    MailKind.SIGN_UP_KNOWN: _sign_up_known,
    MailKind.RESET: _reset,
    MailKind.SIGN_IN: _sign_in,
    MailKind.EMAIL: _email,
    MailKind.INVITATION: _invitation,
    MailKind.PASSWORD_CHANGED: _password_changed,
    MailKind.EMAIL_CHANGED: _email_changed,
    MailKind.NEW_DEVICE: _new_device,
}

VALIDITY = "It is valid for ten minutes and can be used once."
LONG = "If the page reports too many attempts, use this longer code:"


def _text(greeting: str, words: _Words, mail: Mail, link: str) -> str:
    paragraphs = [greeting, *words.before]
    if mail.code:
        paragraphs += [f"    {mail.code}", f"{VALIDITY} {LONG}", f"    {mail.long_code}"]
    paragraphs += [*words.after, f"-- \nRelease dashboard\n{link}"]
    return "\n\n".join(paragraphs) + "\n"


# Colours are those of .streamlit/config.toml; they stay readable where a mail program darkens the
# background.
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:24px 16px;\
font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:34em;margin:0 auto">
{body}
<p style="margin:32px 0 0;padding-top:12px;border-top:1px solid #8a969d;font-size:14px">\
Release dashboard<br><a href="{link}" style="color:#3b82b5">{link}</a></p>
</div>
</body>
</html>
"""
_CODE = (
    '<p style="margin:20px 0;padding:14px 18px;border:1px solid #8a969d;border-radius:6px;'
    'font:{size} ui-monospace,Menlo,Consolas,monospace;letter-spacing:.08em">{code}</p>'
)


def _html(greeting: str, words: _Words, mail: Mail, link: str) -> str:
    parts = [_paragraph(each) for each in (greeting, *words.before)]
    if mail.code:
        parts += [
            _CODE.format(size="600 28px/1.2", code=escape(mail.code)),
            _paragraph(f"{VALIDITY} {LONG}"),
            _CODE.format(size="15px/1.4", code=escape(mail.long_code)),
        ]
    parts += [_paragraph(each) for each in words.after]
    return _PAGE.format(title=escape(words.subject), body="\n".join(parts), link=escape(link))


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 16px">{escape(text)}</p>'
