"""Hosts of private ECR registries: their account and region."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html (dual-stack) and the patterns of
# the kubelet's credential provider (kubernetes/cloud-provider-aws, cmd/ecr-credential-provider).
# The isolated partitions (without internet) are left out.
_HOST: Final = re.compile(
    r"(?P<account>[0-9]{12})\."
    r"(?:dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9]+(?:-[a-z0-9]+)+)\.amazonaws\.(?:com(?:\.cn)?|eu)"
    r"|dkr-ecr(?:-fips)?\.(?P<dual_region>[a-z0-9]+(?:-[a-z0-9]+)+)"
    r"\.on\.(?:aws|amazonwebservices\.com\.cn))"
)


@dataclass(frozen=True, slots=True)
class EcrRegistry:
    """A private ECR registry.

    Attributes:
        account: twelve digits.
        region: such as "eu-west-1".
        host: as in image references, such as
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com"; one registry has several.
    """

    account: str
    region: str
    host: str


@lru_cache(maxsize=2**12)
def parse_ecr(registry_host: str) -> EcrRegistry | None:
    """The private ECR registry of a host; None for any other host, such as public.ecr.aws."""
    found = _HOST.fullmatch(registry_host.lower())
    if found is None:
        return None
    return EcrRegistry(found["account"], found["region"] or found["dual_region"], registry_host)
