"""One's own account: name, address, password, live sessions, API tokens."""

from reldash.ui import account, page

account.render_account(page.start("account"))
