"""Values of a matrix: columns, rows, and cells with the details of their places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.lag import Lag
from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.registries.scans import Scan


class Axis(StrEnum):
    """The kind of a matrix's columns."""

    ENVIRONMENT = "environment"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its `key` is unique in its matrix and safe in URLs and CSV headers.

    By environment the key is its name; by cluster the cluster's name (a cluster that holds
    several environments has one column each, `cluster/environment`); by namespace
    `environment/namespace`; by customer `environment/customer` (customer "-" where none).

    Attributes:
        environment: the environment it belongs to, for baseline and budget.
        read_at: the oldest last successful read among its clusters; None if one was never read.
        stale, failed, unread: names of clusters in it whose last successful read is too old, whose
            last attempt failed, or that were never read.
    """

    key: str
    title: str
    environment: str
    group: str = ""
    read_at: datetime | None = None
    stale: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A service in a column.

    Attributes:
        version: the shown version, of several the one that gives the state; "" without places.
        versions: each version with its number of places, the shown one first; in a rolling update
            also those being replaced, last.
        where: where each version runs ("prod-us", "1 of 3 pods"); empty if there is only one.
        state: the one that it counts as: its own, but `unknown` where it is not fully known and
            does not drift. See `states`.
        last_known: its own state by the last data, where it counts as another; else None.
        gaps: what it depends on and was never read, or not lately: parts of its own column and
            of its baseline.
        flags: see `states`; in the order of the enum.
        drift: whether it counts as drift (a quiet absence, waiting, the version that a rolling
            update replaces, and what is scaled to zero do not).
        reason: one sentence on the rule that gave the state, with versions and baseline.
        flag_reasons: one sentence per flag.
        baseline: key of the environment it was compared with, or None.
        method: how versions were ordered ("semver", "date", "counter", "push time",
            "first rollout"), or "" if no order was needed or none applies.
        since: when the oldest of its places started to run the shown version.
        observed_at: the oldest last successful read among its places.
        candidate: "canary 10 % 1.5.0" if an Argo Rollout has one; else "".
        pushed_at: when the shown version was first pushed to a registry; None if not known.
        scan: the worst of its places; None if no registry has any.
        fixed_earlier: a sentence, if an earlier environment has fewer critical or high findings;
            else "".
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
    last_known: State | None = None
    gaps: tuple[Gap, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_state(self) -> State:
        """Its own state by the last data, however old: what its mark and its details show."""
        return self.last_known or self.state

    @property
    def is_known(self) -> bool:
        """Whether all that it depends on was read lately, and gives it a state."""
        return not self.gaps and self.state is not State.UNKNOWN

    @property
    def is_stale(self) -> bool:
        """Whether anything that it shows was read too long ago."""
        return any(gap.is_stale for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells of services by columns. Immutable, so that sessions share one.

    Attributes:
        cells: keyed by (service, column key); every pair is present.
        unreached: a sentence for each registry of its images whose last read failed.
    """

    dashboard: str
    axis: Axis
    as_of: datetime
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: Mapping[tuple[str, str], Cell]
    unreached: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The clusters of its columns that were never read, or too long ago."""
        found = (name for column in self.columns for name in (*column.unread, *column.stale))
        return tuple(dict.fromkeys(found))

    def cell(self, service: str, column: str) -> Cell:
        """The cell of a service in a column; raises KeyError if the matrix has no such pair."""
        return self.cells[service, column]
