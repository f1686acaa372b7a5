"""What runs, what drifts, what changed last, and how old the data is."""

from reldash.ui.overview.page import render_overview
from reldash.ui.page import start

render_overview(start("overview"))
