"""The customer solutions dashboard: the same, where each customer has copies."""

from reldash.ui import dashboard, page

dashboard.render_dashboard(page.start("customer_solutions"))
