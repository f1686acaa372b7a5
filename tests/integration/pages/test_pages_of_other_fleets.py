"""Pages where something is missing: a dashboard, the data, the database."""

import pytest

from reldash.domain.fleet.rules import FleetRules
from reldash.errors import StoreError
from reldash.services.context import Context
from reldash.ui.navigation import dashboard_page, list_pages
from tests.integration.pages.screens import html_of, open_page


@pytest.mark.usefixtures("other_context")
def test_a_page_without_its_dashboard_says_what_the_fleet_has() -> None:
    html = html_of(open_page("customer_solutions"))
    assert "This fleet has no dashboard “customer-solutions”" in html
    assert "It has: platform, edge." in html


def test_every_dashboard_of_the_fleet_has_a_page(other_context: Context) -> None:
    listed = [page for page in list_pages(other_context.rules) if page.listed]
    assert [page.title for page in listed] == [
        "Overview",
        "Platform",
        "Edge",
        "Inventory",
        "Compare",
        "History",
        "Images",
        "Clusters",
    ]
    assert dashboard_page(other_context.rules, "edge").key == "dashboard_edge"


def test_a_fleet_with_other_dashboards_only_keeps_the_pages_of_the_layout_unlisted() -> None:
    rules = FleetRules(environments=(), dashboards={}, clusters=())
    unlisted = [page.key for page in list_pages(rules) if not page.listed]
    assert unlisted == ["platform", "customer_solutions"]


@pytest.mark.usefixtures("other_context")
def test_the_overview_shows_dashboards_without_a_file_of_their_own() -> None:
    session = open_page("overview")
    assert not session.exception
    assert [header.value for header in session.header] == ["Platform", "Edge"]


@pytest.mark.usefixtures("unread_context")
@pytest.mark.parametrize("name", ["overview", "platform", "inventory"])
def test_before_the_first_read_a_page_says_that_there_is_nothing_yet(name: str) -> None:
    session = open_page(name)
    assert not session.exception
    assert "No data yet" in html_of(session)


def test_a_database_that_is_away_is_said_in_words(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> tuple[int, int]:
        raise StoreError("Database away", "postgres@*db*:5432/reldash: connection refused")

    monkeypatch.setattr(context.store.cache_key, "load", fail)
    session = open_page("platform")
    assert not session.exception
    assert session.error[0].value.startswith("**Database away**")
    assert r"\*db\*" in session.error[0].value
