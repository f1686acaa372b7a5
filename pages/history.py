"""What changed, how versions came through the environments, and how long that took."""

from reldash.ui import page
from reldash.ui.history import page as history

history.render_history(page.start("history"))
