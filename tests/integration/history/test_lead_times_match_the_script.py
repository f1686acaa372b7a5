"""Promotions and lead times match the script, as far as reads could see it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median_high, median_low

import pytest

from reldash.domain.history.changes import NO_ROLLOUT, changes
from reldash.domain.history.metrics import LeadTimes, frequencies, known_since, lead_times
from reldash.domain.history.promotions import Promotion, promotions
from tests.integration.history.conftest import DashboardHistory
from tests.integration.history.expected_changes import ExpectedChange, expected_changes
from tests.integration.history.expected_promotions import ExpectedPromotion, expected_promotions
from tests.integration.history.oracle import Oracle
from tests.integration.history.release_plan import DAY, END
from tests.integration.history.script_reads import RULES, STALE_AFTER


@pytest.fixture(scope="module")
def found(histories: Sequence[DashboardHistory]) -> dict[str, list[Promotion]]:
    """The promotions of each dashboard."""
    return {
        each.dashboard: promotions(each.named, each.coverage, RULES, each.dashboard)
        for each in histories
    }


@pytest.fixture(scope="module")
def expected(oracle: Oracle) -> list[ExpectedPromotion]:
    return list(expected_promotions(oracle))


def as_expected_promotion(promotion: Promotion) -> ExpectedPromotion:
    return ExpectedPromotion(
        promotion.service,
        promotion.customer or "",
        promotion.version,
        promotion.from_environment,
        promotion.to_environment,
        promotion.from_at,
        promotion.to_at,
        promotion.lead_time,
        promotion.approximate,
        promotion.skipped,
    )


def test_every_promotion_has_its_times_and_lead_time(
    found: dict[str, list[Promotion]], expected: list[ExpectedPromotion]
) -> None:
    actual = Counter(as_expected_promotion(one) for each in found.values() for one in each)
    assert actual - Counter(expected) == Counter()
    assert Counter(expected) - actual == Counter()
    assert len(expected) > 1000


def test_hotfixes_and_separate_environments_are_no_promotions(
    found: dict[str, list[Promotion]],
) -> None:
    """A hotfix goes directly to prod, and to stg a day later."""
    every = [one for each in found.values() for one in each]
    hotfixes = [one for one in every if one.version.endswith(".1")]
    assert {one.to_environment for one in hotfixes} <= {"prod"}
    assert "shared" not in {one.to_environment for one in every}
    assert "shared" not in {one.from_environment for one in every}


def test_promotions_name_skipped_environments(found: dict[str, list[Promotion]]) -> None:
    skipped = {one.skipped for one in found["platform"]}
    assert ("stg",) in skipped or ("lit",) in skipped


@pytest.mark.parametrize("days", [30, 14])
def test_medians_and_percentiles_match_the_script(
    found: dict[str, list[Promotion]], expected: list[ExpectedPromotion], days: int
) -> None:
    since = END - days * DAY
    figures = {
        (one.from_environment, one.to_environment): one
        for one in lead_times(found["platform"], since, END)
    }
    for names in (("dev", "lit"), ("lit", "stg"), ("stg", "prod")):
        mine = [one for one in expected if one[3:5] == names and not one.customer]
        arrived = [one for one in mine if since <= one.to_at < END]
        took = times(arrived)
        before = times(one for one in mine if since - days * DAY <= one.to_at < since)
        assert len(took) >= 10
        assert figures[names] == LeadTimes(
            *names,
            count=len(arrived),
            timed=len(took),
            approximate=sum(one.approximate for one in arrived if one.took is not None),
            median=middle(took),
            p90=sorted(took)[-(-len(took) * 9 // 10) - 1],
            before=middle(before),
            trend=middle(took) - middle(before),
        )


def middle(found: list[timedelta]) -> timedelta:
    return (median_low(found) + median_high(found)) / 2


def times(found: Iterable[ExpectedPromotion]) -> list[timedelta]:
    return [one.took for one in found if one.took is not None]


@pytest.mark.parametrize("days", [30, 14])
def test_rollouts_and_rollbacks_per_day_match_the_script(
    histories: Sequence[DashboardHistory], oracle: Oracle, days: int
) -> None:
    """Rollouts count, deletions do not."""
    since = END - days * DAY
    platform = next(each for each in histories if each.dashboard == "platform")
    every = changes(platform.named, platform.coverage, stale_after=STALE_AFTER)
    figures = frequencies(every, known_since(platform.named), since, END)
    assert {one.environment for one in figures} == {"dev", "lit", "shared", "stg", "prod"}
    for one in figures:
        mine = [
            change
            for change in expected_changes(oracle)
            if change.place.environment == one.environment and change.place.cluster != "solutions"
        ]
        now, before = rollouts_in(mine, since, days), rollouts_in(mine, since - days * DAY, days)
        assert one.rollouts == len(now)
        assert one.rollbacks == sum(change.kind == "rollback" for change in now)
        assert one.days == days
        assert one.per_day == pytest.approx(len(now) / days)
        assert one.trend == pytest.approx((len(now) - len(before)) / days)
        assert one.last_at == max(change.at for change in mine if change.kind != "unfinished")


def rollouts_in(
    found: Iterable[ExpectedChange], since: datetime, days: int
) -> list[ExpectedChange]:
    """The rollouts in `days` days from `since`."""
    until = since + days * DAY
    return [one for one in found if since <= one.at < until and one.kind not in NO_ROLLOUT]
