"""Metrics of the history: lead times, rollouts per day, rollbacks, dwell.

`metric_definitions` defines each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import Final

from reldash.domain.history.changes import NO_ROLLOUT, Change, ChangeKind
from reldash.domain.history.promotions import Promotion
from reldash.domain.history.service_records import ServiceRecord
from reldash.domain.matrix.cells import Matrix

# Fewer give no meaningful percentile; `metric_definitions.PERCENTILES` has these numbers too.
LEAST_FOR_MEDIAN: Final = 3
LEAST_FOR_P90: Final = 10

_DAY = timedelta(days=1)

ALL_KNOWN: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """The lead times of one step in a period.

    Attributes:
        count: the number of promotions; timed: of those with a known lead time; approximate: of
            those of them with an approximate one.
        median, p90: of the known lead times; None if there are too few (`LEAST_FOR_MEDIAN`,
            `LEAST_FOR_P90`).
        before: the median of the period of equal length before; None likewise, or if that period
            is not known as a whole.
        trend: `median` minus `before`; None unless both are known.
    """

    from_environment: str
    to_environment: str
    count: int
    timed: int
    approximate: int
    median: timedelta | None
    p90: timedelta | None
    before: timedelta | None
    trend: timedelta | None


@dataclass(frozen=True, slots=True)
class Frequency:
    """The rollouts to one environment in a period.

    Attributes:
        rollouts: the number of changes without removals and unfinished rollouts; rollbacks: of
            those that are rollbacks.
        days: the part of the period for which anything is known of the environment.
        per_day: rollouts per day of these days; None if they are less than one.
        trend: `per_day` minus that of the period of equal length before; None unless all of that
            period is known.
        last_at: the last change up to the end of the period; None if there is none.
        approximate: whether the time of any rollout is approximate.
    """

    environment: str
    rollouts: int
    rollbacks: int
    days: float
    per_day: float | None
    trend: float | None
    last_at: datetime | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long something newer has waited to be promoted to a cell."""

    service: str
    column: str
    environment: str
    version: str
    baseline: str
    baseline_version: str
    dwell: timedelta


def lead_times(
    promotions: Iterable[Promotion],
    since: datetime,
    until: datetime,
    known: Mapping[str, datetime] = ALL_KNOWN,
) -> list[LeadTimes]:
    """The lead times of the promotions from `since` until before `until`, by step.

    Steps are in the order of their first promotion in `promotions`; those without any in the
    period or the one before are left out. There is no trend unless the period before is known as
    a whole in both environments: `known` has the start of what is known of an environment; of
    others everything is known.
    """
    earlier = since - (until - since)
    steps: dict[tuple[str, str], tuple[list[Promotion], list[Promotion]]] = {}
    for promotion in promotions:
        if earlier <= promotion.to_at < until:
            step = promotion.from_environment, promotion.to_environment
            before, now = steps.setdefault(step, ([], []))
            (now if promotion.to_at >= since else before).append(promotion)
    return [
        _lead_times(
            step, before if all(known.get(name, earlier) <= earlier for name in step) else (), now
        )
        for step, (before, now) in steps.items()
    ]


def middle(durations: Sequence[timedelta]) -> timedelta | None:
    """The median; None for fewer than `LEAST_FOR_MEDIAN`."""
    if len(durations) < LEAST_FOR_MEDIAN:
        return None
    ordered = sorted(durations)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile_90(durations: Sequence[timedelta]) -> timedelta | None:
    """The 90th percentile by nearest rank; None for fewer than `LEAST_FOR_P90`."""
    if len(durations) < LEAST_FOR_P90:
        return None
    return sorted(durations)[ceil(len(durations) * 9 / 10) - 1]


def known_since(named: Iterable[ServiceRecord]) -> dict[str, datetime]:
    """The start of what is known of each environment: that of its first interval."""
    found: dict[str, datetime] = {}
    for one in named:
        at = one.record.rollout.started_at
        found[one.environment] = min(found.get(one.environment, at), at)
    return found


def frequencies(
    changes: Iterable[Change],
    known: Mapping[str, datetime],
    since: datetime,
    until: datetime,
) -> list[Frequency]:
    """Rollouts, rollbacks and the last change of each environment.

    Args:
        changes: from the period of equal length before `since` on, else there is no trend.
        known: the result of `known_since`; the metrics are of these environments, in this order.
        since: the start of the period.
        until: its end (exclusive).
    """
    own: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.at < until:
            own[change.environment].append(change)
    return [_frequency(name, own[name], at, since, until) for name, at in known.items()]


def dwells(matrix: Matrix, *, service: str = "", environments: Collection[str] = ()) -> list[Dwell]:
    """How long something newer has waited to be promoted to each cell, longest first.

    Args:
        matrix: the matrix of the cells.
        service: the only row; "" for all.
        environments: the only ones; empty for all.
    """
    found = [
        Dwell(
            name,
            key,
            column.environment,
            cell.version,
            cell.baseline,
            cell.baseline_version,
            cell.lag.dwell,
        )
        for column in matrix.columns
        if not environments or column.environment in environments
        for name, key, cell in (
            (row.service, column.key, matrix.cell(row.service, column.key))
            for row in matrix.rows
            if service in {"", row.service}
        )
        if cell.lag is not None and cell.lag.dwell is not None and cell.baseline is not None
    ]
    return sorted(found, key=lambda one: one.dwell, reverse=True)


def _lead_times(
    step: tuple[str, str], earlier: Iterable[Promotion], now: Sequence[Promotion]
) -> LeadTimes:
    timed = [p for p in now if p.lead_time is not None]
    own, before = middle(_durations(timed)), middle(_durations(earlier))
    return LeadTimes(
        *step,
        count=len(now),
        timed=len(timed),
        approximate=sum(p.approximate for p in timed),
        median=own,
        p90=percentile_90(_durations(timed)),
        before=before,
        trend=None if own is None or before is None else own - before,
    )


def _durations(promotions: Iterable[Promotion]) -> list[timedelta]:
    return [p.lead_time for p in promotions if p.lead_time is not None]


def _frequency(
    environment: str,
    changes: Sequence[Change],
    known: datetime,
    since: datetime,
    until: datetime,
) -> Frequency:
    rollouts = [c for c in changes if c.at >= since and c.kind not in NO_ROLLOUT]
    days = max(until - max(since, known), timedelta()) / _DAY
    per_day = len(rollouts) / days if days >= 1 else None
    earlier = since - (until - since)
    before = [c for c in changes if earlier <= c.at < since and c.kind not in NO_ROLLOUT]
    trend = None
    if per_day is not None and known <= earlier:
        trend = per_day - len(before) / ((since - earlier) / _DAY)
    return Frequency(
        environment=environment,
        rollouts=len(rollouts),
        rollbacks=sum(c.kind is ChangeKind.ROLLBACK for c in rollouts),
        days=days,
        per_day=per_day,
        trend=trend,
        last_at=max((c.at for c in changes if c.kind is not ChangeKind.UNFINISHED), default=None),
        approximate=any(c.approximate for c in rollouts),
    )
