"""Configuration: the environment and `.env` (Settings), and the fleet file (Fleet).

The only part that reads the environment.
"""

from reldash.config.access import (
    Access,
    EksAccess,
    InClusterAccess,
    KubeconfigAccess,
    ServerAccess,
)
from reldash.config.account_fields import Network, OfferedAccount
from reldash.config.discover import DiscoverRule
from reldash.config.environment import export_aws_variables, proxy_variables
from reldash.config.fleet import ClusterEntry, Fleet, load_fleet
from reldash.config.load import load_settings, require_key
from reldash.config.mail_server import MailServer, Security
from reldash.config.registry import RegistryRole, RegistryRules
from reldash.config.settings import Settings

__all__ = [
    "Access",
    "ClusterEntry",
    "DiscoverRule",
    "EksAccess",
    "Fleet",
    "InClusterAccess",
    "KubeconfigAccess",
    "MailServer",
    "Network",
    "OfferedAccount",
    "RegistryRole",
    "RegistryRules",
    "Security",
    "ServerAccess",
    "Settings",
    "export_aws_variables",
    "load_fleet",
    "load_settings",
    "proxy_variables",
    "require_key",
]
