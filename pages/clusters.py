"""Status of each cluster, and how to fix failures."""

from reldash.ui.clusters.page import render_clusters
from reldash.ui.page import start

render_clusters(start("clusters"))
