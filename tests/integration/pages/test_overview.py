"""The overview shows what is new since the last visit, and links to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted
from reldash.services.context import Context
from reldash.services.reports import last_visit
from reldash.services.reports.cached_reports import (
    get_matrix,
    get_recent_changes,
    get_summary,
    get_tick,
)
from reldash.services.reports.drift_counts import save_counts
from reldash.services.reports.recent_changes import RecentChanges
from reldash.ui import gate
from reldash.ui.overview import page as overview
from reldash.ui.overview import trend_charts
from tests.integration.pages.screens import html_of, open_page
from tests.integration.sessions import new_session

HOUR = timedelta(hours=1)
numbers = count(1)


@pytest.fixture(autouse=True)
def reader(
    context: Context, collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], datetime | None]:
    """A user without a visit; call it for the time since when changes are new to them."""
    email = f"reader{next(numbers)}@example.com"
    token = new_session(collected[0], email)
    monkeypatch.setattr(gate, "read_token", lambda: token)
    user = gate.accounts().find_user(email)
    assert user is not None

    def since() -> datetime | None:
        # As if the visit were long ago, so that the end of what they saw counts.
        pause = timedelta(seconds=-1)
        return context.store.last_visits.load(user.id, pause=pause)

    return since


def activity_of(context: Context) -> RecentChanges:
    return get_recent_changes(context, get_tick(context))


def mark(context: Context, since: datetime) -> None:
    """Let the reader have seen all up to a time."""
    session = gate.accounts().check_session(gate.read_token() or "", activity=False)
    assert session is not None
    last_visit.mark_seen(context, session, since)


def page_links(session: AppTest) -> dict[str, list[tuple[str, str]]]:
    return {
        link.proto.label.replace("\\", ""): parse_qsl(link.proto.query_string)
        for link in session.get("page_link")
    }


def test_on_the_first_visit_nothing_is_new() -> None:
    html = html_of(open_page("overview"))
    assert "Recent changes" in html
    assert "Since your last visit" not in html
    assert "New since your last visit comes first" in html


def test_changes_since_the_last_visit_are_marked_and_counted(context: Context) -> None:
    news = activity_of(context).changes
    mark(context, news[5].at)
    html = html_of(open_page("overview"))
    new = sum(each.at > news[5].at for each in news)
    assert 0 < new <= 5
    assert "Since your last visit, " in html
    assert f"<span> {new} change" in html
    assert html.count('class="rd-new"') == new
    assert "Earlier" in html


def test_each_change_leads_to_its_cell(context: Context) -> None:
    session = open_page("overview")
    first = activity_of(context).changes[0]
    query = dict(page_links(session)[f"{first.service} in {first.environment}"])
    assert query == {
        "text": first.service,
        "service": first.service,
        "column": first.environment,
    }


def test_all_can_be_marked_as_seen(context: Context, reader: Callable[[], datetime | None]) -> None:
    mark(context, context.now() - 400 * HOUR)
    session = open_page("overview")
    session.button("reldash_mark_seen").click().run()
    assert "no changes seen" in html_of(session)
    assert not [button for button in session.button if button.key == "reldash_mark_seen"]
    assert reader() == activity_of(context).as_of


def test_a_visit_is_kept_once_the_page_was_drawn(
    context: Context, reader: Callable[[], datetime | None]
) -> None:
    assert reader() is None
    open_page("overview")
    assert reader() == activity_of(context).as_of


@pytest.mark.parametrize("name", ["platform", "inventory", "clusters"])
def test_other_pages_are_no_visit(name: str, reader: Callable[[], datetime | None]) -> None:
    open_page(name)
    assert reader() is None


def test_a_page_that_reconnects_by_itself_is_no_visit(
    reader: Callable[[], datetime | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_is_reconnected", lambda: True)
    open_page("overview")
    assert reader() is None


def test_what_could_not_be_drawn_was_not_seen(
    reader: Callable[[], datetime | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "_render_dashboards", lambda *_: st.stop())
    open_page("overview")
    assert reader() is None


def test_what_is_wrong_leads_to_exactly_its_cells_in_order_of_concern(context: Context) -> None:
    summary = get_summary(context, "platform", get_tick(context))
    links = page_links(open_page("overview"))
    queries = [sorted(query) for query in links.values()]
    places = [queries.index(sorted(wrong.chosen.to_query())) for wrong in summary.problems]
    assert len(places) > 5
    assert places == sorted(places)
    most_serious = summary.problems[0].most_serious[0]
    assert (
        dict(links[f"{most_serious.service} in {most_serious.column.title}"])["service"]
        == most_serious.service
    )


def test_what_waits_longest_leads_to_its_cell(context: Context) -> None:
    summary = get_summary(context, "platform", get_tick(context))
    links = page_links(open_page("overview"))
    for each in summary.waiting.longest:
        assert dict(links[f"{each.service} in {each.column.title}"])["column"] == each.column.key


def test_clusters_that_are_not_current_lead_to_their_page() -> None:
    session = open_page("overview")
    assert "1 cluster not current" in page_links(session)
    assert "platform-shared-us (never read)" in html_of(session)


def test_changes_per_day_are_in_words_and_a_table(context: Context) -> None:
    html = html_of(open_page("overview"))
    total = sum(activity_of(context).days.values())
    assert f"<p>{total} changes in 14 days, most of them in " in html
    assert '<table aria-label="Changes per day">' in html


def test_news_have_the_names_of_the_matrix(context: Context) -> None:
    tick = get_tick(context)
    names = {
        row.service
        for key in context.rules.dashboards
        for row in get_matrix(context, key, Filter(), tick).rows
    }
    assert {each.service for each in activity_of(context).changes} <= names


def test_before_drift_was_counted_twice_that_is_said() -> None:
    assert "The chart appears after the second count" in html_of(open_page("overview"))


@pytest.fixture
def views_of_its_own(context: Context) -> Iterator[None]:
    """Show no view that another test computed, and leave none."""
    context.store.cache_key.move_epoch()
    yield
    context.store.cache_key.move_epoch()


@pytest.mark.usefixtures("views_of_its_own")
def test_drift_over_time_is_shown_from_two_counts_on(context: Context) -> None:
    summary = get_summary(context, "customer-solutions", get_tick(context))
    for hours in (30, 2, 2):
        save_counts(context, [summary], context.now() - hours * HOUR)
    session = open_page("overview")
    words = f"{counted(summary.drifting, 'cell')} drift"
    assert re.search(rf"{words}s?; {summary.drifting} drifted 1 d ago\.", html_of(session))
    # Of the platform, a cluster was never read.
    assert re.search(r"<strong>At least \d+ cells drift, \d+ not fully known<", html_of(session))
    names = [chart.proto.alt for chart in session.get("plotly_chart")]
    assert names == ["Chart: Changes per day", "Chart: Drift over time"]


@pytest.mark.usefixtures("views_of_its_own")
def test_drift_over_time_ends_with_what_the_page_says_of_the_present(context: Context) -> None:
    summary = get_summary(context, "customer-solutions", get_tick(context))
    none = {name: (0, states) for name, (_, states) in summary.environments.items()}
    for hours in (30, 2):
        save_counts(context, [replace(summary, environments=none)], context.now() - hours * HOUR)
    session = open_page("overview")
    assert summary.drifting
    words = f"{counted(summary.drifting, 'cell')} drift"
    assert re.search(rf"{words}s?; 0 drifted 1 d ago\.", html_of(session))
    newest = html_of(session).partition('aria-label="Drift over time"')[2].partition("<tbody>")[2]
    counts = [int(cell) for cell in re.findall(r"<td>(\d+)</td>", newest.partition("</tr>")[0])]
    assert counts == [drifting for drifting, _ in summary.environments.values()]


@pytest.mark.usefixtures("views_of_its_own")
def test_what_is_not_counted_now_is_drawn_as_it_was_counted_last(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = get_summary(context, "customer-solutions", get_tick(context))
    for hours in (30, 2):
        save_counts(context, [summary], context.now() - hours * HOUR)
    unread = replace(summary, unread=("prod",))
    save_counts(context, [unread], context.now() - HOUR)
    monkeypatch.setattr(trend_charts, "get_summary", lambda *_: unread)
    html = html_of(open_page("overview"))
    drifting = counted(summary.drifting, "cell")
    assert re.search(rf"{drifting} drifts?.*; {summary.drifting} drifted 1 d ago\.", html)
    assert "Not read lately, last known count used: prod." in html
    assert "<td>not read</td>" in html
