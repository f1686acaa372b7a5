"""The customer solutions dashboard: versions by service, environment and customer."""

from reldash.ui.dashboard.page import render_dashboard
from reldash.ui.page import start

render_dashboard(start("customer_solutions"))
