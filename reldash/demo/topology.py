"""Where the demo fleet's services run: its clusters, and the stages a release passes."""

from dataclasses import dataclass
from enum import StrEnum

PLATFORM_ACCOUNT = "123456789012"  # of AWS; the company's registry is there, too
SOLUTIONS_ACCOUNT = "210987654321"


class ReadProblem(StrEnum):
    """A permanent problem with reading a cluster; "" for none."""

    NONE = ""
    REFUSED = "refused"  # the token is wrong
    EXPIRES = "expires"  # the token expires after the first read
    NO_PODS = "no pods"  # the account may not list pods
    NAMESPACED = "namespaced"  # the account may list some namespaces only
    FLAPPING = "flapping"  # down from time to time
    BUSY = "busy"  # responds 429 from time to time


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """One cluster as described in the fleet file.

    Attributes:
        environments: environment to namespace patterns; ("*",) means the whole cluster.
        region: of the cluster and of the registry that its nodes pull from.
        argo: whether Argo Rollouts is installed.
        minor: of the Kubernetes version, 1.`minor`.
        namespaces: the only readable ones; None for all.
    """

    name: str
    dashboard: str
    environments: tuple[tuple[str, tuple[str, ...]], ...]
    region: str
    argo: bool = False
    minor: int = 36
    trouble: ReadProblem = ReadProblem.NONE
    namespaces: tuple[str, ...] | None = None

    @property
    def account(self) -> str:
        """The AWS account of the cluster."""
        return PLATFORM_ACCOUNT if self.dashboard == "platform" else SOLUTIONS_ACCOUNT


@dataclass(frozen=True, slots=True)
class Location:
    """A stage of the release train: a cluster, an environment, a namespace.

    Attributes:
        namespace: may contain {team}.
        delay: days that a build usually takes from the first stage to this one.
    """

    key: str
    cluster: str
    environment: str
    namespace: str
    delay: float


def _all_of(environment: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ((environment, ("*",)),)


CUSTOMERS = {  # customer to production cluster
    "acme": "solutions-prod-eu",
    "globex": "solutions-prod-eu",
    "initech": "solutions-prod-us",
    "umbrella": "solutions-prod-us",
    "helvetia": "solutions-prod-ch",
    "matterhorn": "solutions-prod-ch",
}

CLUSTERS: tuple[ClusterSpec, ...] = (
    ClusterSpec("platform-dev", "platform", _all_of("dev"), "eu-west-1", trouble=ReadProblem.BUSY),
    ClusterSpec(
        "platform-nonprod",
        "platform",
        (("lit", ("lit-*",)), ("shared", ("shared", "shared-*"))),
        "eu-west-1",
    ),
    # Nothing is promoted from shared, so unreadable clusters there do not affect other columns.
    ClusterSpec(
        "platform-shared-ap",
        "platform",
        _all_of("shared"),
        "ap-southeast-1",
        trouble=ReadProblem.EXPIRES,
    ),
    ClusterSpec(
        "platform-shared-us",
        "platform",
        _all_of("shared"),
        "us-east-1",
        trouble=ReadProblem.REFUSED,
    ),
    ClusterSpec("platform-stg", "platform", _all_of("stg"), "eu-west-1", argo=True),
    ClusterSpec("platform-prod-eu", "platform", _all_of("prod"), "eu-west-1", argo=True, minor=35),
    ClusterSpec("platform-prod-us", "platform", _all_of("prod"), "us-east-1", argo=True, minor=35),
    ClusterSpec(
        "platform-prod-edge",
        "platform",
        _all_of("prod"),
        "eu-west-1",
        minor=34,
        trouble=ReadProblem.NO_PODS,
    ),
    ClusterSpec(
        "solutions-nonprod",
        "customer-solutions",
        (("dev", ("*-dev",)), ("stg", ("*-stg",))),
        "eu-west-1",
    ),
    ClusterSpec("solutions-prod-eu", "customer-solutions", _all_of("prod"), "eu-west-1", minor=35),
    ClusterSpec(
        "solutions-prod-us",
        "customer-solutions",
        _all_of("prod"),
        "us-east-1",
        minor=35,
        trouble=ReadProblem.FLAPPING,
    ),
    ClusterSpec(
        "solutions-prod-ch",
        "customer-solutions",
        (("prod", ("cust-helvetia", "cust-matterhorn")),),
        "eu-central-2",
        minor=34,
        trouble=ReadProblem.NAMESPACED,
        namespaces=("cust-helvetia", "cust-matterhorn"),
    ),
)

PLATFORM_LOCATIONS: dict[str, Location] = {
    location.key: location
    for location in (
        Location("dev", "platform-dev", "dev", "{team}", 0),
        Location("lit", "platform-nonprod", "lit", "lit-{team}", 1),
        Location("shared", "platform-nonprod", "shared", "shared-{team}", 1.5),
        Location("ap", "platform-shared-ap", "shared", "{team}", 2),
        Location("far", "platform-shared-us", "shared", "{team}", 2),
        Location("stg", "platform-stg", "stg", "{team}", 3),
        Location("eu", "platform-prod-eu", "prod", "{team}", 7),
        Location("us", "platform-prod-us", "prod", "{team}", 7.5),
        Location("edge", "platform-prod-edge", "prod", "{team}", 8),
    )
}


def customer_locations(customer: str) -> tuple[Location, ...]:
    """Return the stages of one customer's copy; all customers share dev."""
    return (
        Location("dev", "solutions-nonprod", "dev", "solutions-dev", 0),
        Location(f"stg/{customer}", "solutions-nonprod", "stg", f"cust-{customer}-stg", 4),
        Location(f"prod/{customer}", CUSTOMERS[customer], "prod", f"cust-{customer}", 9),
    )
