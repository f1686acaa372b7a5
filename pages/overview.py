"""What runs, what drifts, what changed last, and how old the data is."""

from reldash.ui import overview, page

overview.render_overview(page.start("overview"))
