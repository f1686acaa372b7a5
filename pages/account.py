"""One's own account: name, address, password, live sessions, API tokens."""

from reldash.ui.account.page import render_account
from reldash.ui.page import start

render_account(start("account"))
