"""Accounts: the one interface for screens, routes and commands."""

from reldash.auth.admin import UserAdmin
from reldash.auth.api_tokens import ApiTokens
from reldash.auth.code_sign_in import CodeSignIn
from reldash.auth.mail_queue import MailQueue
from reldash.auth.openid_sign_in import OpenIdSignIn
from reldash.auth.own_account import OwnAccount
from reldash.auth.password_sign_in import PasswordSignIn
from reldash.auth.sessions import SessionManagement
from reldash.auth.sign_up import SignUp


class Accounts(
    PasswordSignIn,
    SignUp,
    CodeSignIn,
    OpenIdSignIn,
    OwnAccount,
    UserAdmin,
    SessionManagement,
    ApiTokens,
    MailQueue,
):
    """All use cases over one store: `Accounts(store, AccountRules(...))`.

    Stateless: create instances freely, or share one between threads. Results that must not reveal
    who has an account are an `Outcome`, identical for known and unknown addresses; other failures
    raise AccountError. Every `address` is the client's IP address, from the connection or a
    trusted proxy. Text arguments are not trusted and may hold anything.
    """
