"""Discovers EKS clusters: ListClusters by region and role, and the tags of each."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.clients import AwsClients, AwsIdentity, get_clients
from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.collectors.http.parallel import get_parallel
from reldash.config import DiscoverRule
from reldash.domain.fleet.discovered import DiscoveredCluster, RegionRead
from reldash.errors import CollectError

REGIONS_AT_ONCE: Final = 8
CLUSTERS_AT_ONCE: Final = 4  # per region: AWS allows a few DescribeCluster a second
REGION_SECONDS: Final = 60.0  # limit for one region, retries included
PAGE_SIZE: Final = 100  # the maximum that AWS allows
NOT_FOUND: Final = 404


def get_discovered(
    rules: Iterable[DiscoverRule], clients: AwsClients | None = None
) -> list[RegionRead]:
    """Discover the clusters of every region of every rule, concurrently.

    Returns a read for each region, in the order of the rules. All carry the same time, so that
    the order of discovery does not depend on which response arrives first. Never raises for
    failures of AWS; one region's failure does not affect the others.

    Args:
        rules: of the fleet file.
        clients: to call AWS with; those of the process by default.
    """
    aws = clients or get_clients()
    started_at = datetime.now(UTC)

    def read(region: AwsIdentity) -> RegionRead:
        return _RegionDiscovery(aws, region, started_at, time.monotonic() + REGION_SECONDS).read()

    regions = [
        AwsIdentity(region, rule.role_arn, rule.external_id)
        for rule in rules
        for region in rule.regions
    ]
    return get_parallel(read, regions, REGIONS_AT_ONCE)


class _RegionDiscovery:
    """One discovery run in one region."""

    def __init__(
        self, clients: AwsClients, identity: AwsIdentity, started_at: datetime, deadline: float
    ) -> None:
        self._clients = clients
        self._identity = identity
        self._started_at = started_at
        self._deadline = deadline

    def read(self) -> RegionRead:
        region, role_arn = self._identity.region, self._identity.role_arn
        try:
            names = self._list()
            described = get_parallel(self._describe, names, CLUSTERS_AT_ONCE)
        except CollectError as error:
            return RegionRead(
                region,
                role_arn,
                self._started_at,
                None,
                error.title,
                error.message,
                error.remedy,
            )
        found = tuple(each for each in described if each is not None)
        return RegionRead(region, role_arn, self._started_at, found)

    def _list(self) -> list[str]:
        """The names of all clusters, page by page."""
        names: list[str] = []
        token: dict[str, object] = {}
        while True:
            answer = self._call("eks", "ListClusters", maxResults=PAGE_SIZE, **token)
            names.extend(answer.get("clusters", ()))
            if not answer.get("nextToken"):
                return names
            token = {"nextToken": answer["nextToken"]}

    def _describe(self, name: str) -> DiscoveredCluster | None:
        """A cluster with its tags, or the error of reading them; None if it was just deleted."""
        region, role_arn = self._identity.region, self._identity.role_arn
        try:
            cluster = self._call("eks", "DescribeCluster", name=name)["cluster"]
        except ReadError as error:
            if error.status == NOT_FOUND:
                return None
            return DiscoveredCluster(
                name=name,
                arn=(arn := self._arn(name)),
                account=_account(arn),
                region=region,
                role_arn=role_arn,
                tags=None,
                found_at=self._started_at,
                error_title=error.title,
                error_message=error.message,
                error_remedy=error.remedy,
            )
        tags = {str(key): str(value) for key, value in (cluster.get("tags") or {}).items()}
        arn = str(cluster["arn"])
        return DiscoveredCluster(name, arn, _account(arn), region, role_arn, tags, self._started_at)

    def _arn(self, name: str) -> str:
        """The ARN of a cluster that cannot be described: it is in the caller's account."""
        caller = str(self._call("sts", "GetCallerIdentity")["Arn"])
        _, partition, _, _, account, _ = caller.split(":", 5)
        return f"arn:{partition}:eks:{self._identity.region}:{account}:cluster/{name}"

    def _call(self, service: str, operation: str, **arguments: object) -> Mapping[str, Any]:
        if time.monotonic() > self._deadline:
            message = (
                f"{service}:{operation} in {self._identity}: not done in {REGION_SECONDS:.0f} s"
            )
            raise OutOfTimeError("Out of time", message, "check the AWS health status")
        return self._clients.call(service, operation, self._identity, self._deadline, **arguments)


def _account(arn: str) -> str:
    return arn.split(":")[4]
