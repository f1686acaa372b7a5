"""The platform dashboard: which version of every service runs in each environment."""

from reldash.ui import page
from reldash.ui.dashboard import page as dashboard

dashboard.render_dashboard(page.start("platform"))
