"""A fleet that runs on one laptop: simulated Kubernetes APIs, AWS, and a release train.

It shares no code with the collector, so that neither can hide the other's mistakes.
"""

from reldash.demo.fleet import DemoFleet

__all__ = ["DemoFleet"]
