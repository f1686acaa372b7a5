"""What people set: the environment and `.env` (Settings), and the fleet file (Fleet).

The only part that reads the environment.
"""

from reldash.config.access import (
    Access,
    EksAccess,
    InClusterAccess,
    KubeconfigAccess,
    ServerAccess,
)
from reldash.config.discover import DiscoverRule
from reldash.config.environment import take_up_aws_variables
from reldash.config.fleet import ClusterEntry, Fleet, load_fleet
from reldash.config.registry import RegistryRole, RegistryRules
from reldash.config.settings import Settings, load_settings

__all__ = [
    "Access",
    "ClusterEntry",
    "DiscoverRule",
    "EksAccess",
    "Fleet",
    "InClusterAccess",
    "KubeconfigAccess",
    "RegistryRole",
    "RegistryRules",
    "ServerAccess",
    "Settings",
    "load_fleet",
    "load_settings",
    "take_up_aws_variables",
]
