"""Overview: recent changes, problems, what waits longest, drift over time."""

from reldash.ui.overview.page import render_overview
from reldash.ui.page import start

render_overview(start("overview"))
