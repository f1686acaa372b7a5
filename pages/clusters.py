"""How reading each cluster goes, and how to mend what fails."""

from reldash.ui.clusters.page import render_clusters
from reldash.ui.page import start

render_clusters(start("clusters"))
