"""Accounts in Postgres: users, what they prove, sessions, tokens, mails to be sent, audit log."""

from reldash.store.accounts.sign_ups import PendingSignUp
from reldash.store.accounts.transaction import Work

__all__ = ["PendingSignUp", "Work"]
