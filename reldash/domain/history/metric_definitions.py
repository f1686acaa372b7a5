"""Definitions of the history's metrics, shown beside them, with their sources."""

from dataclasses import dataclass
from typing import Final

_DORA: Final = "DORA's software delivery performance metrics"
_DORA_ADDRESS: Final = "https://dora.dev/guides/dora-metrics/"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """The definition of a metric.

    Attributes:
        source, address: title and address of the page that it is taken from; "" if it is our own.
    """

    title: str
    text: str
    source: str = ""
    address: str = ""


LEAD_TIME: Final = MetricDefinition(
    "Lead time",
    "From the start of a version's first rollout in one environment to that of its first rollout"
    " in the next, of rollouts that had a ready replica. DORA's lead time for changes starts at the"
    " commit and ends in production; this one starts at the first rollout, since clusters do not"
    " know commits. Times from revisions, and of rollouts while a cluster was not read, are"
    " approximate and counted as such.",
    _DORA,
    _DORA_ADDRESS,
)
ROLLOUTS_PER_DAY: Final = MetricDefinition(
    "Rollouts per day",
    "Every time a workload got another build or version, was created or returned, by environment;"
    " a release to five clusters is five. DORA's deployment frequency counts the"
    " deployments of an application to production. Changes of configuration or replicas and"
    " deletions are not counted. If history covers only part of the period, the rate is over the"
    " days that it covers.",
    _DORA,
    _DORA_ADDRESS,
)
ROLLBACKS: Final = MetricDefinition(
    "Rollbacks",
    "Rollouts back to a build that the workload had run before the one it replaced. They are not"
    " DORA's change failure rate: many failures are fixed by rolling forward.",
    _DORA,
    _DORA_ADDRESS,
)
DWELL: Final = MetricDefinition(
    "Dwell now",
    "How long something newer has been ready in the environment that a deployment is promoted from,"
    " without being promoted.",
)
LAST_CHANGE: Final = MetricDefinition(
    "Time since last change",
    "Time since the last rollout to, or deletion from, the environment.",
)
PERCENTILES: Final = MetricDefinition(
    "Median and 90th percentile",
    "By nearest rank: the 90th percentile is the smallest lead time that at least nine in ten do"
    " not exceed; the median of an even number is the mean of the middle two. A median needs 3"
    " promotions with a known lead time, a 90th percentile 10; below that there is none.",
)
TREND: Final = MetricDefinition(
    "Trend",
    "Against the period of equal length just before, if both have enough promotions and history"
    " covers all of the earlier one.",
)

DEFINITIONS: Final = (
    LEAD_TIME,
    PERCENTILES,
    TREND,
    ROLLOUTS_PER_DAY,
    ROLLBACKS,
    DWELL,
    LAST_CHANGE,
)
