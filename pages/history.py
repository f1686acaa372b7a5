"""What changed, how versions came through the environments, and how long that took."""

from reldash.ui.history.page import render_history
from reldash.ui.page import start

render_history(start("history"))
