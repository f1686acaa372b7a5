"""What pages say where there is nothing to show: no data, no right, a fault."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.accounts import Role
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context
from reldash.ui import cached, gate
from tests.integration.pages.conftest import open_context
from tests.integration.pages.screens import MAIN, PROJECT, html_of, open_page
from tests.integration.sessions import ADMIN, new_session

READING_PAGES = ["overview", "platform", "inventory"]
FLEET = """
environments: [dev, prod]
dashboards:
  platform: {title: Platform, environments: [dev, prod]}
  customer-solutions: {title: Customer Solutions, environments: [dev, prod]}
"""
NO_TOKEN = """
clusters:
  - name: dev-eu
    dashboard: platform
    environment: dev
    server: {url: "https://127.0.0.1:1", token_env: NEVER_SET}
"""


@pytest.fixture
def open_fleet(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Context]]:
    """Call it with the clusters of a fleet file for the context that pages find."""
    with ExitStack() as stack:

        def open_one(clusters: str) -> Context:
            file = tmp_path / "fleet.yaml"
            file.write_text(FLEET + clusters)
            return stack.enter_context(
                contextmanager(open_context)(monkeypatch, database_url, str(file))
            )

        yield open_one


@pytest.mark.parametrize("name", READING_PAGES)
def test_a_fleet_without_clusters_is_not_said_to_be_read_soon(
    name: str, open_fleet: Callable[[str], Context]
) -> None:
    open_fleet("clusters: []\n")
    assert "The fleet has no clusters" in html_of(open_page(name))


@pytest.mark.parametrize("name", READING_PAGES)
def test_where_every_read_failed_the_way_leads_to_why(
    name: str, open_fleet: Callable[[str], Context]
) -> None:
    collector = Collector(open_fleet(NO_TOKEN))
    collector.collect()
    collector.stop()
    session = open_page(name)
    assert "No cluster could be read" in html_of(session)
    assert [link.proto.page for link in session.get("page_link")] == ["clusters"]


def test_a_dashboard_that_no_cluster_belongs_to_says_so(
    open_fleet: Callable[[str], Context],
) -> None:
    open_fleet(NO_TOKEN)
    assert "No cluster belongs to this dashboard" in html_of(open_page("customer_solutions"))


@pytest.mark.usefixtures("context")
def test_a_page_that_cannot_be_drawn_says_so_and_keeps_the_reason_to_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    as_it_is = cached.get_inventory

    def fail(*_: object) -> None:
        raise KeyError("db.example.com")

    monkeypatch.setattr(cached, "get_inventory", fail)
    session = AppTest.from_file(str(MAIN), default_timeout=30)
    session.switch_page(str(PROJECT / "pages" / "inventory.py")).run()
    assert not session.exception
    assert "failed to load" in session.error[0].value
    assert "db.example.com" not in session.error[0].value
    assert "KeyError: 'db.example.com'" in caplog.text
    monkeypatch.setattr(cached, "get_inventory", as_it_is)
    assert not session.button(key="reldash_try_again").click().run().error


@pytest.mark.usefixtures("context")
def test_a_viewer_reads_that_the_page_of_users_is_for_administrators(
    collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_page("admin")
    assert "This page is for administrators" in html_of(session)
    assert not session.dataframe
    token = new_session(collected[0], ADMIN, Role.ADMIN)
    monkeypatch.setattr(gate, "read_token", lambda: token)
    assert len(open_page("admin").dataframe) == 1
