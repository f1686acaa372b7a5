"""The timeline of a service: spans that were read, not read, and unknown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from reldash.domain.history.timeline import ServiceRollout, Span, SpanKind, timeline
from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.workloads.observations import (
    ContainerKey,
    ContainerRole,
    Rollout,
    RolloutSource,
    WorkloadKind,
)
from tests.unit.builders import NOW, days_ago

STALE_AFTER = timedelta(minutes=5)
SINCE = days_ago(20)


def key(cluster: str = "prod", namespace: str = "shop") -> ContainerKey:
    return ContainerKey(
        cluster, namespace, WorkloadKind.DEPLOYMENT, "api", "api", ContainerRole.MAIN
    )


def ran(
    version: str,
    began: float,
    ended: float | None = None,
    *,
    source: RolloutSource = RolloutSource.OBSERVED,
    cluster: str = "prod",
    customer: str | None = None,
) -> ServiceRollout:
    """From so many days ago until so many days ago."""
    ended_at = None if ended is None else days_ago(ended)
    started_at = days_ago(began)
    where = key(cluster, f"cust-{customer}" if customer else "shop")
    rollout = Rollout(where, f"shop/api:{version}", (), started_at, ended_at, started_at, source)
    return ServiceRollout(rollout, version, cluster, customer)


def read(*times: tuple[float, float], cluster: str = "prod") -> dict[str, tuple[CoveredSpan, ...]]:
    """Reads followed each other from so many days ago until so many days ago."""
    return {cluster: tuple(CoveredSpan(cluster, days_ago(a), days_ago(b)) for a, b in times)}


def spans(
    rollouts: Sequence[ServiceRollout], coverage: dict[str, tuple[CoveredSpan, ...]]
) -> list[tuple[str, datetime, datetime, SpanKind]]:
    lanes = timeline(
        rollouts, coverage, SINCE, NOW, environments=["dev", "prod"], stale_after=STALE_AFTER
    )
    assert len(lanes) == 1
    return [(s.version, s.from_at, s.until_at, s.kind) for s in lanes[0].spans]


def test_rollouts_follow_each_other() -> None:
    assert spans([ran("1.5.0", 3), ran("1.4.2", 30, 3)], read((40, 0))) == [
        ("1.4.2", SINCE, days_ago(3), SpanKind.RAN),
        ("1.5.0", days_ago(3), NOW, SpanKind.RAN),
    ]


def test_a_gap_between_reads_is_a_gap_with_the_last_version_known() -> None:
    assert spans([ran("1.4.2", 30, 8), ran("1.5.0", 8)], read((40, 10), (8, 0))) == [
        ("1.4.2", SINCE, days_ago(10) + STALE_AFTER, SpanKind.RAN),
        ("1.4.2", days_ago(10) + STALE_AFTER, days_ago(8), SpanKind.UNREAD),
        ("1.5.0", days_ago(8), NOW, SpanKind.RAN),
    ]


def test_a_version_goes_on_after_a_gap() -> None:
    found = spans([ran("1.4.2", 30)], read((40, 10), (8, 0)))
    assert [(version, kind) for version, _, _, kind in found] == [
        ("1.4.2", SpanKind.RAN),
        ("1.4.2", SpanKind.UNREAD),
        ("1.4.2", SpanKind.RAN),
    ]


def test_a_change_of_the_readable_parts_is_no_gap() -> None:
    found = spans([ran("1.4.2", 30)], read((40, 10.001), (10, 0)))
    assert [kind for _, _, _, kind in found] == [SpanKind.RAN]


def test_a_cluster_that_is_no_longer_read_leaves_the_end_open() -> None:
    assert spans([ran("1.4.2", 30)], read((40, 2)))[-1] == (
        "1.4.2",
        days_ago(2) + STALE_AFTER,
        NOW,
        SpanKind.UNREAD,
    )


def test_a_rollout_found_by_the_first_read_is_unknown_before_it() -> None:
    assert spans([ran("1.4.2", 5)], read((5, 0))) == [
        ("", SINCE, days_ago(5), SpanKind.UNKNOWN),
        ("1.4.2", days_ago(5), NOW, SpanKind.RAN),
    ]


def test_spans_from_revisions_are_approximate_until_the_first_read() -> None:
    by_revision = ran("1.4.2", 12, source=RolloutSource.REVISION)
    assert spans([by_revision], read((5, 0))) == [
        ("", SINCE, days_ago(12), SpanKind.UNKNOWN),
        ("1.4.2", days_ago(12), days_ago(5), SpanKind.APPROXIMATE),
        ("1.4.2", days_ago(5), NOW, SpanKind.RAN),
    ]


def test_a_workload_that_came_after_the_first_read_was_not_there_before() -> None:
    assert spans([ran("1.4.2", 3)], read((40, 0))) == [
        ("1.4.2", days_ago(3), NOW, SpanKind.RAN),
    ]


def test_a_workload_that_went_leaves_nothing() -> None:
    found = spans([ran("1.4.2", 30, 12), ran("1.5.0", 4)], read((40, 0)))
    assert [(version, since, until) for version, since, until, _ in found] == [
        ("1.4.2", SINCE, days_ago(12)),
        ("1.5.0", days_ago(4), NOW),
    ]


def test_a_cluster_never_read_has_spans_from_revisions_only() -> None:
    found = spans([ran("1.4.2", 12, source=RolloutSource.REVISION)], {})
    assert [kind for _, _, _, kind in found] == [SpanKind.UNKNOWN, SpanKind.APPROXIMATE]


@pytest.mark.parametrize(("ended", "runs_on"), [(None, True), (1, False)])
def test_only_the_span_of_a_running_version_goes_on(ended: float | None, runs_on: bool) -> None:
    lanes = timeline(
        [ran("1.4.2", 9, ended)],
        read((40, 0)),
        SINCE,
        NOW,
        environments=["prod"],
        stale_after=STALE_AFTER,
    )
    assert lanes[0].spans[-1].runs_on is runs_on


def test_lanes_are_in_promotion_order_then_by_customer() -> None:
    rollouts = [
        ran("1.4.2", 9, cluster="prod", customer="globex"),
        ran("1.4.2", 9, cluster="prod", customer="acme"),
        ran("1.4.2", 9, cluster="dev"),
    ]
    lanes = timeline(
        rollouts, {}, SINCE, NOW, environments=["dev", "prod"], stale_after=STALE_AFTER
    )
    assert [(lane.environment, lane.customer) for lane in lanes] == [
        ("dev", None),
        ("prod", "acme"),
        ("prod", "globex"),
    ]


def test_spans_of_a_lane_never_overlap() -> None:
    lanes = timeline(
        [ran("1.4.2", 30, 8), ran("1.5.0", 8, 2), ran("1.4.2", 2)],
        read((25, 20), (15, 10), (9, 1)),
        SINCE,
        NOW,
        environments=["prod"],
        stale_after=STALE_AFTER,
    )
    found: Sequence[Span] = lanes[0].spans
    assert len(found) > 4
    for before, after in pairwise(found):
        assert before.until_at == after.from_at
        assert before.from_at < before.until_at
