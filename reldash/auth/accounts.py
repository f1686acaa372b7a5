"""Accounts: everything that screens, routes and commands may do with them."""

from reldash.auth.admin import Admin
from reldash.auth.by_code import ByCode
from reldash.auth.mailing import Mailing
from reldash.auth.openid import OpenId
from reldash.auth.own import OwnAccount
from reldash.auth.sessions import Sessions
from reldash.auth.sign_in import SignIn
from reldash.auth.sign_up import SignUp
from reldash.auth.tokens import Tokens


class Accounts(SignIn, SignUp, ByCode, OpenId, OwnAccount, Admin, Sessions, Tokens, Mailing):
    """All use cases over one store: `Accounts(store, AccountRules(...))`.

    It has no state of its own: make as many as you like, share one between threads. What may not
    be told (who has an account) is an `Outcome`, the same for known and unknown; what may be is
    an AccountError. Every `address` is the client's, from the connection or a trusted proxy; text
    may be anything.
    """
