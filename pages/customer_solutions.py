"""The customer solutions dashboard: the same, where each customer has copies."""

from reldash.ui.dashboard.page import render_dashboard
from reldash.ui.page import start

render_dashboard(start("customer_solutions"))
