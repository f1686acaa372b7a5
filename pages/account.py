"""One's own account: name, address, password, live sessions, API tokens."""

from reldash.ui import page
from reldash.ui.account import page as account

account.render_account(page.start("account"))
