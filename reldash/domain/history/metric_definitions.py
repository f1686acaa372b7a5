"""What the figures of the history mean, as the screen says it beside them, and where from."""

from dataclasses import dataclass
from typing import Final

_DORA: Final = "DORA's software delivery performance metrics"
_DORA_ADDRESS: Final = "https://dora.dev/guides/dora-metrics/"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What a figure means.

    Attributes:
        source, address: the title of the page that it is taken from, and the page's address;
            "" where it is our own.
    """

    title: str
    text: str
    source: str = ""
    address: str = ""


LEAD_TIME: Final = MetricDefinition(
    "Lead time",
    "From the beginning of a version's first rollout in one environment to that of its first"
    " rollout in the next, of rollouts that had a ready replica. DORA's lead time for changes"
    " begins when a change is committed and ends in production; this one begins at the first"
    " rollout, since commits are not seen from a cluster. What revisions tell, and what happened"
    " while a cluster was not read, is approximate and counted as such.",
    _DORA,
    _DORA_ADDRESS,
)
ROLLOUTS_A_DAY: Final = MetricDefinition(
    "Rollouts a day",
    "Every time a workload was given another build or version, was made or came back, by"
    " environment; a release to five clusters is five. DORA's deployment frequency counts the"
    " deployments of an application to production. Changes of configuration or replicas and"
    " deletions are not counted. Where less of the time is known than was asked for, the days that"
    " are known are divided by.",
    _DORA,
    _DORA_ADDRESS,
)
ROLLBACKS: Final = MetricDefinition(
    "Rollbacks",
    "Rollouts that went back to a build which the workload had run before the one it replaced."
    " They are no change failure rate as DORA has it: many failures are mended by going forward.",
    _DORA,
    _DORA_ADDRESS,
)
DWELL: Final = MetricDefinition(
    "Dwell now",
    "How long something newer has been ready in the environment that a place is promoted from"
    " without coming here.",
)
LAST_CHANGE: Final = MetricDefinition(
    "Time since last change",
    "Since the last time that anything was rolled out to or deleted from the environment.",
)
PERCENTILES: Final = MetricDefinition(
    "Median and 90th percentile",
    "By nearest rank: the 90th percentile is the smallest lead time that at least nine in ten do"
    " not exceed; the median of an even number is the mean of the middle two. A median needs 3"
    " promotions with a known lead time, a 90th percentile 10; below that there is none.",
)
TREND: Final = MetricDefinition(
    "Trend",
    "Against the time of equal length just before, where both have enough to say so and all of the"
    " time before is known.",
)

DEFINITIONS: Final = (
    LEAD_TIME,
    PERCENTILES,
    TREND,
    ROLLOUTS_A_DAY,
    ROLLBACKS,
    DWELL,
    LAST_CHANGE,
)
