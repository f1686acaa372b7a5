"""Changes, promotions and metrics of the history as data frames.

Text columns are `str` and never missing, times are `datetime64[us, UTC]`. Durations are in days
(floats, missing if not known), which spreadsheets can calculate with.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from reldash.domain.history.changes import Change
from reldash.domain.history.metrics import Dwell, Frequency, LeadTimes
from reldash.domain.history.promotions import Promotion
from reldash.domain.tables.csv_text import times

_DAY = timedelta(days=1)


def changes_frame(changes: Sequence[Change]) -> pd.DataFrame:
    """A row per change, in their order.

    Columns: at, service, environment, customer, cluster, namespace, workload, container, kind,
    before, after, source, approximate (bool), gap from, gap until (times, missing if there is
    none), freeze.
    """
    return pd.DataFrame(
        {
            "at": times([c.at for c in changes]),
            "service": _texts(c.service for c in changes),
            "environment": _texts(c.environment for c in changes),
            "customer": _texts(c.customer for c in changes),
            "cluster": _texts(c.cluster for c in changes),
            "namespace": _texts(c.namespace for c in changes),
            "workload": _texts(c.workload for c in changes),
            "container": _texts(c.container for c in changes),
            "kind": _texts(c.kind for c in changes),
            "before": _texts(c.before for c in changes),
            "after": _texts(c.after for c in changes),
            "source": _texts(c.source for c in changes),
            "approximate": _bools(c.approximate for c in changes),
            "gap from": times([_gap(c)[0] for c in changes]),
            "gap until": times([_gap(c)[1] for c in changes]),
            "freeze": _texts(c.freeze for c in changes),
        }
    )


def promotions_frame(promotions: Sequence[Promotion]) -> pd.DataFrame:
    """A row per promotion, in their order.

    Columns: service, customer, version, from, to (environments), from at, to at, lead time days,
    approximate (bool), skipped (environments separated by ", ").
    """
    return pd.DataFrame(
        {
            "service": _texts(p.service for p in promotions),
            "customer": _texts(p.customer for p in promotions),
            "version": _texts(p.version for p in promotions),
            "from": _texts(p.from_environment for p in promotions),
            "to": _texts(p.to_environment for p in promotions),
            "from at": times([p.from_at for p in promotions]),
            "to at": times([p.to_at for p in promotions]),
            "lead time days": _days(p.lead_time for p in promotions),
            "approximate": _bools(p.approximate for p in promotions),
            "skipped": _texts(", ".join(p.skipped) for p in promotions),
        }
    )


def lead_times_frame(found: Sequence[LeadTimes]) -> pd.DataFrame:
    """A row per step, in their order.

    Columns: from, to, promotions, with known lead time, approximate (whole numbers), median days,
    90th percentile days, median before days, trend days.
    """
    return pd.DataFrame(
        {
            "from": _texts(one.from_environment for one in found),
            "to": _texts(one.to_environment for one in found),
            "promotions": _counts(one.count for one in found),
            "with known lead time": _counts(one.timed for one in found),
            "approximate": _counts(one.approximate for one in found),
            "median days": _days(one.median for one in found),
            "90th percentile days": _days(one.p90 for one in found),
            "median before days": _days(one.before for one in found),
            "trend days": _days(one.trend for one in found),
        }
    )


def frequencies_frame(found: Sequence[Frequency]) -> pd.DataFrame:
    """A row per environment, in their order.

    Columns: environment, rollouts, rollbacks (whole numbers), days known, rollouts a day, trend
    a day (floats), last change (time), approximate (bool).
    """
    return pd.DataFrame(
        {
            "environment": _texts(one.environment for one in found),
            "rollouts": _counts(one.rollouts for one in found),
            "rollbacks": _counts(one.rollbacks for one in found),
            "days known": _floats(one.days for one in found),
            "rollouts a day": _floats(one.per_day for one in found),
            "trend a day": _floats(one.trend for one in found),
            "last change": times([one.last_at for one in found]),
            "approximate": _bools(one.approximate for one in found),
        }
    )


def dwells_frame(found: Sequence[Dwell]) -> pd.DataFrame:
    """A row per cell that something newer waits to be promoted to, in their order.

    Columns: service, environment, column, version, baseline, baseline version, dwell days.
    """
    return pd.DataFrame(
        {
            "service": _texts(one.service for one in found),
            "environment": _texts(one.environment for one in found),
            "column": _texts(one.column for one in found),
            "version": _texts(one.version for one in found),
            "baseline": _texts(one.baseline for one in found),
            "baseline version": _texts(one.baseline_version for one in found),
            "dwell days": _days(one.dwell for one in found),
        }
    )


def _gap(change: Change) -> tuple[datetime | None, datetime | None]:
    return change.gap or (None, None)


def _texts(values: Iterable[str | None]) -> Any:  # pandas' array of `str`
    return pd.array([str(value or "") for value in values], dtype="str")


def _bools(values: Iterable[bool]) -> "pd.Series[bool]":
    return pd.Series(list(values), dtype="bool")


def _counts(values: Iterable[int]) -> "pd.Series[int]":
    return pd.Series(list(values), dtype="int64")


def _floats(values: Iterable[float | None]) -> "pd.Series[float]":
    return pd.Series(list(values), dtype="float64")


def _days(values: Iterable[timedelta | None]) -> "pd.Series[float]":
    return _floats(None if value is None else value / _DAY for value in values)
