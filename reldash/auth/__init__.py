"""Accounts: sign-up, sign-in, one-time codes, sessions, roles, API tokens. No screens, no HTTP."""

from reldash.auth.accounts import Accounts
from reldash.auth.outcomes import AccountError, NextStep, Outcome
from reldash.auth.rules import AccountRules

__all__ = ["AccountError", "AccountRules", "Accounts", "NextStep", "Outcome"]
