"""Two environments, clusters, namespaces or customers, at any moments, service by service."""

from reldash.ui import compare, page

compare.render_compare(page.start("compare"))
