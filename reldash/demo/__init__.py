"""A simulated fleet for one laptop: Kubernetes APIs, AWS, and releases that move.

It shares no code with the collector, so that neither can hide the other's mistakes.
"""

from reldash.demo.fleet import DemoFleet

__all__ = ["DemoFleet"]
