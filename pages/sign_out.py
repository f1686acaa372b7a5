"""Ends the session, and takes the cookie away."""

from reldash.ui.account.page import render_sign_out
from reldash.ui.page import start

render_sign_out(start("sign_out"))
