"""The platform dashboard: which version of every service runs in each environment."""

from reldash.ui import dashboard, page

dashboard.render_dashboard(page.start("platform"))
