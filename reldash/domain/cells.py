"""What a matrix is made of: columns, rows, and cells with the places behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from reldash.domain.model import ContainerRole, WorkloadKind
from reldash.domain.scans import Scan
from reldash.domain.states import Flag, State


class Axis(StrEnum):
    """What a matrix has a column for."""

    ENVIRONMENT = "environment"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` is unique in its matrix and safe in URLs and CSV heads.

    By environment the key is its name; by cluster the cluster's name (a cluster that holds
    several environments has one column each, `cluster/environment`); by namespace
    `environment/namespace`; by customer `environment/customer` (customer "-" where none).

    Attributes:
        environment: the environment it belongs to: what baselines and budgets are asked of.
        read_at: the oldest last good read among its clusters; None if one was never read.
        stale, failed: names of clusters in it whose last good read is too old / last read failed.
    """

    key: str
    title: str
    environment: str
    group: str = ""
    read_at: datetime | None = None
    stale: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One primary container (or sidecar, on its own row) of one workload in a cell.

    What registries tell is None where it is not known: of a registry that is never asked, say.

    Attributes:
        pushed_at: when what runs was first pushed to any registry; of several, the earliest.
        size: bytes of what runs, compressed; of several, the largest.
        scan: the worst of what runs.
        current: digest that the registry now gives for its tag, where that has moved; else "".
        registry: a sentence, where its registry could not be reached lately; else "".
        labels, annotations: of the workload, as observed: they tell how it came there.
    """

    cluster: str
    environment: str
    namespace: str
    customer: str | None
    kind: WorkloadKind
    workload: str
    container: str
    role: ContainerRole
    image: str  # wanted
    version: str
    running: tuple[str, ...]  # distinct image references of live pods
    digests: tuple[str, ...]  # distinct image ids of live pods, as reported
    ready: int | None  # None where it is not kept of a past moment
    wanted: int | None
    status: str  # "complete", "progressing: 2 of 4 updated", "canary 10 % 1.5.0" ...
    since: datetime | None  # start of the open rollout
    since_approximate: bool
    observed_at: datetime | None  # None if no read stands behind what history tells
    waiting: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()  # those that this place alone gives
    pushed_at: datetime | None = None
    size: int | None = None
    scan: Scan | None = None
    current: str = ""
    registry: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a cell stands from its baseline.

    Attributes:
        major, minor, patch: numbers by which the first differing semver part differs; else 0.
        releases: distinct versions seen anywhere that lie between, counting the baseline's;
            None where they cannot be ordered.
        dwell: for how long anything newer, up to the baseline's version, has waited in the
            baseline to come here.
        ahead: True if the cell is the newer one.
    """

    major: int = 0
    minor: int = 0
    patch: int = 0
    releases: int | None = None
    dwell: timedelta | None = None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A service in a column.

    Attributes:
        version: what is shown: the one version, or the most frequent one; "" where absent.
        versions: each version with its number of places, most frequent first.
        state, flags: see `states`; flags in the order of the enum.
        drift: whether it counts as drift (a quiet absence, waiting, the version that a rolling
            update replaces, and what is scaled to zero do not).
        reason: one sentence: which rule gave the state, naming versions and baseline.
        flag_reasons: one sentence a flag.
        baseline: key of the environment it was compared with, or None.
        method: how versions were ordered ("semver", "date", "counter", "push time",
            "first rollout"), or "" where no order was needed or none applies.
        since: when the oldest of its places began to run the shown version.
        observed_at: the oldest last good read among its places.
        candidate: "canary 10 % 1.5.0" where an Argo Rollout has one under way.
        pushed_at: when the shown version was first pushed to a registry; None if not known.
        scan: the worst of all that its places run; None where no registry told.
        fixed_earlier: a sentence, where it runs critical or high findings that an earlier
            environment has fewer of; else "".
    """

    version: str
    state: State
    versions: tuple[tuple[str, int], ...] = ()
    flags: tuple[Flag, ...] = ()
    drift: bool = False
    reason: str = ""
    flag_reasons: Mapping[Flag, str] = field(default_factory=dict)
    lag: Lag | None = None
    baseline: str | None = None
    baseline_version: str = ""
    method: str = ""
    since: datetime | None = None
    observed_at: datetime | None = None
    candidate: str = ""
    places: tuple[Place, ...] = ()
    pushed_at: datetime | None = None
    scan: Scan | None = None
    fixed_earlier: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A service. `sidecar` rows hold containers that never make a service drift."""

    service: str
    owner: str = ""
    sidecar: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Service by column. Immutable, so that sessions share one.

    Attributes:
        cells: keyed by (service, column key); every pair is present.
        unreached: a sentence for each registry of its rows' images that was not reached lately.
    """

    dashboard: str
    axis: Axis
    as_of: datetime
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: Mapping[tuple[str, str], Cell]
    unreached: tuple[str, ...] = ()

    def cell(self, service: str, column: str) -> Cell:
        """The cell of a service in a column; KeyError if the matrix has no such pair."""
        return self.cells[service, column]
