"""What runs, what drifts, what changed last, and how old the data is."""

from reldash.ui import page
from reldash.ui.overview import page as overview

overview.render_overview(page.start("overview"))
