"""What changed, how versions came through the environments, and how long that took."""

from reldash.ui import history, page

history.render_history(page.start("history"))
