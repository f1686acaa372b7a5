"""The customer solutions dashboard: the same, where each customer has copies."""

from reldash.ui import page
from reldash.ui.dashboard import page as dashboard

dashboard.render_dashboard(page.start("customer_solutions"))
