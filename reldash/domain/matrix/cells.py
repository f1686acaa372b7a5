"""What a matrix is made of: columns, rows, and cells with the places behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reldash.domain.drift.lag import Lag
from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.registries.scans import Scan


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
    places: tuple[PlaceDetails, ...] = ()
    pushed_at: datetime | None = None
    scan: Scan | None = None
    fixed_earlier: str = ""


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
