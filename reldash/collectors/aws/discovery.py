"""Finds EKS clusters: ListClusters by region and role, and the tags of each."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.aws.clients import AwsClients, Identity, get_clients
from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.collectors.http.parallel import get_parallel
from reldash.config import DiscoverRule
from reldash.domain.fleet.discovered import DiscoveredCluster, RegionRead
from reldash.errors import CollectError

REGIONS_AT_ONCE: Final = 8
CLUSTERS_AT_ONCE: Final = 4  # of a region: AWS allows a few DescribeCluster a second
LOOK_SECONDS: Final = 60.0  # for one region, throttling and all
MOST_A_PAGE: Final = 100  # AWS's own bound
NOT_FOUND: Final = 404


def get_discovered(
    rules: Iterable[DiscoverRule], clients: AwsClients | None = None
) -> list[RegionRead]:
    """Look into every region of every rule, all at once; no failure hides what others found.

    Returns a read for each region, in the order of the rules. All of them carry one time, so that
    which cluster was found first does not hang on whose answer came first. Never raises for
    faults of AWS.

    Args:
        rules: of the fleet file.
        clients: to ask with; the process's own by default.
    """
    asked = clients or get_clients()
    started_at = datetime.now(UTC)

    def look(place: Identity) -> RegionRead:
        return _Look(asked, place, started_at, time.monotonic() + LOOK_SECONDS).read()

    places = [
        Identity(region, rule.role_arn, rule.external_id)
        for rule in rules
        for region in rule.regions
    ]
    return get_parallel(look, places, REGIONS_AT_ONCE)


class _Look:
    """One look into one region."""

    def __init__(
        self, clients: AwsClients, identity: Identity, started_at: datetime, deadline: float
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
                error.mend,
            )
        found = tuple(each for each in described if each is not None)
        return RegionRead(region, role_arn, self._started_at, found)

    def _list(self) -> list[str]:
        """The names of all clusters, page by page."""
        names: list[str] = []
        more: dict[str, object] = {}
        while True:
            answer = self._call("eks", "ListClusters", maxResults=MOST_A_PAGE, **more)
            names.extend(answer.get("clusters", ()))
            if not answer.get("nextToken"):
                return names
            more = {"nextToken": answer["nextToken"]}

    def _describe(self, name: str) -> DiscoveredCluster | None:
        """A cluster with its tags, or with why AWS does not tell them; None if it has just gone."""
        region, role_arn = self._identity.region, self._identity.role_arn
        try:
            told = self._call("eks", "DescribeCluster", name=name)["cluster"]
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
                error_mend=error.mend,
            )
        tags = {str(key): str(value) for key, value in (told.get("tags") or {}).items()}
        arn = str(told["arn"])
        return DiscoveredCluster(name, arn, _account(arn), region, role_arn, tags, self._started_at)

    def _arn(self, name: str) -> str:
        """The ARN of a cluster that AWS does not describe: it is in the account of who asks."""
        caller = str(self._call("sts", "GetCallerIdentity")["Arn"])
        _, partition, _, _, account, _ = caller.split(":", 5)
        return f"arn:{partition}:eks:{self._identity.region}:{account}:cluster/{name}"

    def _call(self, service: str, operation: str, **arguments: object) -> Mapping[str, Any]:
        if time.monotonic() > self._deadline:
            message = f"{service}:{operation} in {self._identity}: not done in {LOOK_SECONDS:.0f} s"
            raise OutOfTimeError("Out of time", message, "look at AWS's health")
        return self._clients.call(service, operation, self._identity, self._deadline, **arguments)


def _account(arn: str) -> str:
    return arn.split(":")[4]
