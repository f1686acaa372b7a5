"""What to think of a cluster's data, and how pages put it."""

from datetime import timedelta

import pytest

from reldash.domain.workloads.reads import Unread
from reldash.services.reports.clusters import ClusterReport, Condition, condition_of
from reldash.ui.clusters.page import unread_words
from reldash.ui.data_warnings import render_cluster_warning
from reldash.ui.page_header import render_data_age
from tests.unit.builders import NOW, minutes_ago, status

STALE_AFTER = timedelta(minutes=5)


def report(name: str, minutes: float | None, error: str = "") -> ClusterReport:
    read_at = None if minutes is None else minutes_ago(minutes)
    found = status(name, read_at, error_title=error)
    condition = condition_of(found, NOW, STALE_AFTER)
    return ClusterReport(name, (), (), condition, error, "", "", found)


@pytest.mark.parametrize(
    ("minutes", "error", "condition"),
    [
        (1, "", Condition.CURRENT),
        (5, "", Condition.CURRENT),
        (5.1, "", Condition.STALE),
        (-5.1, "", Condition.STALE),
        (1, "Refused", Condition.FAILING),
        (6, "Refused", Condition.STALE),
        (None, "Refused", Condition.NEVER),
        (None, "", Condition.NEVER),
    ],
)
def test_condition(minutes: float | None, error: str, condition: Condition) -> None:
    assert report("prod", minutes, error).condition is condition


@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ([0.5], "Data read 30 s ago"),
        ([0], "Data read just now"),
        ([1, 12, 3], "Data read 1 min to 12 min ago"),
        ([0, 2], "Data read just now to 2 min ago"),
        ([1, None], "Data read 1 min ago; 1 of 2 clusters never read"),
        ([None, None], "Never read"),
        ([], "Never read"),
    ],
)
def test_the_age_spans_all_clusters_in_view(ages: list[float | None], words: str) -> None:
    html = render_data_age([report(str(i), age) for i, age in enumerate(ages)], NOW)
    assert html.partition(">")[2] == f"{words}</span>"


def test_there_is_no_banner_while_all_clusters_are_current() -> None:
    assert render_cluster_warning([report("a", 1), report("b", 2)], NOW) is None


def test_the_banner_names_what_is_not_current_the_most_worrying_first() -> None:
    reports = [report("a", 1), report("b", 1, "Refused"), report("c", 12), report("d", None)]
    html = render_cluster_warning(reports, NOW)
    assert html is not None
    assert "3 of 4 clusters not current" in html
    assert html.index("<b>d</b>: never read") < html.index("<b>c</b>: stale, last read <time")
    assert html.index("<b>c</b>") < html.index("<b>b</b>: Refused, failing")
    assert "<b>a</b>" not in html


def test_a_long_banner_counts_the_rest() -> None:
    html = render_cluster_warning([report(f"c{i}", None) for i in range(9)], NOW)
    assert html is not None
    assert html.count("<b>") == 6
    assert "and 3 more" in html


def test_what_a_good_read_could_not_get_is_told_by_kind() -> None:
    parts = [
        Unread("Pod", None, "Not allowed", "no"),
        Unread("Job", "shop", "Not allowed", "no"),
        Unread("Job", "pay", "Not allowed", "no"),
        Unread("Pod", "shop", "Not allowed", "no"),
    ]
    assert unread_words(parts) == "Pods, Jobs in 2 namespaces"
    assert unread_words([]) == ""
