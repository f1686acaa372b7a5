"""The platform dashboard: which version of every service runs in each environment."""

from reldash.ui.dashboard.page import render_dashboard
from reldash.ui.page import start

render_dashboard(start("platform"))
