"""Compare two environments, clusters, namespaces or customers, now or in the past."""

from reldash.ui.compare.page import render_compare
from reldash.ui.page import start

render_compare(start("compare"))
