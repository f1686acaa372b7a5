"""Comparing any two environments, clusters, namespaces or moments service by service."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.comparison.compare import Comparison, Difference
from reldash.domain.comparison.side_text import parse_side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.cell_text import iso
from reldash.services.context import Context
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.comparison import (
    describe_comparison_gaps,
    filter_comparison,
    load_comparison,
)
from tests.integration.past.conftest import RecordedHistory


def compare(context: Context, left: str, right: str) -> Comparison:
    board = context.rules.dashboards["platform"]
    sides = [parse_side(text, board, now=context.now()) for text in (left, right)]
    return load_comparison(context, "platform", sides[0], sides[1], get_tick(context))


def differences(found: Comparison) -> dict[str, Difference]:
    return {row.service: row.difference for row in found.rows}


def test_comparing_environments_shows_what_waits_for_promotion(context: Context) -> None:
    found = compare(context, "stg", "prod")
    assert differences(found) == {"api": Difference.NEWER, "web": Difference.SAME}
    assert found.counts[Difference.NEWER] == 1
    assert [row.service for row in found.rows] == ["api", "web"]


def test_an_environment_is_compared_with_its_past(
    context: Context, recorded: RecordedHistory
) -> None:
    found = compare(context, "prod", f"prod@{iso(recorded.day(5))}")
    assert differences(found) == {
        "api": Difference.NEWER,
        "web": Difference.NEWER,
        "old": Difference.ONLY_RIGHT,
    }
    assert differences(compare(context, "prod", "prod@-1h")) == {
        "api": Difference.SAME,
        "web": Difference.SAME,
    }


def test_clusters_and_namespaces_can_be_compared(context: Context) -> None:
    found = differences(compare(context, "stg", "prod"))
    assert differences(compare(context, "cluster:stg", "cluster:prod")) == found
    assert differences(compare(context, "ns:stg/shop", "ns:prod/shop")) == found


def test_a_cluster_unread_at_the_moment_is_unknown(
    context: Context, recorded: RecordedHistory
) -> None:
    found = compare(context, "stg", f"stg@{iso(recorded.day(9.5))}")
    assert set(differences(found).values()) == {Difference.UNKNOWN}


def test_a_namespace_before_its_first_read_is_unknown(
    context: Context, recorded: RecordedHistory
) -> None:
    found = compare(context, "ns:prod/shop", f"ns:prod/shop@{iso(recorded.day(-5))}")
    assert set(differences(found).values()) == {Difference.UNKNOWN}


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("cluster:moon", r"'moon' in platform: expected dev, stg, prod"),
        ("ns:prod/moon", r"'prod/moon' in platform: expected dev/shop, stg/shop, prod/shop"),
        ("ns:prod/moon@-3d", r"'prod/moon' in platform at .* UTC: expected dev/shop, stg/shop"),
        ("customer:prod/acme", r"'prod/acme' in platform: expected dev/-, stg/-, prod/-"),
    ],
)
def test_unknown_sides_are_rejected(context: Context, side: str, expected: str) -> None:
    with pytest.raises(ChoiceError, match=expected):
        compare(context, side, "prod")


def test_the_future_is_rejected(context: Context) -> None:
    side = parse_side("prod", context.rules.dashboards["platform"], now=context.now())
    ahead = replace(side, as_of=context.now() + timedelta(hours=1))
    with pytest.raises(ChoiceError, match="lies in the future"):
        load_comparison(context, "platform", side, ahead, get_tick(context))


def test_rows_are_filtered_by_difference_and_text(context: Context) -> None:
    whole = compare(context, "stg", "prod")
    assert [r.service for r in filter_comparison(whole, [Difference.SAME]).rows] == ["web"]
    assert [r.service for r in filter_comparison(whole, text="1.2.0 API").rows] == ["api"]
    assert filter_comparison(whole, [Difference.SAME], "api").rows == ()
    assert filter_comparison(whole, [Difference.SAME]).counts == whole.counts


def test_each_gap_in_the_data_is_described_once(
    context: Context, recorded: RecordedHistory
) -> None:
    board = context.rules.dashboards["platform"]
    now = context.now()
    left, right = (
        parse_side(f"{e}@{iso(recorded.day(-2))}", board, now=now) for e in ("stg", "prod")
    )
    gaps = describe_comparison_gaps(context, left, right, now)
    assert len(gaps) == len(set(gaps)) == 2
    assert (
        describe_comparison_gaps(
            context, replace(left, as_of=None), replace(right, as_of=None), now
        )
        == ()
    )


def test_past_comparisons_are_not_refreshed_in_the_background(
    context: Context, recorded: RecordedHistory
) -> None:
    compare(context, "stg", "prod")
    assert compare(context, "prod", f"prod@{iso(recorded.day(6))}") is compare(
        context, "prod", f"prod@{iso(recorded.day(6))}"
    )
    refreshed = context.views._requested  # noqa: SLF001 - the views refreshed in the background
    wanted = [key for key in refreshed if "comparison" in str(key)]
    assert len(wanted) == 1
