"""Ends the session, and takes the cookie away."""

from reldash.ui import page
from reldash.ui.account import page as account

account.render_sign_out(page.start("sign_out"))
