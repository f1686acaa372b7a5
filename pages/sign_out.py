"""End the session and remove its cookie."""

from reldash.ui.account.page import render_sign_out
from reldash.ui.page import start

render_sign_out(start("sign_out"))
