"""How reading each cluster goes, and how to mend what fails."""

from reldash.ui import page
from reldash.ui.clusters import page as clusters

clusters.render_clusters(page.start("clusters"))
