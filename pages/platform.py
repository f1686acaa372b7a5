"""The platform dashboard: versions by service and environment."""

from reldash.ui.dashboard.page import render_dashboard
from reldash.ui.page import start

render_dashboard(start("platform"))
