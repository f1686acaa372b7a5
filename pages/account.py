"""The user's own account: name, email address, password, active sessions, API tokens."""

from reldash.ui.account.page import render_account
from reldash.ui.page import start

render_account(start("account"))
