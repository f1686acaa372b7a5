"""Accounts: everything that screens, routes and commands may do with them."""

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

    It has no state of its own: make as many as you like, share one between threads. What may not
    be told (who has an account) is an `Outcome`, the same for known and unknown; what may be is
    an AccountError. Every `address` is the client's, from the connection or a trusted proxy; text
    may be anything.
    """
