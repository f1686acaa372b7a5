"""The simulated AWS: its server, its clusters, and a dashboard's variables for it."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reldash.demo.aws.accounts import (
    DASHBOARD_TAG,
    ENVIRONMENT_TAG,
    NAMESPACES_TAG,
    PRINCIPALS,
)
from reldash.demo.aws.aws_api import AwsApi
from reldash.demo.aws.ecr_images import EcrImages
from reldash.demo.aws.moto_backend import MotoBackend
from reldash.demo.aws.token_authenticator import TokenAuthenticator
from reldash.demo.faults import Faults
from reldash.demo.http_servers import HttpServers
from reldash.demo.topology import PLATFORM_ACCOUNT, ClusterSpec, ReadProblem

SERVER_NAME: Final = "aws"  # among the servers
_THROTTLE_EVERY: Final = 20  # calls
_UNTAGGED: Final = ("data-lab", "eu-west-1")  # a cluster without our tags
_NOWHERE: Final = "https://127.0.0.1:9"


@dataclass(slots=True)
class SimulatedAws:
    """The demo's AWS. Its server starts at once; clusters are added later.

    Attributes:
        api: the ASGI application, with its fault switches.
        url: endpoint of every service in every region.
        images: the images in ECR.
    """

    servers: HttpServers
    authority: str  # of the clusters' certificates, PEM
    api: AwsApi = field(init=False)
    url: str = field(init=False)
    images: EcrImages = field(default_factory=EcrImages)

    def __post_init__(self) -> None:
        self.api = AwsApi(MotoBackend(), Faults(throttle_every=_THROTTLE_EVERY))
        self.url = self.servers.listen(SERVER_NAME, self.api.app(), secure=False)
        name, region = _UNTAGGED
        found = self.api.backend.add_cluster(PLATFORM_ACCOUNT, region, name, 36, {})
        found.endpoint = _NOWHERE
        found.certificate_authority = self._authority_data()

    def authenticator_for(self, plan: ClusterSpec) -> TokenAuthenticator:
        """Create a cluster's token authenticator; a cluster that refuses us has no access entry."""
        entries = () if plan.trouble is ReadProblem.REFUSED else (PRINCIPALS[plan.account],)
        return TokenAuthenticator(plan.name, self.url, entries)

    def add_cluster(self, plan: ClusterSpec, url: str) -> None:
        """Add a cluster to EKS, with its tags and API URL."""
        found = self.api.backend.add_cluster(
            plan.account, plan.region, plan.name, plan.minor, _tags(plan)
        )
        found.endpoint = url
        found.certificate_authority = self._authority_data()

    def save_variables(self, folder: Path) -> dict[str, str]:
        """Return the environment variables that direct a process here, overriding a `.env`.

        Writes the AWS configuration file that they name into `folder` (created if missing).
        """
        folder.mkdir(parents=True, exist_ok=True)
        config = folder.resolve() / "aws.ini"
        config.write_text("[default]\nregion = eu-west-1\n")
        backend = self.api.backend
        services = {f"AWS_ENDPOINT_URL_{name}": self.url for name in ("ECR", "EKS", "STS")}
        return services | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": backend.access_key,
            "AWS_SECRET_ACCESS_KEY": backend.secret_key,
            "AWS_PROFILE": "default",
            "AWS_CONFIG_FILE": str(config),
            "AWS_SHARED_CREDENTIALS_FILE": str(config),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def _authority_data(self) -> dict[str, str]:
        return {"data": base64.b64encode(self.authority.encode()).decode()}


def _tags(plan: ClusterSpec) -> dict[str, str]:
    environments = [name for name, _ in plan.environments]
    value = environments[0] if len(environments) == 1 else "nonprod"
    tags = {"owner": "platform-team", DASHBOARD_TAG: plan.dashboard, ENVIRONMENT_TAG: value}
    if plan.namespaces is not None:
        # AWS allows no commas in tag values.
        tags[NAMESPACES_TAG] = " ".join(plan.namespaces)
    return tags
