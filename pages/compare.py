"""Two environments, clusters, namespaces or customers, at any moments, service by service."""

from reldash.ui import page
from reldash.ui.compare import page as compare

compare.render_compare(page.start("compare"))
