"""Changes, promotions through the environments, and lead times."""

from reldash.ui.history.page import render_history
from reldash.ui.page import start

render_history(start("history"))
