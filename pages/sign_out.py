"""Ends the session, and takes the cookie away."""

from reldash.ui import account, page

account.render_sign_out(page.start("sign_out"))
