"""A fleet that runs on one laptop: a Kubernetes API simulator and a release train."""
