"""Two environments, clusters, namespaces or customers, at any moments, service by service."""

from reldash.ui.compare.page import render_compare
from reldash.ui.page import start

render_compare(start("compare"))
