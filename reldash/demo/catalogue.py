"""The services of the demo fleet by team, with each team's habits of labels and tags.

Those that show one state or flag for good are set up in `scenarios`; the train leaves them alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from reldash.demo.build_sequence import TagScheme
from reldash.demo.workload import Container, Kind

ISTIO = (
    Container("istio-init", "docker.io/istio/proxyv2:1.24.1", "init"),
    Container("istio-proxy", "docker.io/istio/proxyv2:1.24.1", "main"),
)
ENVOY = (Container("envoy", "envoyproxy/envoy:v1.31.3", "main"),)
MIGRATE = (Container("migrate", "ghcr.io/amacneil/dbmate:2.21", "init"),)
SHIPPER = (Container("log-shipper", "fluent/fluent-bit:3.1", "sidecar"),)
SQL_PROXY = (
    Container("sql-proxy", "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14.1", "sidecar"),
)


class LabelStyle(StrEnum):
    """Which labels a team sets on its workloads."""

    FULL = "app.kubernetes.io/*"
    APP = "app"
    BARE = "none"  # no labels but the selector's own


class ImagePinning(StrEnum):
    """How pod templates reference images."""

    TAG = "tag"
    DIGEST = "digest"
    BOTH = "tag and digest"


@dataclass(frozen=True, slots=True)
class Service:
    """One service as its team runs it.

    Attributes:
        named: the name in its labels, if not the workload's name.
        repository: in the company's registry; `<team>/<name>` if "".
        locations: keys of `PLATFORM_LOCATIONS` in the order that releases pass them.
        argo: strategy as an Argo Rollout, where installed: "canary" or "blueGreen"; "" for none.
        moves: whether the release train moves it.
    """

    name: str
    team: str
    naming: TagScheme = TagScheme.SEMVER
    kind: Kind = Kind.DEPLOYMENT
    labels: LabelStyle = LabelStyle.FULL
    pin: ImagePinning = ImagePinning.TAG
    replicas: int = 2
    others: tuple[Container, ...] = ()
    named: str = ""
    component: str = ""
    repository: str = ""
    schedule: str = ""
    argo: str = ""
    locations: tuple[str, ...] = ("dev", "lit", "stg", "eu", "us")
    moves: bool = True

    @property
    def image_repository(self) -> str:
        """The repository; without a registry if it is in the company's."""
        return self.repository or f"{self.team}/{self.name}"


_SHARED = ("dev", "lit", "shared", "stg", "eu", "us")
_EU_ONLY = ("dev", "lit", "stg", "eu")

MOVING: tuple[Service, ...] = (
    Service("ledger", "payments", others=ISTIO, replicas=3),
    Service("payout-batch", "payments", kind=Kind.CRON_JOB, schedule="15 */2 * * *"),
    Service("cart", "checkout", TagScheme.V_SEMVER, others=ISTIO, replicas=3),
    Service("checkout-api", "checkout", others=(*ISTIO, *MIGRATE)),
    Service(
        "orders-api", "checkout", named="orders", component="api", repository="checkout/orders"
    ),
    Service(
        "orders-worker",
        "checkout",
        named="orders",
        component="worker",
        repository="checkout/orders",
    ),
    Service("product-catalog", "catalog", TagScheme.COUNTER, replicas=3),
    Service(
        "stock-sync", "catalog", TagScheme.COUNTER, kind=Kind.CRON_JOB, schedule="*/20 * * * *"
    ),
    Service("catalog-indexer", "catalog", TagScheme.SHORT_COMMIT, labels=LabelStyle.APP),
    Service("search-api", "search", TagScheme.SHORT_COMMIT, others=ENVOY, labels=LabelStyle.APP),
    Service("synonyms", "search", TagScheme.LONG_COMMIT, labels=LabelStyle.APP, replicas=1),
    Service("sign-in", "identity", others=ISTIO, locations=_SHARED, replicas=3),
    Service("session-store", "identity", kind=Kind.STATEFUL_SET, locations=_SHARED),
    Service(
        "directory-sync", "identity", kind=Kind.CRON_JOB, schedule="5 * * * *", locations=_EU_ONLY
    ),
    Service("dunning", "billing", TagScheme.CALENDAR, kind=Kind.CRON_JOB, schedule="0 6 * * *"),
    Service("price-lists", "billing", TagScheme.CALENDAR, others=MIGRATE),
    Service("credit-notes", "billing", TagScheme.HEX_SUFFIX),
    Service("parcel-quotes", "shipping", TagScheme.V_SEMVER, labels=LabelStyle.BARE),
    Service("customs-forms", "shipping", labels=LabelStyle.BARE, replicas=1, locations=_EU_ONLY),
    Service("push-sender", "messaging", pin=ImagePinning.BOTH, others=SHIPPER),
    Service("template-service", "messaging", TagScheme.ALPINE),
    Service("clickstream", "insights", TagScheme.COUNTER, others=SHIPPER, replicas=3),
    Service(
        "dashboards",
        "insights",
        TagScheme.SHORT_COMMIT,
        pin=ImagePinning.DIGEST,
        locations=_EU_ONLY,
    ),
    Service("risk-rules", "risk", pin=ImagePinning.DIGEST),
    Service("device-fingerprint", "risk", labels=LabelStyle.APP),
    Service("log-forwarder", "infra", kind=Kind.DAEMON_SET, replicas=3, locations=_SHARED),
    Service("cert-rotator", "infra", labels=LabelStyle.BARE, replicas=1, locations=_SHARED),
    Service("help-pages", "storefront", TagScheme.CALENDAR, argo="canary"),
    Service("gift-cards", "storefront", argo="canary", others=ISTIO, replicas=3),
)

# Services sold to customers. Each customer has its own copy, and not every customer has all.
SOLUTIONS: tuple[Service, ...] = (
    Service("portal", "solutions", others=ISTIO),
    Service("tenant-api", "solutions", others=(*ISTIO, *MIGRATE)),
    Service("document-store", "solutions", kind=Kind.STATEFUL_SET),
    Service("workflow-engine", "workflows", TagScheme.V_SEMVER),
    Service("form-designer", "workflows", TagScheme.V_SEMVER, replicas=1),
    Service("integration-hub", "integrations", TagScheme.COUNTER),
    Service("data-export", "integrations", kind=Kind.CRON_JOB, schedule="0 2 * * *"),
    Service("notification-relay", "integrations", TagScheme.ALPINE, replicas=1),
    Service("billing-adapter", "integrations", labels=LabelStyle.APP, replicas=1),
    Service("report-engine", "workflows", TagScheme.CALENDAR, labels=LabelStyle.APP),
)
