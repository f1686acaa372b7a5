"""What the fleet file says, as plain values: environments, dashboards, clusters and rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.freezes import Freeze


class LagLevel(StrEnum):
    """A distance between two versions, smallest first."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Budget:
    """Behind within both bounds is `waiting`; a bound that is None is not set."""

    dwell: timedelta | None = None
    lag: LagLevel | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """A column of a dashboard.

    Attributes:
        promotes_from: a name; None where it stands apart. `default_baseline` is True where the
            file does not say, so that the one before it in the dashboard's list is meant.
        pinned: moving tags are a fault here.
    """

    name: str
    promotes_from: str | None = None
    default_baseline: bool = True
    pinned: bool = False
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class CustomerRule:
    """How a workload's customer is found.

    Attributes:
        namespace: a pattern of the whole namespace with the group `customer`; comes first.
        label: the name of a label of the workload or its pod template.
    """

    namespace: re.Pattern[str] | None = None
    label: str | None = None

    def customer_of(self, namespace: str, labels: Mapping[str, str]) -> str | None:
        """The customer that a workload serves; None if the rule does not match."""
        match = self.namespace.fullmatch(namespace) if self.namespace is not None else None
        if match is not None:
            return match["customer"] or None
        return labels.get(self.label) or None if self.label is not None else None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A title, environments in promotion order, and a rule for customers if it has any."""

    key: str
    title: str
    environments: tuple[Environment, ...]
    customer: CustomerRule | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster's place in the fleet.

    `environments` maps an environment to namespace patterns (fnmatch); ("*",) for all of it.
    The first environment with a matching pattern has the namespace.
    """

    name: str
    dashboards: tuple[str, ...]
    environments: Mapping[str, tuple[str, ...]]
    namespaces: tuple[str, ...] | None = None

    def environment_of(self, namespace: str) -> str | None:
        """The environment that a namespace belongs to, or None if no pattern matches."""
        for environment, patterns in self.environments.items():
            if any(fnmatchcase(namespace, pattern) for pattern in patterns):
                return environment
        return None


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """How containers become rows (section `services` of the fleet file)."""

    name: tuple[str, ...] = ("label:app.kubernetes.io/name", "label:app", "workload")
    owner: tuple[str, ...] = ("label:team", "label:app.kubernetes.io/part-of")
    strip_suffixes: tuple[str, ...] = ("-primary",)
    exclude_namespaces: tuple[str, ...] = ("kube-system", "kube-public", "kube-node-lease")
    sidecars: tuple[str, ...] = ("istio-proxy", "linkerd-proxy", "*/envoy")
    expected: tuple[str, ...] = ()  # services that every environment must have


@dataclass(frozen=True, slots=True)
class CollectRules:
    """How clusters are read and when what was read is too old (section `collect`)."""

    interval: timedelta = timedelta(seconds=60)
    timeout: timedelta = timedelta(seconds=10)
    pods: bool = True
    stale_after: timedelta = timedelta(minutes=5)
    rolling_max: timedelta = timedelta(minutes=30)
    degraded_after: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Where the details of a cell link to (section `links`): templates of web addresses, or "".

    Attributes:
        argocd: the application that a workload belongs to; flux: its Kustomization or HelmRelease.
        helm: its Helm release.
        registry: its image, where the registry has no web page that is known.
        source: its source, where the workload does not say where that is; commit: what was built.
        more: further ones by the name they are shown under.
    """

    argocd: str = ""
    flux: str = ""
    helm: str = ""
    registry: str = ""
    source: str = ""
    commit: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryRules:
    """How long ended rollouts and times of reading are kept (section `history`)."""

    keep: timedelta = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class FleetRules:
    """All that pure code needs of the fleet file."""

    environments: tuple[Environment, ...]
    dashboards: Mapping[str, Dashboard]
    clusters: tuple[Cluster, ...]
    services: ServiceRules = field(default_factory=ServiceRules)
    collect: CollectRules = field(default_factory=CollectRules)
    links: LinkRules = field(default_factory=LinkRules)
    freezes: tuple[Freeze, ...] = ()
    history: HistoryRules = field(default_factory=HistoryRules)

    def dashboard(self, key: str) -> Dashboard:
        """The dashboard of a key.

        Raises:
            ChoiceError: there is none; the message lists those that exist.
        """
        found = self.dashboards.get(key)
        if found is None:
            expected = ", ".join(self.dashboards)
            raise ChoiceError("Unknown dashboard", f"{key[:60]!r}: expected one of {expected}")
        return found
