"""What the mails of accounts say, as plain text and as HTML.

Names are other people's words: in HTML they are escaped, and mails to addresses that are still to
be proved have none, so that nobody can have words of theirs mailed to strangers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from reldash.domain.accounts import Mail, MailKind, Role
from reldash.mail import Letter

NOT_YOU = "If this was not you, there is nothing to do: without the code nobody gets any further."
TELL_ADMIN = "If this was not you, choose a new password now, and tell an administrator."
CHOOSE = "“Forgot the password, or invited?”"  # as the sign-in page names it
UNPROVED = {MailKind.SIGN_UP, MailKind.EMAIL}
ROLES = {Role.VIEWER: "a viewer", Role.ADMIN: "an administrator"}


@dataclass(frozen=True, slots=True)
class _Words:
    """What one kind of mail says: paragraphs before and after its code."""

    subject: str
    before: Sequence[str]
    after: Sequence[str] = ()


def write_letter(mail: Mail, base_url: str, *, password_sign_in: bool = True) -> Letter:
    """The letter of a mail.

    Args:
        mail: what is due, its codes made.
        base_url: where the dashboard is, without a slash at its end.
        password_sign_in: whether people have passwords there; else an invitation speaks of none.

    Raises:
        KeyError: a kind that is never sent, or data that its kind needs is missing.
    """
    if mail.kind is MailKind.INVITATION and not password_sign_in:
        words = _invitation_without_password(mail)
    else:
        words = _WORDS[mail.kind](mail)
    named = mail.name and mail.kind not in UNPROVED
    greeting = f"Hello {mail.name}," if named else "Hello,"
    return Letter(
        mail.address,
        words.subject,
        _text(greeting, words, mail, f"{base_url}/"),
        _html(greeting, words, mail, f"{base_url}/"),
    )


def _sign_up(_mail: Mail) -> _Words:
    return _Words(
        "Your code for signing up",
        ["This code proves that the address is yours. Type it where you signed up:"],
        [NOT_YOU],
    )


def _sign_up_known(_mail: Mail) -> _Words:
    return _Words(
        "You have an account already",
        [
            "Somebody, most likely you, has just signed up with this address. It has an account "
            "already, and nothing of it was changed.",
            f"Sign in with your password; if you do not know it any more, choose {CHOOSE}.",
        ],
    )


def _reset(_mail: Mail) -> _Words:
    return _Words(
        "Your code for a new password",
        ["With this code you can choose a new password:"],
        [NOT_YOU],
    )


def _sign_in(_mail: Mail) -> _Words:
    return _Words(
        "Your code for signing in",
        ["This code signs you in without a password, also where that is locked:"],
        [NOT_YOU],
    )


def _email(_mail: Mail) -> _Words:
    return _Words(
        "Your code for a new address",
        ["This code makes this address the one of your account. Type it on the account page:"],
        [NOT_YOU],
    )


def _invitation(mail: Mail) -> _Words:
    return _Words(
        "You are invited",
        [
            f"{_invited(mail)}.",
            f"Open it and choose {CHOOSE}: a code comes to this address, and with it you choose "
            "your password.",
        ],
    )


def _invitation_without_password(mail: Mail) -> _Words:
    signing = "Open it and sign in with your organisation's account."
    return _Words("You are invited", [f"{_invited(mail)}.", signing])


def _invited(mail: Mail) -> str:
    role = ROLES[Role(mail.data["role"])]
    return f"{mail.data['by']} has made you {role} of the release dashboard"


def _password_changed(_mail: Mail) -> _Words:
    return _Words(
        "Your password was changed",
        ["The password of your account was changed, which ended all its other sessions."],
        [TELL_ADMIN],
    )


def _email_changed(mail: Mail) -> _Words:
    return _Words(
        "Your address was changed",
        [f"Your account's address is {mail.data['email']} from now on, and this one no more."],
        ["If this was not you, tell an administrator at once."],
    )


def _new_device(mail: Mail) -> _Words:
    at = datetime.fromisoformat(mail.data["at"]).astimezone(UTC)
    place = f" ({mail.data['address']})" if mail.data["address"] else ""
    return _Words(
        "A new device has signed in",
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

HOLDS = "It holds for ten minutes and works once."
LONG = "If the page says that it was tried too often, this longer one works, too:"


def _text(greeting: str, words: _Words, mail: Mail, link: str) -> str:
    paragraphs = [greeting, *words.before]
    if mail.code:
        paragraphs += [f"    {mail.code}", f"{HOLDS} {LONG}", f"    {mail.long_code}"]
    paragraphs += [*words.after, f"-- \nRelease dashboard\n{link}"]
    return "\n\n".join(paragraphs) + "\n"


# Colours are those of .streamlit/config.toml; both schemes read well where a mail program makes
# the background dark by itself.
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
            _paragraph(f"{HOLDS} {LONG}"),
            _CODE.format(size="15px/1.4", code=escape(mail.long_code)),
        ]
    parts += [_paragraph(each) for each in words.after]
    return _PAGE.format(title=escape(words.subject), body="\n".join(parts), link=escape(link))


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 16px">{escape(text)}</p>'
