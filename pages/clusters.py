"""How reading each cluster goes, and how to mend what fails."""

from reldash.ui import clusters, page

clusters.render_clusters(page.start("clusters"))
