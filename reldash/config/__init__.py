"""What people set: the environment and `.env` (Settings), and the fleet file (Fleet).

The only part that reads the environment.
"""

from reldash.config.access import Access, InClusterAccess, KubeconfigAccess, ServerAccess
from reldash.config.fleet import ClusterEntry, Fleet, load_fleet
from reldash.config.settings import Settings, load_settings

__all__ = [
    "Access",
    "ClusterEntry",
    "Fleet",
    "InClusterAccess",
    "KubeconfigAccess",
    "ServerAccess",
    "Settings",
    "load_fleet",
    "load_settings",
]
