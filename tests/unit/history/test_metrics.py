"""Metrics of the history, and the cases without one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.history.changes import Change, ChangeKind
from reldash.domain.history.metric_definitions import (
    DEFINITIONS,
    LEAD_TIME,
    PERCENTILES,
    ROLLOUTS_PER_DAY,
)
from reldash.domain.history.metrics import (
    LEAST_FOR_MEDIAN,
    LEAST_FOR_P90,
    dwells,
    frequencies,
    known_since,
    lead_times,
    middle,
    percentile_90,
)
from reldash.domain.history.promotions import Promotion
from reldash.domain.history.service_records import service_records
from reldash.domain.tables.history import dwells_frame, frequencies_frame, lead_times_frame
from reldash.domain.workloads.observations import RolloutSource
from tests.unit.builders import NOW, days_ago, fleet_rules, observation, sighting
from tests.unit.history_builders import record
from tests.unit.matrix_builders import matrix_of

DAY = timedelta(days=1)
DURATIONS = st.lists(st.timedeltas(timedelta(), timedelta(days=400)))


def promotion(
    arrived: float, lead: float | None = 2, *, step: str = "dev>stg", approximate: bool = False
) -> Promotion:
    """A promotion that arrived days ago, having taken so many days."""
    came_from, went_to = step.split(">")
    lead_time = None if lead is None else timedelta(days=lead)
    return Promotion(
        service="api",
        customer=None,
        version="1.0.0",
        from_environment=came_from,
        to_environment=went_to,
        from_at=days_ago(arrived) - (lead_time or DAY),
        to_at=days_ago(arrived),
        lead_time=lead_time,
        approximate=approximate,
    )


def change(
    days: float,
    kind: ChangeKind = ChangeKind.CHANGED,
    *,
    environment: str = "prod",
    approximate: bool = False,
) -> Change:
    return Change(
        at=days_ago(days),
        service="api",
        environment=environment,
        customer=None,
        cluster=environment,
        namespace="shop",
        workload="api",
        container="api",
        before="1.0.0",
        after="1.1.0",
        kind=kind,
        source=RolloutSource.OBSERVED,
        approximate=approximate,
    )


# --- lead times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([1, 2], None),
        ([3, 1, 2], 2),
        ([1, 2, 3, 10], 2.5),
        ([0, 0, 0], 0),
    ],
)
def test_a_median_needs_enough_lead_times(days: Sequence[float], expected: float | None) -> None:
    assert middle([timedelta(days=d) for d in days]) == (
        None if expected is None else timedelta(days=expected)
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(range(9), None), (range(1, 11), 9), (range(1, 12), 10), (range(1, 21), 18)],
)
def test_the_90th_percentile_is_a_lead_time_that_occurred(
    days: Sequence[int], expected: int | None
) -> None:
    assert percentile_90([timedelta(days=d) for d in reversed(days)]) == (
        None if expected is None else timedelta(days=expected)
    )


@given(DURATIONS)
def test_at_least_nine_in_ten_do_not_exceed_the_90th_percentile(found: list[timedelta]) -> None:
    p90 = percentile_90(found)
    if p90 is None:
        assert len(found) < LEAST_FOR_P90
        return
    assert p90 in found
    assert sum(d <= p90 for d in found) * 10 >= len(found) * 9
    assert sum(d < p90 for d in found) * 10 < len(found) * 9


@given(DURATIONS)
def test_a_median_lies_in_the_middle(found: list[timedelta]) -> None:
    half = middle(found)
    if half is None:
        assert len(found) < LEAST_FOR_MEDIAN
        return
    assert sum(d < half for d in found) * 2 <= len(found)
    assert sum(d > half for d in found) * 2 <= len(found)


def test_a_step_has_the_figures_of_its_period_and_the_trend_against_the_one_before() -> None:
    now = [promotion(days, lead) for days, lead in ((1, 1), (2, 2), (3, 3))]
    before = [promotion(days, 5) for days in (11, 12, 13)]
    (found,) = lead_times([*now, *before], days_ago(10), NOW)
    assert (found.from_environment, found.to_environment) == ("dev", "stg")
    assert (found.count, found.timed, found.approximate) == (3, 3, 0)
    assert (found.median, found.before, found.trend) == (2 * DAY, 5 * DAY, -3 * DAY)
    assert found.p90 is None


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    edges = [promotion(10), promotion(0), promotion(20), promotion(20.01)]
    (found,) = lead_times(edges, days_ago(10), NOW)
    assert found.count == 1


def test_too_few_promotions_give_no_metric_and_no_trend() -> None:
    (found,) = lead_times([promotion(1), promotion(2), promotion(11)], days_ago(10), NOW)
    assert (found.count, found.median, found.p90, found.before, found.trend) == (
        2,
        None,
        None,
        None,
        None,
    )


def test_unknown_lead_times_are_counted_and_never_zero() -> None:
    (found,) = lead_times([promotion(d, None) for d in range(1, 6)], days_ago(10), NOW)
    assert (found.count, found.timed, found.median) == (5, 0, None)


def test_approximate_ones_are_counted() -> None:
    some = [promotion(1, approximate=True), promotion(2), promotion(3, None, approximate=True)]
    (found,) = lead_times(some, days_ago(10), NOW)
    assert found.approximate == 1


def test_steps_are_separate() -> None:
    found = lead_times([promotion(1), promotion(2, step="stg>prod")], days_ago(10), NOW)
    assert [(f.to_environment, f.count) for f in found] == [("stg", 1), ("prod", 1)]


# --- rollouts a day ----------------------------------------------------------------------------


def test_rollouts_are_divided_by_the_days_of_the_period() -> None:
    found = [change(d) for d in (1, 2, 3, 4, 5)] + [change(11)] * 2
    (prod,) = frequencies(found, {"prod": days_ago(60)}, days_ago(10), NOW)
    assert (prod.rollouts, prod.days, prod.per_day) == (5, 10, 0.5)
    assert prod.trend == pytest.approx(0.3)
    assert (prod.last_at, prod.approximate) == (days_ago(1), False)


def test_a_partly_known_period_is_divided_by_its_known_days_and_has_no_trend() -> None:
    (prod,) = frequencies([change(1), change(2)], {"prod": days_ago(4)}, days_ago(10), NOW)
    assert (prod.days, prod.per_day, prod.trend) == (4, 0.5, None)


def test_less_than_a_day_gives_no_rate() -> None:
    (prod,) = frequencies([change(0.1)], {"prod": days_ago(0.5)}, days_ago(10), NOW)
    assert (prod.rollouts, prod.per_day) == (1, None)


def test_a_known_period_without_rollouts_is_zero() -> None:
    (prod,) = frequencies([], {"prod": days_ago(60)}, days_ago(10), NOW)
    assert (prod.per_day, prod.last_at) == (0, None)


def test_an_unknown_period_is_not_zero() -> None:
    (prod,) = frequencies([], {"prod": NOW}, days_ago(20), days_ago(10))
    assert (prod.days, prod.per_day) == (0, None)


def test_rollbacks_are_rollouts_and_removals_are_none_but_the_last_change() -> None:
    found = [change(1, ChangeKind.REMOVED), change(2, ChangeKind.ROLLBACK), change(3)]
    (prod,) = frequencies(found, {"prod": days_ago(60)}, days_ago(10), NOW)
    assert (prod.rollouts, prod.rollbacks, prod.last_at) == (2, 1, days_ago(1))


def test_environments_are_separate_and_approximate_ones_marked() -> None:
    found = [change(1), change(2, environment="dev", approximate=True)]
    known = {"dev": days_ago(60), "prod": days_ago(60)}
    dev, prod = frequencies(found, known, days_ago(10), NOW)
    assert (dev.environment, dev.rollouts, dev.approximate) == ("dev", 1, True)
    assert (prod.environment, prod.rollouts, prod.approximate) == ("prod", 1, False)


def test_an_environment_is_known_since_its_first_interval() -> None:
    records = [record("dev", "1.0.0", 50, 30), record("dev", "1.1.0", 30), record("prod", began=9)]
    named = service_records(records, fleet_rules(), "platform")
    assert known_since(named) == {"dev": days_ago(50), "prod": days_ago(9)}


# --- dwell -------------------------------------------------------------------------------------


def waiting(service: str, days: float) -> tuple[list[object], list[object]]:
    dev = observation("dev", "1.5.0", service=service)
    prod = observation("prod", "1.4.2", service=service)
    began: datetime = days_ago(days)
    return [dev, prod], [sighting(dev, started_at=began), sighting(prod)]


def test_dwell_is_how_long_something_newer_has_waited_the_longest_first() -> None:
    observed, seen = [], []
    for service, days in (("api", 3), ("cart", 8)):
        places, sightings = waiting(service, days)
        observed += places
        seen += sightings
    matrix = matrix_of(observed, sightings=seen)  # type: ignore[arg-type]
    found = [(d.service, d.column, d.baseline, d.dwell) for d in dwells(matrix)]
    assert found == [("cart", "prod", "dev", 8 * DAY), ("api", "prod", "dev", 3 * DAY)]
    assert dwells_frame(dwells(matrix))["dwell days"].tolist() == [8, 3]


def test_a_cell_in_step_does_not_wait() -> None:
    assert dwells(matrix_of([observation("dev"), observation("prod")])) == []


# --- words and tables --------------------------------------------------------------------------


def test_definitions_name_their_source_and_how_ours_differ() -> None:
    assert all(d.address.startswith("https://dora.dev/") for d in (LEAD_TIME, ROLLOUTS_PER_DAY))
    assert "first rollout" in LEAD_TIME.text
    assert "commit" in LEAD_TIME.text
    assert all(d.title and d.text and bool(d.source) == bool(d.address) for d in DEFINITIONS)


def test_the_definition_has_the_numbers_below_which_there_is_no_percentile() -> None:
    assert f"needs {LEAST_FOR_MEDIAN} promotions" in PERCENTILES.text
    assert f"90th percentile {LEAST_FOR_P90}" in PERCENTILES.text


def test_unknown_values_are_empty_in_tables() -> None:
    steps = lead_times_frame(lead_times([promotion(1)], days_ago(10), NOW))
    assert steps["promotions"].tolist() == [1]
    assert steps[["median days", "90th percentile days", "trend days"]].isna().all(axis=None)
    rates = frequencies_frame(frequencies([], {"prod": NOW}, days_ago(20), days_ago(10)))
    assert rates["rollouts a day"].isna().all()
    assert rates["last change"].isna().all()


@pytest.mark.parametrize(
    ("dev", "stg", "has_trend"), [(20, 20, True), (90, 20, True), (90, 19, False), (15, 90, False)]
)
def test_lead_times_have_no_trend_from_a_period_that_is_known_in_part(
    dev: float, stg: float, *, has_trend: bool
) -> None:
    promotions = [promotion(d, 2) for d in (1, 2, 3)] + [promotion(d, 1) for d in (11, 12, 13)]
    known = {"dev": days_ago(dev), "stg": days_ago(stg)}
    (found,) = lead_times(promotions, days_ago(10), NOW, known)
    assert found.median == 2 * DAY
    assert (found.before, found.trend) == ((DAY, DAY) if has_trend else (None, None))
