"""The fleet file as plain values: environments, dashboards, clusters and rules."""

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
        promotes_from: the name of the environment before; None if it stands apart. It is ignored
            if `default_baseline` is True: the file does not set it, and the environment before it
            in the dashboard's list is meant.
        pinned: whether images must be pinned, so that moving tags are flagged.
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
    """A dashboard: environments in promotion order, and a rule for customers if it has any."""

    key: str
    title: str
    environments: tuple[Environment, ...]
    customer: CustomerRule | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the fleet.

    Attributes:
        dashboards: the keys of its dashboards.
        environments: namespace patterns (fnmatch) by environment, ("*",) for the whole cluster;
            the first environment with a matching pattern has the namespace.
        namespaces: the only ones that are read; None for all.
        region: where it is, such as eu-west-1; "" if not known.
    """

    name: str
    dashboards: tuple[str, ...]
    environments: Mapping[str, tuple[str, ...]]
    namespaces: tuple[str, ...] | None = None
    region: str = ""

    def environment_of(self, namespace: str) -> str | None:
        """The environment whose pattern matches; `Namespaces` also honours excluded namespaces."""
        for environment, patterns in self.environments.items():
            if any(fnmatchcase(namespace, pattern) for pattern in patterns):
                return environment
        return None


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """Rules that group containers into rows (section `services` of the fleet file)."""

    name: tuple[str, ...] = ("label:app.kubernetes.io/name", "label:app", "workload")
    owner: tuple[str, ...] = ("label:team", "label:app.kubernetes.io/part-of")
    strip_suffixes: tuple[str, ...] = ("-primary",)
    exclude_namespaces: tuple[str, ...] = ("kube-system", "kube-public", "kube-node-lease")
    sidecars: tuple[str, ...] = ("istio-proxy", "linkerd-proxy", "*/envoy")
    expected: tuple[str, ...] = ()  # services that every environment must have


@dataclass(frozen=True, slots=True)
class CollectRules:
    """Rules for reading clusters, and when a read is too old (section `collect`)."""

    interval: timedelta = timedelta(seconds=60)
    timeout: timedelta = timedelta(seconds=10)
    pods: bool = True
    stale_after: timedelta = timedelta(minutes=5)
    rolling_max: timedelta = timedelta(minutes=30)
    degraded_after: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Links of a cell's details (section `links`): templates of web addresses, or "".

    Attributes:
        argocd: to the application of a workload; flux: to its Kustomization or HelmRelease.
        helm: to its Helm release.
        registry: to its image, for a registry without a known web page.
        source: to its source, if the workload does not name it; commit: to the commit built.
        more: further templates by the name that the link is shown under.
    """

    argocd: str = ""
    flux: str = ""
    helm: str = ""
    registry: str = ""
    source: str = ""
    commit: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VersionRule:
    """How tags that match a pattern are read (section `versions`).

    Attributes:
        images: patterns with `*` and `?` of images without tag; empty for all.
        services: likewise of services.
        pattern: has a named group for each name in `order`.
        order: the groups that decide, most significant first; at least one.
    """

    images: tuple[str, ...]
    services: tuple[str, ...]
    pattern: re.Pattern[str]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryRules:
    """How long ended rollouts and the times of reads are kept (section `history`)."""

    keep: timedelta = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class FleetRules:
    """The parts of the fleet file that the domain needs."""

    environments: tuple[Environment, ...]
    dashboards: Mapping[str, Dashboard]
    clusters: tuple[Cluster, ...]
    services: ServiceRules = field(default_factory=ServiceRules)
    collect: CollectRules = field(default_factory=CollectRules)
    links: LinkRules = field(default_factory=LinkRules)
    freezes: tuple[Freeze, ...] = ()
    versions: tuple[VersionRule, ...] = ()
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
